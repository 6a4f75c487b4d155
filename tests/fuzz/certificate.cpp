// Any bytes as a certificate, as a private key, and as a chain: the structures of DER that follow each other.

#include "wire/certificate.hpp"

#include <algorithm>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vme;
  const ByteView input(data, size);
  const auto key = wire::privateKeyFacts(input);
  if (key && key->rsaModulus.size() != (key->rsaBits + 7) / 8) __builtin_trap();
  const auto certificate = wire::certificateFacts(input);
  const auto terms = wire::certificateTerms(input);
  if (terms && terms->serial.size() > size) __builtin_trap();
  std::vector<Bytes> chain;
  for (auto rest = input; rest.size() > 4 && chain.size() < 5;) {
    const auto length = std::min(rest.size(), std::size_t{4} + rest[2] * 256U + rest[3]);
    chain.emplace_back(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(length));
    rest = rest.subspan(length);
  }
  const auto facts = wire::chainFacts(chain);
  if (facts.empty != chain.empty() || facts.totalBytes > size) __builtin_trap();
  // A root has a size when the whole chain could be decoded, which takes more than a certificate's facts do.
  const bool same = certificate && chain.size() == 1 && facts.rootBytes == size;
  if (same && facts.subject != certificate->subject) __builtin_trap();
  return 0;
}

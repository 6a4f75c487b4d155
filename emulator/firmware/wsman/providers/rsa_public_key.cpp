#include "firmware/wsman/providers/rsa_public_key.hpp"

#include <optional>

namespace vme::firmware::wsman {
namespace {

constexpr std::uint8_t kInteger = 0x02;
constexpr std::uint8_t kOctetString = 0x04;
constexpr std::uint8_t kSequence = 0x30;

struct Element {
  ByteView whole;
  ByteView content;
};

/// Takes the element at the front of `rest` when it has that tag.
std::optional<Element> take(ByteView& rest, std::uint8_t tag) {
  if (rest.size() < 2 || rest[0] != tag) return std::nullopt;
  std::size_t header = 2;
  std::size_t length = rest[1];
  if (length >= 0x80) {
    const std::size_t digits = length & 0x7FU;
    if (digits == 0 || digits > 3 || rest.size() < 2 + digits) return std::nullopt;
    length = 0;
    for (std::size_t i = 0; i < digits; ++i) length = length << 8 | rest[2 + i];
    header += digits;
  }
  if (rest.size() - header < length) return std::nullopt;
  const Element element{rest.first(header + length), rest.subspan(header, length)};
  rest = rest.subspan(header + length);
  return element;
}

void appendLength(Bytes& out, std::size_t length) {
  if (length < 0x80) {
    out.push_back(static_cast<std::uint8_t>(length));
  } else if (length < 0x100) {
    out.insert(out.end(), {0x81, static_cast<std::uint8_t>(length)});
  } else {
    out.insert(out.end(), {0x82, static_cast<std::uint8_t>(length >> 8), static_cast<std::uint8_t>(length)});
  }
}

}  // namespace

Bytes rsaPublicKey(ByteView privateKey) {
  auto rest = privateKey;
  const auto key = take(rest, kSequence);
  if (!key) return {};
  auto fields = key->content;
  if (!take(fields, kInteger)) return {};  // version
  if (take(fields, kSequence)) {           // PKCS#8: the algorithm, then the PKCS#1 key in an octet string
    const auto inner = take(fields, kOctetString);
    return inner ? rsaPublicKey(inner->content) : Bytes();
  }
  const auto modulus = take(fields, kInteger);
  const auto exponent = take(fields, kInteger);
  if (!modulus || !exponent) return {};
  Bytes out{kSequence};
  appendLength(out, modulus->whole.size() + exponent->whole.size());
  out.insert(out.end(), modulus->whole.begin(), modulus->whole.end());
  out.insert(out.end(), exponent->whole.begin(), exponent->whole.end());
  return out;
}

}  // namespace vme::firmware::wsman

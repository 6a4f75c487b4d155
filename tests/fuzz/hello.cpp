// Any bytes as a hello packet: what is read is written back as the same bytes.

#include "wire/hello.hpp"

#include <algorithm>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto hello = vme::wire::parseHello({data, size});
  if (!hello) return 0;
  if (size > vme::wire::kMaxHelloSize) __builtin_trap();
  if (!std::ranges::equal(vme::wire::encode(*hello), vme::ByteView(data, size))) __builtin_trap();
  return 0;
}

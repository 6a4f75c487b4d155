// Any bytes as a message of the HECI control protocol: what is read is written back as the same bytes.

#include <algorithm>

#include "devmei/control.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto message = vme::devmei::parseControl({data, size});
  if (!message) return 0;
  if (size > vme::devmei::kMaxControlSize) __builtin_trap();
  if (!std::ranges::equal(vme::devmei::encode(*message), vme::ByteView(data, size))) __builtin_trap();
  return 0;
}

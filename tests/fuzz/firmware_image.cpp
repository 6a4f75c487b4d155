// Any bytes as a firmware image, as they are and with a checksum that fits: what is read has the facts that it was
// written with.

#include "host/firmware_image.hpp"

#include "wire/sha256.hpp"

namespace {

void check(vme::ByteView file) {
  const auto image = vme::host::decodeFirmwareImage(file);
  if (!image) return;
  const auto again = vme::host::decodeFirmwareImage(vme::host::encode(*image));
  if (!again || *again != *image) __builtin_trap();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  check({data, size});
  vme::Bytes sealed(data, data + size);
  const auto hash = vme::wire::sha256(sealed);
  sealed.insert(sealed.end(), hash.begin(), hash.end());
  check(sealed);
  return 0;
}

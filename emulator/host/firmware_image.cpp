#include "host/firmware_image.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "wire/sha256.hpp"

namespace vme::host {
namespace {

constexpr std::string_view kMagic = "VMEFWIMG";
constexpr std::uint16_t kVersion = 1;
constexpr std::size_t kFixed = 20;
constexpr std::size_t kMaxText = 64;
constexpr std::size_t kHash = 32;

constexpr std::array kTexts{&FirmwareImage::profile, &FirmwareImage::version, &FirmwareImage::chipset};

bool isPrintable(std::uint8_t byte) {
  return byte > 0x20 && byte < 0x7F;
}

std::unexpected<Error> wrong(std::size_t offset, std::string_view what) {
  return fail(fmt::format("offset {}", offset), std::string(what));
}

std::size_t headerSize(const FirmwareImage& image) {
  auto size = kFixed;
  for (const auto text : kTexts) size += 1 + (image.*text).size();
  return size;
}

void appendPayload(Bytes& out, std::size_t size) {
  auto block = wire::sha256(out);
  while (size > 0) {
    const auto part = std::min(size, block.size());
    out.insert(out.end(), block.begin(), block.begin() + static_cast<std::ptrdiff_t>(part));
    size -= part;
    block = wire::sha256(block);
  }
}

/// The text at `at`, which moves behind it.
Result<std::string> readText(ByteView header, std::size_t& at) {
  if (at >= header.size()) return wrong(at, "the header ends before a text");
  const std::size_t length = header[at];
  if (length == 0 || length > kMaxText) return wrong(at, "a text of a length other than 1 to 64");
  if (length > header.size() - at - 1) return wrong(at, "a text longer than the header");
  const auto bytes = header.subspan(at + 1, length);
  const auto bad = std::ranges::find_if_not(bytes, isPrintable);
  if (bad != bytes.end()) {
    return wrong(at + 1 + static_cast<std::size_t>(bad - bytes.begin()), "a character that is not printable");
  }
  at += 1 + length;
  return std::string(asText(bytes));
}

}  // namespace

Bytes encode(const FirmwareImage& image) {
  Bytes out;
  out.reserve(headerSize(image) + image.payloadBytes + kHash);
  out.insert(out.end(), kMagic.begin(), kMagic.end());
  appendLe16(out, kVersion);
  appendLe16(out, static_cast<std::uint16_t>(headerSize(image)));
  appendLe32(out, image.build);
  appendLe32(out, image.payloadBytes);
  for (const auto text : kTexts) {
    const auto& value = image.*text;
    out.push_back(static_cast<std::uint8_t>(value.size()));
    out.insert(out.end(), value.begin(), value.end());
  }
  appendPayload(out, image.payloadBytes);
  const auto hash = wire::sha256(out);
  out.insert(out.end(), hash.begin(), hash.end());
  return out;
}

Result<FirmwareImage> decodeFirmwareImage(ByteView file) {
  if (file.size() < kFixed) return wrong(file.size(), "the file ends in the header");
  if (asText(file.first(kMagic.size())) != kMagic) return wrong(0, "no firmware image");
  if (readLe16(file, 8) != kVersion) return wrong(8, "another version of the container");
  const std::size_t header = readLe16(file, 10);
  FirmwareImage image;
  image.build = readLe32(file, 12);
  image.payloadBytes = readLe32(file, 16);
  if (header < kFixed || header > file.size()) return wrong(10, "a header that does not fit the file");
  if (image.payloadBytes > kMaxPayload) return wrong(16, "a payload of more than 64 MiB");
  auto at = kFixed;
  for (const auto text : kTexts) {
    auto value = readText(file.first(header), at);
    if (!value) return std::unexpected(value.error());
    image.*text = *std::move(value);
  }
  if (at != header) return wrong(at, "bytes between the header and the payload");
  const auto end = header + image.payloadBytes;
  if (file.size() < end + kHash) return wrong(file.size(), "the file ends early");
  if (file.size() > end + kHash) return wrong(end + kHash, "bytes after the end");
  if (!std::ranges::equal(wire::sha256(file.first(end)), file.subspan(end))) return wrong(end, "a wrong checksum");
  return image;
}

}  // namespace vme::host

#include "base/bytes.hpp"

#include <openssl/evp.h>

#include <algorithm>

namespace vme {
namespace {

constexpr std::string_view kLower = "0123456789abcdef";
constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kUpper = "0123456789ABCDEF";

std::string hexWith(std::string_view digits, ByteView bytes) {
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const auto byte : bytes) {
    text += digits[byte >> 4U];
    text += digits[byte & 0x0FU];
  }
  return text;
}

int hexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

ByteView asBytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::string_view asText(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::uint16_t readLe16(ByteView bytes, std::size_t offset) {
  return static_cast<std::uint16_t>(bytes[offset] | bytes[offset + 1] << 8U);
}

std::uint32_t readLe32(ByteView bytes, std::size_t offset) {
  return static_cast<std::uint32_t>(readLe16(bytes, offset)) | static_cast<std::uint32_t>(readLe16(bytes, offset + 2))
                                                                   << 16U;
}

void appendLe16(Bytes& out, std::uint16_t value) {
  out.push_back(static_cast<std::uint8_t>(value));
  out.push_back(static_cast<std::uint8_t>(value >> 8U));
}

void appendLe32(Bytes& out, std::uint32_t value) {
  appendLe16(out, static_cast<std::uint16_t>(value));
  appendLe16(out, static_cast<std::uint16_t>(value >> 16U));
}

std::uint16_t readBe16(ByteView bytes, std::size_t offset) {
  return static_cast<std::uint16_t>(bytes[offset] << 8U | bytes[offset + 1]);
}

std::uint32_t readBe32(ByteView bytes, std::size_t offset) {
  return static_cast<std::uint32_t>(readBe16(bytes, offset)) << 16U | readBe16(bytes, offset + 2);
}

void appendBe16(Bytes& out, std::uint16_t value) {
  out.push_back(static_cast<std::uint8_t>(value >> 8U));
  out.push_back(static_cast<std::uint8_t>(value));
}

void appendBe32(Bytes& out, std::uint32_t value) {
  appendBe16(out, static_cast<std::uint16_t>(value >> 16U));
  appendBe16(out, static_cast<std::uint16_t>(value));
}

std::string toHex(ByteView bytes) {
  return hexWith(kLower, bytes);
}
std::string toHexUpper(ByteView bytes) {
  return hexWith(kUpper, bytes);
}

std::optional<Bytes> fromHex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  Bytes bytes;
  bytes.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = hexDigit(text[i]);
    const int low = hexDigit(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes.push_back(static_cast<std::uint8_t>(high * 16 + low));
  }
  return bytes;
}

std::string toBase64(ByteView bytes) {
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
  const int length =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes.data(), static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(length));
  return text;
}

std::optional<Bytes> fromBase64(std::string_view text) {
  std::string packed;
  packed.reserve(text.size());
  std::ranges::copy_if(text, std::back_inserter(packed),
                       [](char c) { return c != ' ' && c != '\t' && c != '\r' && c != '\n'; });
  if (packed.size() % 4 != 0) return std::nullopt;
  if (packed.empty()) return Bytes{};
  // OpenSSL takes "=" for zero bits anywhere and passes over dashes at the end.
  const auto padding = packed.size() - 1 - packed.find_last_not_of('=');
  if (padding > 2 || packed.find_first_not_of(kBase64) < packed.size() - padding) return std::nullopt;
  Bytes bytes(packed.size() / 4 * 3);
  const int length = EVP_DecodeBlock(bytes.data(), reinterpret_cast<const unsigned char*>(packed.data()),
                                     static_cast<int>(packed.size()));
  if (length < 0) return std::nullopt;
  bytes.resize(static_cast<std::size_t>(length) - padding);
  return bytes;
}

}  // namespace vme

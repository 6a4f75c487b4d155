#include "firmware/wsman/enumeration_context.hpp"

#include "base/bytes.hpp"

namespace vme::firmware::wsman {
namespace {

constexpr std::string_view kRest = "-0000-0000-0000-000000000000";

constexpr std::uint32_t checkNumber(std::uint32_t content) {
  // Multiplicative hashing: every bit of the content reaches the upper eight.
  return (content + 1) * 0x9E3779B1U >> 24;
}

}  // namespace

std::string toText(const EnumerationContext& context) {
  const std::uint32_t content = context.enumerable | static_cast<std::uint32_t>(context.position) << 12 |
                                static_cast<std::uint32_t>(context.mode) << 22;
  Bytes bytes;
  appendLe32(bytes, content | checkNumber(content) << 24);
  return toHexUpper(bytes).append(kRest);
}

std::optional<EnumerationContext> parseContext(std::string_view text) {
  if (text.size() != 8 + kRest.size() || !text.ends_with(kRest)) return std::nullopt;
  const auto bytes = fromHex(text.substr(0, 8));
  if (!bytes) return std::nullopt;
  const auto number = readLe32(*bytes, 0);
  const auto content = number & 0xFFFFFFU;
  const auto mode = content >> 22;
  if (number >> 24 != checkNumber(content) || mode > 2) return std::nullopt;
  return EnumerationContext{static_cast<std::uint16_t>(content & 0xFFFU),
                            static_cast<std::uint16_t>(content >> 12 & 0x3FFU), static_cast<EnumerationMode>(mode)};
}

}  // namespace vme::firmware::wsman

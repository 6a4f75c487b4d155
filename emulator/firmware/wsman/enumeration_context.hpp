#pragma once
// The enumeration context. AMT gives a 32-bit counter in hex, little-endian (wsman.md 3.2). Here the number says itself
// what it stands for, so that no machine has to keep a table: an enumeration outlives connections and never times out.
// It is the one place where a counter of the firmware is not a counter.
//
//   bits   content
//   0-11   which enumerable class
//   12-21  position of the next item
//   22-23  mode: objects, references, both
//   24-31  check number

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace vme::firmware::wsman {

enum class EnumerationMode : std::uint8_t { objects = 0, references = 1, both = 2 };

struct EnumerationContext {
  std::uint16_t enumerable = 0;
  std::uint16_t position = 0;
  EnumerationMode mode = EnumerationMode::objects;
};

inline constexpr std::size_t kMaxPosition = 1023;

/// `92070000-0000-0000-0000-000000000000`
std::string toText(const EnumerationContext& context);
/// Nothing for a text that toText never gives.
std::optional<EnumerationContext> parseContext(std::string_view text);

}  // namespace vme::firmware::wsman

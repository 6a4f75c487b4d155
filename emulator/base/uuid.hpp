#pragma once
// The device UUID. Kept as the bytes of the SMBIOS system record, which the hello packet carries unchanged: the first
// three fields little-endian. The text form swaps them.

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace vme {

struct Uuid {
  std::array<std::uint8_t, 16> wire{};

  /// `44454c4c-3100-1051-8032-b4c04f4b4d31` (either case) has the wire bytes `4c 4c 45 44 00 31 51 10 80 32 ...`.
  static std::optional<Uuid> parse(std::string_view text);
  std::string text() const;       // lower case, with dashes
  std::string upperText() const;  // as the digest realm of 2.x and 3.x shows it

  auto operator<=>(const Uuid&) const = default;
};

}  // namespace vme

#pragma once
// Text from outside, which may hold any bytes, for files and terminals, which may not.

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace vme {

inline constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

/// The length in bytes of the well-formed UTF-8 character that the text starts with (RFC 3629); 0 when there is none.
std::size_t characterLength(std::string_view text);

/// Calls `visit` with each character, and with U+FFFD for each byte that belongs to none.
template <typename Visit>
void eachCharacter(std::string_view text, Visit visit) {
  while (!text.empty()) {
    const auto length = characterLength(text);
    visit(length == 0 ? kReplacement : text.substr(0, length));
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
}

/// The same characters, as UTF-8.
std::string wellFormed(std::string_view text);
/// For a terminal: on one line, white space as blanks, and U+FFFD for any other control character.
std::string readable(std::string_view text);

}  // namespace vme

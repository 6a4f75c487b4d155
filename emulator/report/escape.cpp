#include "report/escape.hpp"

#include "base/utf8.hpp"

namespace vme::report {
namespace {

bool fitsXml(std::string_view character) {
  const auto first = static_cast<unsigned char>(character.front());
  if (first < 0x20U) return first == '\t' || first == '\n' || first == '\r';
  return character != "\xEF\xBF\xBE" && character != "\xEF\xBF\xBF";  // U+FFFE, U+FFFF
}

std::string_view entityOf(std::string_view character) {
  switch (character.front()) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&#39;";
    default:
      return fitsXml(character) ? character : kReplacement;
  }
}

}  // namespace

std::string escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  eachCharacter(text, [&](std::string_view character) { out += entityOf(character); });
  return out;
}

}  // namespace vme::report

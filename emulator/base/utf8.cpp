#include "base/utf8.hpp"

namespace vme {
namespace {

bool isControl(std::string_view character) {
  const auto first = static_cast<unsigned char>(character.front());
  // U+0080 to U+009F take two bytes.
  return first < 0x20U || first == 0x7FU || (first == 0xC2U && static_cast<unsigned char>(character[1]) < 0xA0U);
}

std::string_view shown(std::string_view character) {
  const char first = character.front();
  if (first == '\t' || first == '\n' || first == '\r') return " ";
  return isControl(character) ? kReplacement : character;
}

}  // namespace

std::size_t characterLength(std::string_view text) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const auto follows = [&](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
  const unsigned first = byte(0);
  if (first < 0x80U) return text.empty() ? 0 : 1;
  if (first >= 0xC2U && first <= 0xDFU && follows(1)) return 2;
  if (first >= 0xE0U && first <= 0xEFU && follows(1) && follows(2)) {
    const unsigned code = (first & 0x0FU) << 12U | (byte(1) & 0x3FU) << 6U | (byte(2) & 0x3FU);
    return code >= 0x800U && (code < 0xD800U || code > 0xDFFFU) ? 3 : 0;
  }
  if (first >= 0xF0U && first <= 0xF4U && follows(1) && follows(2) && follows(3)) {
    const unsigned code = (first & 0x07U) << 18U | (byte(1) & 0x3FU) << 12U;
    return code >= 0x10000U && code <= 0x10FFFFU ? 4 : 0;
  }
  return 0;
}

std::string wellFormed(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  eachCharacter(text, [&](std::string_view character) { out += character; });
  return out;
}

std::string readable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  eachCharacter(text, [&](std::string_view character) { out += shown(character); });
  return out;
}

}  // namespace vme

#include "wire/ipv4_text.hpp"

#include <charconv>

namespace vme::wire {

std::string dottedQuad(std::uint32_t address) {
  std::string text;
  for (const unsigned shift : {24U, 16U, 8U, 0U}) {
    if (!text.empty()) text += '.';
    text += std::to_string(address >> shift & 0xFFU);
  }
  return text;
}

std::optional<std::uint32_t> parseAddress(std::string_view text) {
  std::uint32_t address = 0;
  const auto* at = text.data();
  const auto* end = text.data() + text.size();
  for (int i = 0; i < 4; ++i) {
    if (i > 0 && (at == end || *at++ != '.')) return std::nullopt;
    unsigned part = 0;
    const auto [stopped, error] = std::from_chars(at, end, part);
    if (error != std::errc() || part > 255) return std::nullopt;
    address = address << 8 | part;
    at = stopped;
  }
  return at == end ? std::optional(address) : std::nullopt;
}

}  // namespace vme::wire

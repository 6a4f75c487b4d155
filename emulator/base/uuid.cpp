#include "base/uuid.hpp"

#include <algorithm>

#include "base/bytes.hpp"

namespace vme {
namespace {

// Where each byte of the text form stands in the wire form.
constexpr std::array<std::size_t, 16> kWireIndex{3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};

std::string withDashes(const std::string& hex) {
  return hex.substr(0, 8) + '-' + hex.substr(8, 4) + '-' + hex.substr(12, 4) + '-' + hex.substr(16, 4) + '-' +
         hex.substr(20);
}

std::array<std::uint8_t, 16> textOrder(const Uuid& uuid) {
  std::array<std::uint8_t, 16> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = uuid.wire[kWireIndex[i]];
  return bytes;
}

}  // namespace

std::optional<Uuid> Uuid::parse(std::string_view text) {
  if (text.size() != 36 || text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-') return std::nullopt;
  std::string digits;
  std::ranges::copy_if(text, std::back_inserter(digits), [](char c) { return c != '-'; });
  const auto bytes = fromHex(digits);
  if (!bytes || bytes->size() != 16) return std::nullopt;
  Uuid uuid;
  for (std::size_t i = 0; i < bytes->size(); ++i) uuid.wire[kWireIndex[i]] = (*bytes)[i];
  return uuid;
}

std::string Uuid::text() const {
  return withDashes(toHex(textOrder(*this)));
}
std::string Uuid::upperText() const {
  return withDashes(toHexUpper(textOrder(*this)));
}

}  // namespace vme

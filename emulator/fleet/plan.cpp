#include "fleet/plan.hpp"

#include "base/draw.hpp"

namespace vme::fleet {
namespace {

constexpr std::uint64_t kWholeFleet = ~std::uint64_t{0};

}  // namespace

machine::Identity identityOf(std::uint64_t seed, std::uint64_t index, std::uint32_t ipv4) {
  const Draw draw(seed, index);
  machine::Identity identity;
  draw.fill(identity.uuid.wire, "uuid");
  // Version 4, variant 1; the version's byte is the second of the little-endian third field.
  identity.uuid.wire[7] = static_cast<std::uint8_t>((identity.uuid.wire[7] & 0x0FU) | 0x40U);
  identity.uuid.wire[8] = static_cast<std::uint8_t>((identity.uuid.wire[8] & 0x3FU) | 0x80U);
  // Intel's prefix; the rest counts on from the fleet's own start, so that no two machines share one.
  const auto tail = Draw(seed, kWholeFleet).bits("mac") + index;
  identity.mac = {0x00,
                  0x19,
                  0xD1,
                  static_cast<std::uint8_t>(tail >> 16U),
                  static_cast<std::uint8_t>(tail >> 8U),
                  static_cast<std::uint8_t>(tail)};
  identity.psk = wire::drawPskPair(draw);
  identity.ipv4 = ipv4;
  return identity;
}

std::optional<std::uint32_t> AddressPlan::indexOf(std::uint32_t address) const {
  const std::uint32_t index = address - base;
  return index < machines ? std::optional(index) : std::nullopt;
}

}  // namespace vme::fleet

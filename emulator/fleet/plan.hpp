#pragma once
// Arithmetic on many machines: identities, addresses, arrivals. Nothing is stored that can be computed.

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/me_time.hpp"
#include "machine/identity.hpp"

namespace vme::fleet {

/// Machine `index` of the fleet with that seed: UUID (version 4 form), MAC (00-19-D1 and three bytes), PSK pair.
machine::Identity identityOf(std::uint64_t seed, std::uint64_t index, std::uint32_t ipv4);

/// Machine `index` has the address `base + index`, skipping none.
struct AddressPlan {
  std::uint32_t base = 0x7F100000;  // 127.16.0.0, host byte order
  std::uint32_t machines = 0;

  std::uint32_t address(std::uint32_t index) const { return base + index; }
  std::optional<std::uint32_t> indexOf(std::uint32_t address) const;
};

enum class ArrivalShape : std::uint8_t {
  together,  // all at the start
  even,      // at even distances
  random,    // uniformly spread
  ramp,      // the rate grows linearly from nothing
};
/// `count` waves, one every `every`, over which the machines are dealt evenly; within each they come as the rest of the
/// arrival says.
struct Waves {
  std::uint32_t count = 1;
  MeDuration every;
};
struct Arrival {
  MeDuration over;
  ArrivalShape shape = ArrivalShape::even;
  std::optional<Waves> waves;
  std::optional<double> poissonRate;                         // machines a second, in place of over and shape
  std::shared_ptr<const std::vector<std::int64_t>> traceMs;  // ascending, not empty; in place of over and shape
  std::uint32_t stream = 0;  // of the draws for poissonRate: groups of equal rate do not come in step
};
/// When the n-th of `count` machines of a group comes up, counted from the group's start.
MeDuration arrivalOf(const Arrival& arrival, std::uint64_t seed, std::uint32_t n, std::uint32_t count);
/// By when all of them have come up.
MeDuration lastArrivalOf(const Arrival& arrival, std::uint64_t seed, std::uint32_t count);

}  // namespace vme::fleet

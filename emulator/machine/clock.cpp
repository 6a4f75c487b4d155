#include "machine/clock.hpp"

namespace vme::machine {
namespace {

constexpr std::uint32_t kEarliest = 1072915200;  // 2004-01-01 00:00:00 UTC, which release 2.0 documents

}  // namespace

std::uint32_t clockSeconds(const Me& me) {
  const auto& conditions = me.environment.conditions;
  const auto drift = static_cast<double>((me.now - conditions.driftsFrom).ms) * conditions.clockDriftPpm / 1e9;
  return static_cast<std::uint32_t>(me.now.ms / 1000 + me.hot.clockOffsetS + static_cast<std::int64_t>(drift));
}

wire::AmtStatus synchronize(Me& me, std::uint32_t ta0, std::uint32_t tm1, std::uint32_t tm2) {
  if (tm1 < kEarliest || tm2 < kEarliest || tm2 < tm1) return wire::AmtStatus::invalidTime;
  const std::int64_t middle = (std::int64_t{tm1} + tm2) / 2;
  me.hot.clockOffsetS = static_cast<std::int32_t>(me.hot.clockOffsetS + (middle - ta0));
  me.hot.clockSet = true;
  return wire::AmtStatus::success;
}

}  // namespace vme::machine

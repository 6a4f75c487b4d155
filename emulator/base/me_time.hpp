#pragma once
// Time as the virtual ME sees it. It is fed in with each event and does not convert to std::chrono, so that simulated
// and real time cannot mix.

#include <compare>
#include <cstdint>

namespace vme {

struct MeDuration {
  std::int64_t ms = 0;

  static constexpr MeDuration milliseconds(std::int64_t n) { return {n}; }
  static constexpr MeDuration seconds(std::int64_t n) { return {n * 1000}; }
  static constexpr MeDuration minutes(std::int64_t n) { return seconds(n * 60); }
  static constexpr MeDuration hours(std::int64_t n) { return minutes(n * 60); }

  friend constexpr MeDuration operator+(MeDuration a, MeDuration b) { return {a.ms + b.ms}; }
  friend constexpr MeDuration operator-(MeDuration a, MeDuration b) { return {a.ms - b.ms}; }
  auto operator<=>(const MeDuration&) const = default;
};

/// A moment of the fleet's time: milliseconds since 1970-01-01 00:00 UTC. What a machine's own clock shows is this plus
/// the machine's offset.
struct MeTime {
  std::int64_t ms = 0;

  static constexpr MeTime never() { return {INT64_MAX}; }

  friend constexpr MeTime operator+(MeTime t, MeDuration d) { return t == never() ? t : MeTime{t.ms + d.ms}; }
  friend constexpr MeDuration operator-(MeTime a, MeTime b) { return {a.ms - b.ms}; }
  auto operator<=>(const MeTime&) const = default;
};

}  // namespace vme

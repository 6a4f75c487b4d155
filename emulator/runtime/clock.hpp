#pragma once
// The fleet's clock: real time, faster, or jumping over idle stretches. It never speeds up the wire.

#include <atomic>
#include <chrono>
#include <cstdint>

#include "base/me_time.hpp"

namespace vme::runtime {

struct ClockOptions {
  double speed = 1.0;
  bool skipIdle = false;  // real time while anything is in flight, else straight to the next deadline
  MeTime start{0};        // the fleet's time when the run starts; 0: now
};

/// Read from every shard's thread; jumps come from the one that runs the idle fleet.
class FleetClock {
 public:
  using Real = std::chrono::steady_clock::time_point;
  explicit FleetClock(const ClockOptions& options);

  MeTime at(Real real) const;
  /// When, in real time, the fleet's clock will show `time` unless it jumps before.
  Real realOf(MeTime time) const;
  /// skip-idle: nothing is in flight until `time`; the clock jumps there. Never backwards.
  void jumpTo(MeTime time);
  const ClockOptions& options() const { return options_; }
  MeTime start() const { return start_; }

 private:
  ClockOptions options_;
  Real started_;
  MeTime start_;
  std::atomic<std::int64_t> jumpedMs_{0};
};

/// Real time for a wait of the fleet, at that speed of its clock.
inline std::chrono::steady_clock::duration realOf(MeDuration wait, double speed = 1.0) {
  return std::chrono::duration_cast<std::chrono::steady_clock::duration>(
      std::chrono::duration<double, std::milli>(static_cast<double>(wait.ms) / speed));
}

}  // namespace vme::runtime

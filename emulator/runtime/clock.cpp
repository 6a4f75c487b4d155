#include "runtime/clock.hpp"

namespace vme::runtime {
namespace {

using Milliseconds = std::chrono::duration<double, std::milli>;

MeTime wallClock() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::milliseconds>(now).count()};
}

}  // namespace

FleetClock::FleetClock(const ClockOptions& options)
    : options_(options),
      started_(std::chrono::steady_clock::now()),
      start_(options.start.ms == 0 ? wallClock() : options.start) {}

MeTime FleetClock::at(Real real) const {
  const double passed = Milliseconds(real - started_).count() * options_.speed;
  return start_ + MeDuration{jumpedMs_.load(std::memory_order_relaxed) + static_cast<std::int64_t>(passed)};
}

FleetClock::Real FleetClock::realOf(MeTime time) const {
  if (time == MeTime::never()) return Real::max();
  const auto ahead = time - start_ - MeDuration{jumpedMs_.load(std::memory_order_relaxed)};
  // Rounded up: at that moment the fleet's clock shows `time` or later, never a millisecond less.
  const Milliseconds wait((static_cast<double>(ahead.ms) + 0.5) / options_.speed);
  return started_ + std::chrono::duration_cast<std::chrono::steady_clock::duration>(wait);
}

void FleetClock::jumpTo(MeTime time) {
  const auto ahead = time - at(std::chrono::steady_clock::now());
  if (ahead.ms > 0) jumpedMs_.fetch_add(ahead.ms, std::memory_order_relaxed);
}

}  // namespace vme::runtime

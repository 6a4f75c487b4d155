#include "runtime/clock.hpp"

#include <gtest/gtest.h>

namespace vme::runtime {
namespace {

using namespace std::chrono_literals;

TEST(FleetClock, runsAtItsSpeed) {
  const FleetClock clock({.speed = 60, .start = MeTime{1'000'000}});
  const auto now = std::chrono::steady_clock::now();
  EXPECT_NEAR(static_cast<double>((clock.at(now + 1s) - clock.at(now)).ms), 60'000, 1);
}

TEST(FleetClock, aDeadlineIsReachedAtItsRealMomentAndNotBefore) {
  const FleetClock clock({.speed = 3600, .start = MeTime{5000}});
  for (std::int64_t ms = 0; ms < 100'000; ms += 977) {
    const MeTime due = MeTime{5000} + MeDuration{ms};
    EXPECT_GE(clock.at(clock.realOf(due)), due);
    EXPECT_LE((clock.at(clock.realOf(due)) - due).ms, 4);  // 1 us of real time is 3.6 ms here
  }
}

TEST(FleetClock, jumpsForwardsOnly) {
  FleetClock clock({.speed = 1, .skipIdle = true, .start = MeTime{5000}});
  const MeTime target = MeTime{5000} + MeDuration::hours(3);
  clock.jumpTo(target);
  EXPECT_GE(clock.at(std::chrono::steady_clock::now()), target);
  clock.jumpTo(MeTime{5000});
  EXPECT_GE(clock.at(std::chrono::steady_clock::now()), target);
}

}  // namespace
}  // namespace vme::runtime

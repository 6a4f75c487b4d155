// When the machines of a group come: every shape from the seed alone, in any order of asking.

#include <gmock/gmock.h>

#include <cmath>
#include <memory>
#include <numeric>

#include "fleet/plan.hpp"

namespace vme::fleet {
namespace {

std::vector<std::int64_t> all(const Arrival& arrival, std::uint64_t seed, std::uint32_t count) {
  std::vector<std::int64_t> times;
  for (std::uint32_t n = 0; n < count; ++n) times.push_back(arrivalOf(arrival, seed, n, count).ms);
  return times;
}

TEST(Waves, AreEvenInSizeAndApart) {
  Arrival arrival;
  arrival.waves = Waves{3, MeDuration{60'000}};
  EXPECT_THAT(all(arrival, 1, 9), ::testing::ElementsAre(0, 0, 0, 60'000, 60'000, 60'000, 120'000, 120'000, 120'000));
  EXPECT_EQ(lastArrivalOf(arrival, 1, 9).ms, 120'000);
  arrival.over = MeDuration{3000};
  EXPECT_THAT(all(arrival, 1, 6), ::testing::ElementsAre(0, 1500, 60'000, 61'500, 120'000, 121'500));
  EXPECT_EQ(lastArrivalOf(arrival, 1, 6).ms, 123'000);
}

TEST(Waves, TakeFewerMachinesThanWaves) {
  Arrival arrival;
  arrival.waves = Waves{4, MeDuration{1000}};
  EXPECT_THAT(all(arrival, 1, 2), ::testing::ElementsAre(0, 2000));
}

TEST(Trace, IsDealtOverItsLines) {
  Arrival arrival;
  arrival.traceMs = std::make_shared<const std::vector<std::int64_t>>(std::vector<std::int64_t>{0, 10, 40, 90});
  EXPECT_THAT(all(arrival, 1, 4), ::testing::ElementsAre(0, 10, 40, 90));
  EXPECT_THAT(all(arrival, 1, 8), ::testing::ElementsAre(0, 0, 10, 10, 40, 40, 90, 90));
  EXPECT_THAT(all(arrival, 1, 2), ::testing::ElementsAre(0, 40));
  EXPECT_EQ(lastArrivalOf(arrival, 1, 8).ms, 90);
}

TEST(Poisson, ComesInOrderAndFromTheSeed) {
  Arrival arrival;
  arrival.poissonRate = 5;
  const auto times = all(arrival, 7, 1000);
  EXPECT_TRUE(std::ranges::is_sorted(times));
  EXPECT_GT(times.front(), -1);
  EXPECT_EQ(times, all(arrival, 7, 1000));
  EXPECT_NE(times, all(arrival, 8, 1000));
  EXPECT_EQ(lastArrivalOf(arrival, 7, 1000).ms, times.back());
  arrival.stream = 1;
  EXPECT_NE(times, all(arrival, 7, 1000)) << "another group does not come in step";
}

TEST(Poisson, HasItsRateAndTheSpreadOfExponentialGaps) {
  constexpr std::uint32_t kCount = 20'000;
  Arrival arrival;
  arrival.poissonRate = 10;  // a gap of 100 ms in the mean
  const auto times = all(arrival, 3, kCount);
  std::vector<double> gaps;
  for (std::uint32_t n = 1; n < kCount; ++n) gaps.push_back(static_cast<double>(times[n] - times[n - 1]));
  const double mean = std::accumulate(gaps.begin(), gaps.end(), 0.0) / static_cast<double>(gaps.size());
  double variance = 0;
  std::size_t longer = 0;
  for (const auto gap : gaps) {
    variance += (gap - mean) * (gap - mean) / static_cast<double>(gaps.size());
    if (gap > 100) ++longer;
  }
  EXPECT_NEAR(mean, 100, 3);
  EXPECT_NEAR(std::sqrt(variance), 100, 4);
  EXPECT_NEAR(static_cast<double>(longer) / static_cast<double>(gaps.size()), std::exp(-1.0), 0.015);
}

TEST(Poisson, HoldsForOneAndForNone) {
  Arrival arrival;
  arrival.poissonRate = 1;
  EXPECT_GT(arrivalOf(arrival, 1, 0, 1).ms, 0);
  EXPECT_EQ(lastArrivalOf(arrival, 1, 0).ms, 0);
}

}  // namespace
}  // namespace vme::fleet

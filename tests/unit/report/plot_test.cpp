#include "report/plot.hpp"

#include <gmock/gmock.h>

namespace vme::report {
namespace {

using ::testing::ElementsAre;

TEST(Ticks, AreRound) {
  EXPECT_THAT(countTicks(18, 5), ElementsAre(0, 5, 10, 15));
  EXPECT_THAT(countTicks(1000, 5), ElementsAre(0, 200, 400, 600, 800, 1000));
  EXPECT_THAT(countTicks(2, 5), ElementsAre(0, 1, 2));
  EXPECT_THAT(timeTicks(1900, 8), ElementsAre(0, 500, 1000, 1500));
  EXPECT_THAT(timeTicks(90'000, 8), ElementsAre(0, 15'000, 30'000, 45'000, 60'000, 75'000, 90'000));
  EXPECT_THAT(timeTicks(8 * 86'400'000.0, 8), ::testing::SizeIs(9));
}

TEST(Ticks, HaveTheirUnit) {
  EXPECT_EQ(tickText(500), "500 ms");
  EXPECT_EQ(tickText(15'000), "15 s");
  EXPECT_EQ(tickText(120'000), "2 min");
  EXPECT_EQ(tickText(7'200'000), "2 h");
  EXPECT_EQ(tickText(0.1), "0.1 ms");
}

TEST(TimePlot, PutsZeroAtTheCornerAndTheLastAtTheOther) {
  const TimePlot plot(2000, 50);
  EXPECT_EQ(plot.x(0), TimePlot::kLeft);
  EXPECT_EQ(plot.x(2000), TimePlot::kWidth - TimePlot::kRight);
  EXPECT_EQ(plot.y(0), TimePlot::kHeight - TimePlot::kBottom);
  EXPECT_EQ(plot.y(50), TimePlot::kTop);
}

TEST(DurationScale, IsLogarithmicBetweenPowersOfTen) {
  const DurationScale scale(2, 900, 100, 300);
  EXPECT_DOUBLE_EQ(scale.x(1), 100);
  EXPECT_DOUBLE_EQ(scale.x(10), 200);
  EXPECT_DOUBLE_EQ(scale.x(1000), 400);
  EXPECT_DOUBLE_EQ(scale.x(0), 100);
}

}  // namespace
}  // namespace vme::report

#include <gmock/gmock.h>

#include "scenario/load_arrival.hpp"
#include "unit/scenario/text.hpp"

namespace vme::scenario {
namespace {

std::string arrivalError(const std::string& value) {
  return errorOf(withGroup("    profile: amt-3.0\n    arrival: " + value + "\n"));
}

std::string traceError(const std::string& text) {
  try {
    parseTrace("t.csv", text);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return {};
}

TEST(Arrival, EveryFormIsRead) {
  const auto read = [](const std::string& value) {
    return parse("s.yaml", withGroup("    profile: amt-3.0\n    arrival: " + value + "\n"), {})
        .groups.front()
        .group.arrival;
  };
  const auto waves = read("{waves: {count: 3, every: 10s, over: 2s, shape: ramp}}");
  ASSERT_TRUE(waves.waves);
  EXPECT_EQ(waves.waves->count, 3U);
  EXPECT_EQ(waves.waves->every.ms, 10'000);
  EXPECT_EQ(waves.over.ms, 2000);
  EXPECT_EQ(waves.shape, fleet::ArrivalShape::ramp);
  EXPECT_EQ(read("{poisson: {rate: 2.5}}").poissonRate, 2.5);
}

TEST(Arrival, ErrorsNameThePlace) {
  EXPECT_EQ(arrivalError("{over: 5s, poisson: {rate: 1}}"),
            "s.yaml:6:14: groups[0].arrival says in more than one way when machines come. keep one of over and shape, "
            "poisson");
  EXPECT_EQ(
      arrivalError("{waves: {count: 2, every: 1s, over: 2s}}"),
      "s.yaml:6:50: groups[0].arrival.waves.over is longer than every, so that waves run into each other. shorten "
      "it");
  EXPECT_EQ(arrivalError("{poisson: {rate: 0}}"),
            "s.yaml:6:31: groups[0].arrival.poisson.rate is too slow for anybody to come. write machines a second, as "
            "0.5");
  EXPECT_EQ(arrivalError("{wave: {count: 2}}"),
            "s.yaml:6:15: unknown key \"wave\" in groups[0].arrival. did you mean \"waves\"?");
  EXPECT_EQ(arrivalError("{trace: nowhere.csv}"),
            "s.yaml:6:22: groups[0].arrival.trace cannot be read: nowhere.csv. name a CSV of offsets");
}

TEST(Trace, ReadsDurationsAndSecondsInTheFirstColumn) {
  EXPECT_THAT(parseTrace("t.csv", "offset,machine\n0,a\n\"1.5\",b\r\n# later\n\n2s\n2000ms,c"),
              ::testing::ElementsAre(0, 1500, 2000, 2000));
}

TEST(Trace, ErrorsNameLineAndColumn) {
  EXPECT_EQ(traceError("0\n  soon,1\n"),
            "t.csv:2:3: \"soon\" is no offset. write a duration such as 1.5s, or a number of seconds");
  EXPECT_EQ(traceError("a\nb\n"),
            "t.csv:2:1: \"b\" is no offset. write a duration such as 1.5s, or a number of seconds");
  EXPECT_EQ(traceError("1\n0.5\n"), "t.csv:2:1: \"0.5\" is before the line above. put the offsets in their order");
  EXPECT_EQ(traceError(""), "t.csv: holds no offsets. write one a line, as 1.5s");
  EXPECT_EQ(traceError("-1\n-1\n"),
            "t.csv:2:1: \"-1\" is no offset. write a duration such as 1.5s, or a number of "
            "seconds");
  EXPECT_EQ(traceError("1\nnan\n"),
            "t.csv:2:1: \"nan\" is no offset. write a duration such as 1.5s, or a number of "
            "seconds");
}

}  // namespace
}  // namespace vme::scenario

#include "report/parse.hpp"

#include <gmock/gmock.h>

#include <boost/json.hpp>
#include <filesystem>
#include <fstream>

#include "unit/report/sample.hpp"

namespace vme::report {
namespace {

namespace json = boost::json;
using ::testing::HasSubstr;

TEST(ParseResults, ReadsBackEverythingThatIsWritten) {
  const auto text = toJson(sampleResults());
  const auto results = parseResults(text);
  ASSERT_TRUE(results) << results.error().message();
  EXPECT_EQ(toJson(*results), text);
  EXPECT_EQ(results->steps.front().buckets, sampleResults().steps.front().buckets);
}

TEST(ParseResults, TakesWhatAnOlderVersionWrote) {
  const auto results = parseResults(R"({"schema": 1, "scenario": "old", "verdict": "held", "machines": {"total": 3}})");
  ASSERT_TRUE(results) << results.error().message();
  EXPECT_EQ(results->machines.total, 3U);
  EXPECT_TRUE(results->timeline.empty());
}

TEST(ParseResults, NamesTheKeyThatIsWrong) {
  const auto errorOf = [](const std::string& pointer, const json::value& value) {
    auto document = json::parse(toJson(sampleResults()));
    document.at_pointer(pointer) = value;
    const auto results = parseResults(json::serialize(document));
    return results ? "none" : results.error().message();
  };
  EXPECT_EQ(errorOf("/groups/0/machines/total", "six"), "groups[0].machines.total: is not a whole number");
  EXPECT_EQ(errorOf("/groups/0/machines/total", -1), "groups[0].machines.total: is not a whole number");
  EXPECT_EQ(errorOf("/verdict", "perhaps"), "verdict: is not held, failed, interrupted or error");
  EXPECT_EQ(errorOf("/steps", 3), "steps: is not a list");
  EXPECT_EQ(errorOf("/steps/0", 3), "steps[0]: is not an object");
  EXPECT_EQ(errorOf("/steps/0/histogram", json::array{1}), "steps[0].histogram: is not a list of pairs");
  EXPECT_EQ(errorOf("/steps/0/histogram", json::array{1000000, 1}),
            "steps[0].histogram: is not a list of buckets and counts");
  EXPECT_EQ(errorOf("/expectations/0/held", "yes"), "expectations[0].held: is not true or false");
  EXPECT_EQ(errorOf("/failures/0/example/conversation/1/what", 5),
            "failures[0].example.conversation[1].what: is not a text");
  EXPECT_EQ(errorOf("/best_practice/0/result", "maybe"), "best_practice[0].result: is not pass, fail or not-seen");
  EXPECT_EQ(errorOf("/schema", 2), "schema: is not 1, the only version there is");
}

TEST(ParseResults, RefusesAFileCutAtEveryByte) {
  const auto text = json::serialize(json::parse(toJson(sampleResults())));
  for (std::size_t size = 0; size < text.size(); ++size) EXPECT_FALSE(parseResults(text.substr(0, size))) << size;
  EXPECT_FALSE(parseResults("[]"));
  EXPECT_FALSE(parseResults(std::string(100'000, '[')));
}

TEST(ParseMachines, ReadsLinesAndNamesTheOneThatIsWrong) {
  const auto lines = toJsonLines(sampleResults());
  const auto machines = parseMachines(lines + "\n" + lines);
  ASSERT_TRUE(machines);
  ASSERT_EQ(machines->size(), 2U);
  EXPECT_EQ(machines->front().name, "desktops/3");
  EXPECT_EQ(machines->front().arrivalMs, 12);
  const auto bad = parseMachines(lines + "{\"name\": 4}\n");
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().message(), "line 2: name: is not a text");
  EXPECT_FALSE(parseMachines(lines + "{"));
  EXPECT_EQ(parseMachines("{\"arrival_ms\": 4e85}").error().message(), "line 1: arrival_ms: is not a whole number");
}

TEST(ReadResults, TakesTheFolderOrTheFileAndSaysWhatToDo) {
  const auto folder = std::filesystem::path(::testing::TempDir()) / "vme-read-test";
  write(folder, sampleResults());
  EXPECT_EQ(read(folder).machinesDetail.size(), 1U);
  EXPECT_EQ(read(folder / "results.json").scenario, "monday & <friends>");
  const auto errorOf = [&] {
    try {
      read(folder);
    } catch (const ConfigError& error) {
      return std::string(error.what());
    }
    return std::string("none");
  };
  std::ofstream(folder / "machines.jsonl") << "{";
  EXPECT_THAT(errorOf(), HasSubstr("machines.jsonl: line 1: is no JSON"));
  std::ofstream(folder / "results.json") << "{}";
  EXPECT_THAT(errorOf(), HasSubstr("results.json: schema: is not there. name a results.json"));
  std::filesystem::remove_all(folder);
  EXPECT_THAT(errorOf(), HasSubstr("cannot be read. name a folder that `vme run` wrote"));
}

}  // namespace
}  // namespace vme::report

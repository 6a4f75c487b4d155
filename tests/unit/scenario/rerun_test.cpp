// What a run keeps so that it can be run again, and one machine of it alone.

#include "scenario/rerun.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "base/error.hpp"
#include "scenario/roster.hpp"
#include "scenario/runner.hpp"
#include "unit/scenario/run_of.hpp"
#include "unit/scenario/text.hpp"

namespace vme::scenario {
namespace {

const std::string kText =
    "name: n\nseed: 5\nvariables: {m: 3}\n"
    "groups:\n  - {name: a, machines: \"${m}\", profiles: [amt-3.0, amt-4.0], arrival: {over: 50ms}}\n"
    "  - {name: b, machines: 2, profile: amt-2.1, approval: refuse}\n"
    "expect:\n  - provisioned: 3\n  - never: {state: factory}\n  - never: {group: b, state: operational}\n";

std::string resultsOf(const Scenario& scenario) {
  report::Results results;
  results.scenario = scenario.name;
  results.rerun = scenario.rerun;
  return report::toJson(results);
}

std::string errorOfRerun(const std::string& text, const std::string& machine = "a/0") {
  Overrides overrides;
  overrides.only = machine;
  try {
    rerunFrom("r.json", text, overrides);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return {};
}

TEST(Rerun, HasTheSameFleet) {
  Overrides overrides;
  overrides.seed = 77;
  overrides.machines = 10;
  const auto first = parse("s.yaml", kText, overrides);
  const auto again = rerunFrom("r.json", resultsOf(first), {});
  const Roster before(first), after(again);
  ASSERT_EQ(before.size(), 10U);
  ASSERT_EQ(after.size(), 10U);
  for (std::uint32_t machine = 0; machine < 10; ++machine) {
    EXPECT_EQ(before.identityOf(machine).uuid, after.identityOf(machine).uuid);
    EXPECT_EQ(before.nameOf(machine), after.nameOf(machine));
    EXPECT_EQ(before.arrivalMs(machine), after.arrivalMs(machine));
  }
  EXPECT_EQ(again.seed, 77U);
  EXPECT_EQ(again.name, "n");
}

TEST(Rerun, OfOneMachineExpectsThatItIsProvisioned) {
  Overrides overrides;
  overrides.only = "a/2";
  const auto again = rerunFrom("r.json", resultsOf(parse("s.yaml", kText, {})), overrides);
  EXPECT_EQ(again.only, 2U);
  ASSERT_EQ(again.expect.size(), 2U);
  EXPECT_EQ(again.expect[0].text, "provisioned: {machine: a/2, is: 1}");
  EXPECT_EQ(again.expect[1].text, "never: {state: factory}") << "what holds machine by machine still does";
}

TEST(Rerun, RunsThatMachineAlone) {
  Overrides overrides;
  overrides.only = "a/1";
  const auto results = runOf(rerunFrom("r.json", resultsOf(parse("s.yaml", kText, {})), overrides));
  EXPECT_EQ(results.verdict, report::Verdict::held) << results.error;
  EXPECT_EQ(results.machines.total, 1U);
  EXPECT_EQ(results.machines.provisioned, 1U);
  ASSERT_EQ(results.machinesDetail.size(), 1U);
  EXPECT_EQ(results.machinesDetail.front().name, "a/1");
}

TEST(Rerun, AFailureFailsAgain) {
  Overrides overrides;
  overrides.only = "b/1";
  const auto results = runOf(rerunFrom("r.json", resultsOf(parse("s.yaml", kText, {})), overrides));
  EXPECT_EQ(results.verdict, report::Verdict::failed);
  EXPECT_EQ(results.machinesDetail.front().reason, "not-approved");
}

TEST(Rerun, ErrorsSayWhatIsMissing) {
  const auto good = resultsOf(parse("s.yaml", kText, {}));
  EXPECT_EQ(errorOfRerun("no JSON"), "r.json: this is no results.json. name the one of a run's report folder");
  EXPECT_EQ(errorOfRerun("{\"schema\": 9}"),
            "r.json: the results have schema 9, this version reads 1. run the scenario again");
  EXPECT_EQ(errorOfRerun("{\"schema\": 1}"),
            "r.json: the results do not hold their scenario, as those of an earlier version. run it again");
  EXPECT_EQ(errorOfRerun(good, "a/9"), "--machine: \"a/9\" is no machine. the group has a/0 to a/2");
  EXPECT_EQ(errorOfRerun(good, "aa/0"), "--machine: \"aa/0\" is of no group. did you mean \"a\"?");
  EXPECT_EQ(errorOfRerun(good, "a"), "--machine: \"a\" is no machine. write GROUP/INDEX, as a/0");
}

TEST(Rerun, KeepsWhatYamlWouldTakeForAnotherType) {
  const auto scenario =
      parse("s.yaml", withTop("description: \"null\"\nservice_point: {mode: embedded, dns_suffix: \"0x10\"}\n"), {});
  const auto again = rerunFrom("r.json", resultsOf(scenario), {});
  EXPECT_EQ(again.description, "null");
  EXPECT_EQ(again.servicePoint.options.dnsSuffix, "0x10");
}

TEST(Rerun, TakesPasswordsFromTheScenariosFile) {
  const auto file = std::filesystem::path(::testing::TempDir()) / "vme-rerun-secrets.yaml";
  std::ofstream(file) << withTop("service_point: {mode: embedded, admin_password: Adm1n-Secret!}\n");
  const auto results = resultsOf(load(file, {}));
  EXPECT_FALSE(results.contains("Adm1n-Secret!")) << results;
  EXPECT_EQ(rerunFrom("r.json", results, {}).servicePoint.options.adminPassword, "Adm1n-Secret!");
  std::filesystem::remove(file);
  EXPECT_THROW(rerunFrom("r.json", results, {}), ConfigError);
}

}  // namespace
}  // namespace vme::scenario

// Whole runs in one process: fleet and service point over real sockets and real TLS.

#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>

#include "base/error.hpp"
#include "scenario/runner.hpp"
#include "unit/scenario/run_of.hpp"
#include "unit/scenario/text.hpp"

namespace vme::scenario {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Field;

Scenario approval() {
  Overrides overrides;
  overrides.machines = 14;
  return load(VME_SOURCE_DIR "/scenarios/approval.yaml", overrides);
}

std::string failuresOf(const report::Results& results) {
  std::string text = results.error;
  for (const auto& failure : results.failures) {
    text += "\n" + failure.machine + " " + failure.reason + " at " + failure.at + ": " + failure.trace;
  }
  return text;
}

TEST(Run, ApprovalEndsAsItsExpectationsSay) {
  const auto results = runOf(approval());
  for (const auto& expectation : results.expectations) {
    EXPECT_TRUE(expectation.held) << expectation.text << ", seen " << expectation.seen;
  }
  EXPECT_EQ(results.verdict, report::Verdict::held) << failuresOf(results);
  EXPECT_EQ(results.machines.total, 14U);
  EXPECT_EQ(results.machines.idle, 0U);
  const auto counted = [](std::uint64_t count, std::string_view step) {
    return AllOf(Field(&report::StepResult::step, step), Field(&report::StepResult::count, ::testing::Ge(count)));
  };
  EXPECT_THAT(results.steps, Contains(counted(14, "hello")));
  EXPECT_THAT(results.steps, Contains(counted(14, "whole")));
  EXPECT_GT(results.health.fleetCpuSeconds, 0);
  EXPECT_GT(results.health.servicePointCpuSeconds, 0);
  EXPECT_GT(results.wallMs, 0);
}

TEST(Run, OneSeedGivesOneRun) {
  const auto first = runOf(approval());
  const auto second = runOf(approval());
  EXPECT_EQ(report::toJsonLines(first), report::toJsonLines(second)) << failuresOf(first) << failuresOf(second);
  auto other = approval();
  other.seed = 99;
  EXPECT_NE(report::toJsonLines(first), report::toJsonLines(runOf(other)));
}

TEST(Run, EndsAtItsDeadlineWithoutAServicePoint) {
  // Port 9 of the loopback address: nobody answers, and no hello arrives.
  const auto results = runOf(parse("s.yaml",
                                   "name: n\ndeadline: 300ms\nservice_point: {host: 127.0.0.1, hello_port: 9}\n"
                                   "groups: [{name: g, machines: 3, profile: amt-3.2.2}]\n",
                                   {}));
  EXPECT_EQ(results.verdict, report::Verdict::failed);
  EXPECT_EQ(results.machines.idle, 3U);
  EXPECT_THAT(results.error, ::testing::StartsWith("3 machines did not reach the service point: "));
  EXPECT_GE(results.wallMs, 300);
}

TEST(Run, StopsWhenAskedTo) {
  auto scenario = parse("s.yaml",
                        "name: n\nservice_point: {host: 127.0.0.1, hello_port: 9}\n"
                        "groups: [{name: g, machines: 3, profile: amt-3.2.2}]\n",
                        {});
  useFreePorts(scenario);
  std::atomic<bool> stop = false;
  unsigned reports = 0;
  const auto results = run(scenario, stop, [&](const Progress& progress) {
    ++reports;
    EXPECT_EQ(progress.fleet.machines, 3U);
    stop = true;
  });
  EXPECT_EQ(results.verdict, report::Verdict::interrupted);
  EXPECT_EQ(reports, 1U);
}

TEST(Run, SaysThatTheServicePointsNameIsUnknown) {
  auto scenario = parse("s.yaml",
                        "name: n\nservice_point: {host: nowhere.invalid}\n"
                        "groups: [{name: g, machines: 1, profile: amt-3.2.2}]\n",
                        {});
  useFreePorts(scenario);
  try {
    const std::atomic<bool> stop = false;
    run(scenario, stop, nullptr);
    FAIL() << "no error";
  } catch (const EnvironmentError& error) {
    EXPECT_THAT(error.what(),
                ::testing::StartsWith("nowhere.invalid:9971: the service point's name has no IPv4 address ("));
  }
}

TEST(Run, AgentsEndAsTheirScenarioSays) {
  Overrides overrides;
  overrides.machines = 150;
  const auto results = runOf(load(VME_SOURCE_DIR "/scenarios/agent-initiated.yaml", overrides));
  EXPECT_EQ(results.verdict, report::Verdict::held) << failuresOf(results);
  EXPECT_EQ(results.machines.total, 150U);
  EXPECT_EQ(results.machines.idle, 0U);
  const auto counted = [](std::string_view step) {
    return AllOf(Field(&report::StepResult::step, step), Field(&report::StepResult::count, ::testing::Ge(40U)));
  };
  EXPECT_THAT(results.steps, Contains(counted("fetch-policy")));
  EXPECT_THAT(results.steps, Contains(counted("set-otp")));
}

/// Agents whose service point takes hellos as well: whoever is first, the machine is set up once.
TEST(Run, HelloAndAgentOfOneMachineLeadToOneProvisioning) {
  const auto results = runOf(parse("race.yaml",
                                   "name: race\nseed: 3\naddress: 127.25.0.0\n"
                                   "service_point: {mode: embedded, policy: {hellos: either}}\n"
                                   "groups:\n  - {name: pc, machines: 30, profiles: [amt-3.2.2, amt-5.2], "
                                   "provisioning: agent}\n",
                                   {}));
  EXPECT_EQ(results.verdict, report::Verdict::held) << failuresOf(results);
  EXPECT_EQ(results.machines.provisioned, 30U);
  const auto commits = std::ranges::find(results.steps, "commit-changes", &report::StepResult::step);
  ASSERT_NE(commits, results.steps.end());
  EXPECT_EQ(commits->count, 30U);
}

/// What is not installed is not run, and the agent says what it lacks.
TEST(Run, ToolsThatAreNotInstalledAreMissed) {
  const auto results = runOf(parse("tools.yaml",
                                   "name: tools\nseed: 3\naddress: 127.25.2.0\n"
                                   "service_point: {mode: embedded, policy: {firmware: [amt-3.2.2]}}\n"
                                   "groups:\n"
                                   "  - {name: no-agent, machines: 2, profile: amt-5.2, provisioning: agent, "
                                   "host: {tools: []}}\n"
                                   "  - {name: no-creator, machines: 2, profile: amt-2.6.20, provisioning: agent, "
                                   "host: {tools: [agent]}}\n"
                                   "  - {name: no-updater, machines: 2, profile: amt-3.0, provisioning: agent, "
                                   "host: {tools: [agent]}}\n"
                                   "expect:\n"
                                   "  - outcome: {group: no-agent, reason: never-started, is: 100%}\n"
                                   "  - outcome: {group: no-creator, reason: rng-seed-missing, is: 100%}\n"
                                   "  - outcome: {group: no-updater, reason: firmware-too-old, is: 100%}\n",
                                   {}));
  EXPECT_EQ(results.verdict, report::Verdict::held) << failuresOf(results);
}

/// A machine that was updated runs its new firmware in the next run of the state file too.
TEST(Run, AnUpdateOutlivesTheRun) {
  const auto file = std::filesystem::path(::testing::TempDir()) / ("update-" + std::to_string(getpid()) + ".state");
  auto scenario = parse("update.yaml",
                        "name: update\nseed: 3\nclock: skip-idle\naddress: 127.25.3.0\n"
                        "service_point: {mode: embedded, policy: {firmware: [amt-2.2.20, amt-2.6.20, amt-3.2.2]}}\n"
                        "groups:\n  - {name: pc, machines: 3, profiles: [amt-2.1, amt-2.5, amt-3.0], "
                        "provisioning: agent}\n",
                        {});
  scenario.stateFile = file;
  const auto first = runOf(scenario);
  EXPECT_EQ(first.verdict, report::Verdict::held) << failuresOf(first);
  const auto second = runOf(scenario);
  EXPECT_EQ(second.verdict, report::Verdict::held) << failuresOf(second);
  EXPECT_EQ(second.provisionedBefore, 3U);
  scenario.groups.back().group.upgrades.clear();
  try {
    runOf(scenario);
    ADD_FAILURE() << "no error";
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), ::testing::HasSubstr("was updated to amt-3.2.2, which is no firmware of this run"));
  }
  for (const auto* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(file.string() + suffix);
}

/// A PC that is off does not run its agent.
TEST(Run, AnAgentWaitsForItsOperatingSystem) {
  const auto results = runOf(parse("off.yaml",
                                   "name: off\nseed: 3\naddress: 127.25.1.0\ndeadline: 2s\n"
                                   "groups:\n  - {name: pc, machines: 2, profile: amt-5.2, provisioning: agent, "
                                   "host: {os: down}}\nexpect:\n  - idle: 2\n",
                                   {}));
  EXPECT_EQ(results.verdict, report::Verdict::held) << failuresOf(results);
}

}  // namespace
}  // namespace vme::scenario

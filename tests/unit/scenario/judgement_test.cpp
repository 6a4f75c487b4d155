#include "scenario/judgement.hpp"

#include <gmock/gmock.h>

#include "scenario/health.hpp"
#include "unit/scenario/text.hpp"

namespace vme::scenario {
namespace {

using namespace std::chrono_literals;
using servicepoint::Result;
using ::testing::ElementsAre;

struct Judgement : ::testing::Test {
  Scenario scenario = parse("s.yaml",
                            "name: n\ngroups:\n  - {name: a, machines: 4, profiles: [amt-2.1, amt-3.0], method: psk, "
                            "arrival: {over: 100ms}}\n"
                            "  - {name: b, machines: 1, profile: amt-3.0, provisioning: none}\n",
                            {});
  Roster roster{scenario};
  Recorder recorder{roster, Proof::outcome};
  report::Results results;
  Clock::time_point start = Clock::now();

  runtime::MachineView view(std::uint32_t machine, machine::State state, std::uint32_t hellos = 1) const {
    const auto identity = roster.identityOf(machine);
    return {.index = machine,
            .group = 0,
            .uuid = identity.uuid,
            .ipv4 = identity.ipv4,
            .state = state,
            .arrived = true,
            .lastRefusal = Reason::none,
            .hellosSent = hellos};
  }
  servicepoint::Outcome outcome(std::uint32_t machine, Result result, Reason reason,
                                std::chrono::milliseconds whole) const {
    servicepoint::Outcome told;
    told.uuid = roster.identityOf(machine).uuid;
    told.result = result;
    told.reason = reason;
    told.text = "particulars";
    told.helloAt = start;
    told.finishedAt = start + whole;
    told.steps = {{.name = "connect", .started = start, .took = 1ms},
                  {.name = "commit", .started = start + 5ms, .took = 7ms}};
    return told;
  }
  void hello(std::uint32_t machine, std::int64_t atMs) {
    recorder.happened({.kind = runtime::Happening::Kind::helloSent,
                       .machine = machine,
                       .at = start,
                       .meTime = MeTime{atMs},
                       .reason = Reason::none,
                       .text = {}});
  }
  void fill(const std::vector<runtime::MachineView>& views, bool interrupted = false) {
    fillResults(results, scenario, roster, recorder, nullptr, views, interrupted);
  }
};

using enum machine::State;

TEST_F(Judgement, JoinsServicePointAndMachine) {
  recorder.setStart(MeTime{1000}, MeTime{1000}, 2.0);
  hello(0, 1010);
  hello(1, 1050);
  hello(1, 9000);  // only the first one counts
  recorder.outcome(outcome(0, Result::provisioned, Reason::provisioned, 80ms));
  recorder.outcome(outcome(1, Result::refused, Reason::blocked, 1ms));
  recorder.outcome(outcome(2, Result::failed, Reason::pskRefused, 20ms));
  EXPECT_EQ(recorder.settled(), 2U);  // the fleet has not told of machine 2's hello yet
  hello(2, 1100);
  EXPECT_EQ(recorder.settled(), 3U);
  fill({view(0, operational), view(1, inSetup), view(2, inSetup), view(3, inSetup, 2), view(4, factory, 0)});
  EXPECT_EQ(results.machines.total, 5U);
  EXPECT_EQ(results.machines.provisioned, 1U);
  EXPECT_EQ(results.machines.refused, 1U);
  EXPECT_EQ(results.machines.failed, 1U);
  EXPECT_EQ(results.machines.idle, 2U);
  EXPECT_EQ(results.verdict, report::Verdict::failed);
  ASSERT_EQ(results.groups.size(), 3U);
  EXPECT_EQ(results.groups[0].profile, "amt-2.1");
  EXPECT_EQ(results.groups[0].p50, 80);
  EXPECT_EQ(results.groups[1].outcomes,
            (std::map<std::string, std::uint64_t>{{"psk-refused", 1}, {"still-waiting", 1}}));
  EXPECT_EQ(results.groups[2].provisioning, "none");
  EXPECT_EQ(results.groups[2].outcomes, (std::map<std::string, std::uint64_t>{{"never-started", 1}}));
  ASSERT_EQ(results.profiles.size(), 2U);
  EXPECT_EQ(results.profiles[1].profile, "amt-3.0");
  EXPECT_EQ(results.profiles[1].provisioning, "none+psk");
  EXPECT_EQ(results.profiles[1].machines.total, 3U);
}

// Somebody else said hello for it: it is set up before it has said a word, and then it says none.
TEST_F(Judgement, AMachineThatIsSetUpBeforeItsOwnHelloIsSettled) {
  recorder.happened({.kind = runtime::Happening::Kind::stateChanged,
                     .machine = 0,
                     .at = start,
                     .reason = Reason::none,
                     .text = std::string(machine::nameOf(operational))});
  EXPECT_EQ(recorder.settled(), 0U);  // the service point has not told how it ended
  recorder.outcome(outcome(0, Result::provisioned, Reason::provisioned, 80ms));
  EXPECT_EQ(recorder.settled(), 1U);
  fill({view(0, operational, 0)});
  EXPECT_EQ(results.machines.provisioned, 1U);
}

TEST_F(Judgement, StepsComeInTheirOrderWithHelloAndWhole) {
  recorder.setStart(MeTime{1000}, MeTime{1000}, 2.0);
  hello(0, 1010);  // arrives at 0, at twice the speed
  hello(1, 1110);  // arrives at 50
  recorder.outcome(outcome(0, Result::provisioned, Reason::provisioned, 80ms));
  recorder.outcome(outcome(1, Result::provisioned, Reason::provisioned, 90ms));
  fill({view(0, operational), view(1, operational)});
  std::vector<std::string> names;
  for (const auto& step : results.steps) names.push_back(step.step);
  EXPECT_THAT(names, ElementsAre("hello", "connect", "commit", "whole"));
  EXPECT_EQ(results.steps[0].p50, 5);
  EXPECT_EQ(results.steps[0].max, 30);
  EXPECT_EQ(results.steps[2].count, 2U);
  EXPECT_EQ(results.steps[2].p99, 7);
  EXPECT_EQ(results.steps[3].p95, 90);
}

TEST_F(Judgement, MachinesOfTheStateFileCountAsTheyStand) {
  recorder.setStart(MeTime{0}, MeTime{5000}, 1.0);
  auto before = view(0, operational, 0);
  auto quiet = view(1, machine::State::quiet, 0);
  auto cutOff = view(2, inSetup);
  before.restored = quiet.restored = cutOff.restored = cutOff.hasDeadline = true;
  for (const auto& one : {before, quiet, cutOff}) recorder.restored(one);
  EXPECT_EQ(recorder.settled(), 2U);  // the third one will send hellos
  EXPECT_EQ(recorder.provisioned(), 1U);
  hello(2, 5040);  // counted from when it came back, not from its arrival long ago
  recorder.outcome(outcome(2, Result::provisioned, Reason::provisioned, 70ms));
  EXPECT_EQ(recorder.settled(), 3U);
  cutOff.state = operational;
  fill({before, quiet, cutOff});
  EXPECT_EQ(results.machines.provisioned, 2U);
  EXPECT_EQ(results.provisionedBefore, 1U);
  EXPECT_EQ(results.groups[0].outcomes.at("window-closed"), 1U);
  EXPECT_EQ(results.steps[0].max, 40);
  EXPECT_EQ(results.steps.back().count, 1U);
}

TEST_F(Judgement, FailuresShowTheFirstExample) {
  recorder.outcome(outcome(3, Result::failed, Reason::pskRefused, 20ms));
  recorder.outcome(outcome(1, Result::failed, Reason::pskRefused, 20ms));
  recorder.outcome(outcome(0, Result::refused, Reason::blocked, 20ms));
  auto first = view(1, inSetup);
  first.lastRefusal = Reason::pskMismatch;
  fill({view(0, inSetup), first, view(3, inSetup)});
  ASSERT_EQ(results.failures.size(), 2U);
  EXPECT_EQ(results.failures[0].reason, "psk-refused");
  EXPECT_EQ(results.failures[0].count, 2U);
  EXPECT_EQ(results.failures[0].machine, "a/1");
  EXPECT_EQ(results.failures[0].address, "127.16.0.1");
  EXPECT_EQ(results.failures[0].at, "commit");
  EXPECT_EQ(results.failures[0].trace, "particulars; the machine says psk-mismatch");
  EXPECT_EQ(results.failures[1].reason, "blocked");
}

TEST_F(Judgement, ADisagreementFailsTheRun) {
  scenario.expect.clear();
  recorder.outcome(outcome(0, Result::provisioned, Reason::provisioned, 80ms));
  fill({view(0, inSetup)});
  EXPECT_EQ(results.machines.failed, 1U);
  EXPECT_EQ(results.verdict, report::Verdict::failed);
  EXPECT_EQ(results.error, "1 machines that the service point reports as provisioned are not operational");
  ASSERT_EQ(results.failures.size(), 1U);
  EXPECT_EQ(results.failures[0].reason, "not-operational");
  EXPECT_EQ(results.failures[0].trace,
            "the service point reports it as provisioned, but the machine is " + std::string(machine::nameOf(inSetup)));
}

TEST_F(Judgement, ALaterBetterOutcomeCounts) {
  hello(0, 0);
  recorder.outcome(outcome(0, Result::failed, Reason::timedOut, 20ms));
  recorder.outcome(outcome(0, Result::provisioned, Reason::provisioned, 80ms));
  EXPECT_EQ(recorder.settled(), 1U);
  EXPECT_EQ(recorder.provisioned(), 1U);
  fill({view(0, operational)});
  EXPECT_EQ(results.machines.provisioned, 1U);
  EXPECT_TRUE(results.failures.empty());
}

TEST_F(Judgement, AnOutcomeIsNotUndoneByTheEndOfTheRun) {
  recorder.outcome(outcome(0, Result::failed, Reason::pskRefused, 20ms));
  recorder.outcome(outcome(0, Result::failed, Reason::interrupted, 90ms));
  recorder.outcome(outcome(1, Result::failed, Reason::interrupted, 90ms));
  fill({view(0, inSetup), view(1, inSetup)});
  EXPECT_EQ(results.machinesDetail[0].reason, "psk-refused");
  EXPECT_EQ(results.machinesDetail[1].reason, "interrupted");
}

TEST_F(Judgement, VerdictHeldWhenAllExpectationsHold) {
  for (std::uint32_t machine = 0; machine < 4; ++machine) {
    hello(machine, 0);
    recorder.outcome(outcome(machine, Result::provisioned, Reason::provisioned, 80ms));
  }
  EXPECT_EQ(recorder.settled(), roster.expectedToSettle());
  fill({view(0, operational), view(1, operational), view(2, operational), view(3, operational), view(4, factory, 0)});
  EXPECT_EQ(results.verdict, report::Verdict::held);
  ASSERT_EQ(results.expectations.size(), 1U);
  EXPECT_EQ(results.expectations[0].text, "provisioned: {group: a, is: 100%}");
}

TEST_F(Judgement, AMachineThatNothingStartsIsSettledAndIdleForTheKeysReason) {
  recorder.happened({.kind = runtime::Happening::Kind::note,
                     .machine = 0,
                     .at = start,
                     .meTime = MeTime{0},
                     .reason = Reason::usbKeyUsedUp,
                     .text = "no record is left"});
  EXPECT_EQ(recorder.settled(), 0U);  // it may still start by itself
  recorder.happened({.kind = runtime::Happening::Kind::note,
                     .machine = 0,
                     .at = start,
                     .meTime = MeTime{0},
                     .reason = Reason::neverStarted,
                     .text = "stays in factory state"});
  EXPECT_EQ(recorder.settled(), 1U);
  auto used = view(0, factory, 0);
  used.lastRefusal = Reason::usbKeyUsedUp;
  EXPECT_EQ(judge(recorder.machines()[0], used, Proof::outcome).reason, Reason::usbKeyUsedUp);
  EXPECT_EQ(judge(recorder.machines()[0], used, Proof::outcome).fate, Fate::idle);
  used.hellosSent = 1;
  EXPECT_EQ(judge(recorder.machines()[0], used, Proof::outcome).reason, Reason::stillWaiting);
}

TEST_F(Judgement, AnInterruptedRunSaysSo) {
  fill({view(0, inSetup)}, true);
  EXPECT_EQ(results.verdict, report::Verdict::interrupted);
  EXPECT_EQ(results.error, "the run was stopped before its end");
}

TEST_F(Judgement, MachinesAreListedInTheOrderOfArrival) {
  fill({view(0, inSetup), view(1, inSetup), view(2, inSetup), view(3, inSetup), view(4, factory, 0)});
  std::vector<std::string> names;
  for (const auto& machine : results.machinesDetail) names.push_back(machine.name);
  EXPECT_THAT(names, ElementsAre("a/0", "a/2", "b/0", "a/1", "a/3"));  // each profile's own arrivals are even
  EXPECT_EQ(results.machinesDetail[3].arrivalMs, 50);
  EXPECT_EQ(results.machinesDetail[3].uuid, roster.identityOf(1).uuid.text());
  EXPECT_EQ(results.machinesDetail[3].outcome, "idle");
  EXPECT_EQ(results.machinesDetail[3].reason, "still-waiting");
}

TEST_F(Judgement, AgainstAnExternalServicePointTheMachinesStateCounts) {
  Recorder alone(roster, Proof::operational);
  alone.setStart(MeTime{0}, MeTime{0}, 1);
  const auto becomes = [&](std::uint32_t machine, machine::State state, std::chrono::milliseconds after) {
    alone.happened({.kind = runtime::Happening::Kind::stateChanged,
                    .machine = machine,
                    .at = start + after,
                    .meTime = MeTime{0},
                    .reason = Reason::none,
                    .text = std::string(machine::nameOf(state))});
  };
  alone.happened({.kind = runtime::Happening::Kind::helloSent,
                  .machine = 0,
                  .at = start,
                  .meTime = MeTime{0},
                  .reason = Reason::none,
                  .text = {}});
  becomes(0, inSetup, 0ms);
  EXPECT_EQ(alone.settled(), 0U);
  becomes(0, operational, 70ms);
  EXPECT_EQ(alone.settled(), 1U);
  EXPECT_THAT(alone.timesToProvision(), ElementsAre(70));
  EXPECT_EQ(judge(alone.machines()[0], view(0, operational), Proof::operational).fate, Fate::provisioned);
  auto refusing = view(1, inSetup);
  EXPECT_TRUE(alone.wants(runtime::Happening::Kind::handshakeRefused));
  const auto refuses = [&](runtime::Happening::Kind kind, Reason reason, std::string text) {
    alone.happened(
        {.kind = kind, .machine = 1, .at = start, .meTime = MeTime{0}, .reason = reason, .text = std::move(text)});
  };
  refuses(runtime::Happening::Kind::handshakeRefused, Reason::rootUnknown, "alert 48");
  refuses(runtime::Happening::Kind::requestRefused, Reason::noCredentials, "POST");
  EXPECT_EQ(alone.troubles().at(1).step, "handshake");
  EXPECT_EQ(alone.troubles().at(1).text, "alert 48");
  EXPECT_EQ(judge({}, refusing, Proof::operational).fate, Fate::idle);
  refusing.lastRefusal = Reason::rootUnknown;
  EXPECT_EQ(judge({}, refusing, Proof::operational).fate, Fate::failed);
  EXPECT_EQ(judge({}, refusing, Proof::operational).reason, Reason::rootUnknown);
}

TEST_F(Judgement, WhereTheServerVerifiesALoginIsAwaited) {
  Recorder alone(roster, Proof::login);
  const auto happens = [&](runtime::Happening::Kind kind, std::chrono::milliseconds after, std::string text) {
    alone.happened({.kind = kind,
                    .machine = 0,
                    .at = start + after,
                    .meTime = MeTime{0},
                    .reason = Reason::none,
                    .text = std::move(text)});
  };
  using Happened = runtime::Happening::Kind;
  happens(Happened::helloSent, 0ms, {});
  happens(Happened::stateChanged, 50ms, std::string(machine::nameOf(operational)));
  EXPECT_EQ(alone.settled(), 0U);
  EXPECT_EQ(judge(alone.machines()[0], view(0, operational), Proof::login).reason, Reason::notVerified);
  EXPECT_TRUE(alone.wants(Happened::loggedIn));
  happens(Happened::loggedIn, 80ms, {});
  EXPECT_EQ(alone.settled(), 1U);
  EXPECT_EQ(alone.provisioned(), 1U);
  EXPECT_THAT(alone.timesToProvision(), ElementsAre(80));
  EXPECT_EQ(judge(alone.machines()[0], view(0, operational), Proof::login).fate, Fate::provisioned);
}

TEST(Health, DescriptorsAreCountedAndTheLimitIsTold) {
  const auto before = descriptors();
  EXPECT_GT(before.used, 0U);
  EXPECT_GE(before.limit, before.used);
  reserveDescriptors(1);
  try {
    reserveDescriptors(std::uint64_t{1} << 40U);
    FAIL() << "no error";
  } catch (const EnvironmentError& error) {
    EXPECT_THAT(error.what(), ::testing::AllOf(::testing::StartsWith("descriptors: the run needs 1099511627"),
                                               ::testing::HasSubstr("raise the limit with `ulimit -n ")));
  }
}

TEST(Health, NamesWhatHeldTheRunBack) {
  const auto limited = [](double fleetCpu, double pointCpu, std::uint32_t waiting, double arrivalMs) {
    HealthWatch watch(1);
    servicepoint::Counters point;
    point.waiting = waiting;
    point.cpuSeconds = pointCpu;
    runtime::FleetCounters fleet;
    fleet.cpuSeconds = fleetCpu;
    for (int i = 0; i < 3; ++i) watch.sample(point);
    return watch.finish(fleet, point, 10'000, arrivalMs).limitedBy;
  };
  EXPECT_EQ(limited(9.5, 0.1, 0, 0), "fleet");
  EXPECT_EQ(limited(0.1, 9.5, 0, 0), "service-point");
  EXPECT_EQ(limited(0.1, 0.1, 5, 9000), "service-point");  // its concurrency
  EXPECT_EQ(limited(0.1, 0.1, 0, 9000), "clock");
  EXPECT_EQ(limited(0.1, 0.1, 0, 1000), "nothing");
}

struct AgentJudgement : ::testing::Test {
  Scenario scenario =
      parse("s.yaml", "name: n\ngroups:\n  - {name: a, machines: 2, profile: amt-5.2, provisioning: agent}\n", {});
  Roster roster{scenario};
  Recorder recorder{roster, Proof::outcome};

  void outcome(std::uint32_t machine, Result result, Reason reason) {
    servicepoint::Outcome told;
    told.uuid = roster.identityOf(machine).uuid;
    told.result = result;
    told.reason = reason;
    recorder.outcome(told);
  }
  void ends(std::uint32_t machine, Reason reason) {
    recorder.happened({.kind = runtime::Happening::Kind::agentEnded,
                       .machine = machine,
                       .at = Clock::now(),
                       .meTime = {},
                       .reason = reason,
                       .text = "why"});
  }
};

TEST_F(AgentJudgement, AMachineIsSettledOnceAgentAndServicePointHaveSaidSo) {
  outcome(0, Result::refused, Reason::awaitingAgent);
  ends(0, Reason::provisioned);
  EXPECT_EQ(recorder.settled(), 0U) << "a hello that was noted is no word on the provisioning";
  outcome(0, Result::provisioned, Reason::provisioned);
  EXPECT_EQ(recorder.settled(), 1U);
  outcome(1, Result::failed, Reason::timedOut);
  ends(1, Reason::provisioned);
  EXPECT_EQ(recorder.settled(), 1U) << "that was an attempt before";
  outcome(1, Result::provisioned, Reason::provisioned);
  EXPECT_EQ(recorder.settled(), 2U);
  EXPECT_EQ(recorder.machines()[1].outcome, Result::provisioned);
}

TEST_F(AgentJudgement, AnAgentThatStopsSettlesItsMachine) {
  ends(0, Reason::rngSeedMissing);
  ends(1, Reason::updateFailed);
  EXPECT_EQ(recorder.settled(), 2U);
  EXPECT_EQ(recorder.machines()[0].outcome, Result::refused);
  EXPECT_EQ(recorder.machines()[0].reason, Reason::rngSeedMissing);
  EXPECT_EQ(recorder.machines()[1].outcome, Result::failed);
  EXPECT_EQ(recorder.troubles().at(0).text, "why");
}

}  // namespace
}  // namespace vme::scenario

// Expectations about events: what is taken down, and how it is judged. Each kind is shown to hold and to fail.

#include "scenario/event_log.hpp"

#include <gmock/gmock.h>

#include "scenario/expectation.hpp"
#include "scenario/judgement.hpp"
#include "unit/scenario/text.hpp"

namespace vme::scenario {
namespace {

using Kind = runtime::Happening::Kind;

/// Machines a/0 to a/3 and b/0, b/1, with one expectation.
class Events : public ::testing::Test {
 protected:
  void expect(const std::string& entry) {
    scenario_ = parse("s.yaml",
                      "name: n\ngroups: [{name: a, machines: 4, profile: amt-3.0}, {name: b, machines: 2, profile: "
                      "amt-4.0}]\nexpect:\n  - " +
                          entry + "\n",
                      {});
    roster_ = std::make_unique<Roster>(scenario_);
    log_ = std::make_unique<EventLog>(scenario_, *roster_);
  }
  void happen(std::uint32_t machine, Kind kind, const std::string& text = {}, Reason reason = Reason::none) {
    log_->happened({.kind = kind, .machine = machine, .at = {}, .meTime = {}, .reason = reason, .text = text});
  }
  void call(std::uint32_t machine, const std::string& operation) {
    const wire::http::Request request{.method = "POST", .target = "/wsman", .headers = {}, .body = {}};
    const runtime::Exchange exchange{.request = request, .operation = operation};
    log_->happened({.kind = Kind::exchange, .machine = machine, .at = {}, .meTime = {}, .exchange = &exchange});
  }
  report::Expectation judged() {
    std::vector<MachineFact> facts;
    for (std::uint32_t machine = 0; machine < roster_->size(); ++machine) {
      facts.push_back({.group = roster_->groupOf(machine).group.name,
                       .fate = Fate::provisioned,
                       .index = machine,
                       .state = machine < 4 ? machine::State::operational : machine::State::factory,
                       .helloMs = 10.0 * machine,
                       .profile = roster_->groupOf(machine).group.profile->name});
    }
    return evaluate(scenario_.expect.at(0), facts, {&scenario_, log_.get(), &results_, 0});
  }

  Scenario scenario_;
  std::unique_ptr<Roster> roster_;
  std::unique_ptr<EventLog> log_;
  report::Results results_;
};

TEST_F(Events, NothingIsTakenDownForScenariosThatAskNothing) {
  EXPECT_FALSE(EventLog::isNeeded(parse("s.yaml", withTop("expect: [provisioned: 100%]\n"), {})));
  expect("never: {state: factory}");
  EXPECT_TRUE(EventLog::isNeeded(scenario_));
  EXPECT_TRUE(log_->wants(Kind::stateChanged));
  EXPECT_FALSE(log_->wants(Kind::exchange));
}

TEST_F(Events, OrderWantsOneAfterTheOther) {
  expect("order: {group: b, of: [hello-sent, handshake-done, CommitChanges, operational]}");
  for (const std::uint32_t machine : {4U, 5U}) {
    happen(machine, Kind::helloSent);
    happen(machine, Kind::handshakeDone);
    call(machine, "GetCoreVersion");
    call(machine, machine == 4 ? "CommitChanges" : "AMT_SetupAndConfigurationService.CommitChanges");
    happen(machine, Kind::stateChanged, "operational");
  }
  const auto result = judged();
  EXPECT_TRUE(result.held) << result.seen;
  EXPECT_EQ(result.seen, "2 of 2");
}

TEST_F(Events, OrderFailsWhenOneComesTooEarly) {
  expect("order: {group: b, of: [handshake-done, CommitChanges]}");
  call(4, "CommitChanges");
  happen(4, Kind::handshakeDone);
  happen(5, Kind::handshakeDone);
  call(5, "CommitChanges");
  const auto result = judged();
  EXPECT_FALSE(result.held);
  EXPECT_EQ(result.seen, "1 of 2, b/0 not as far as CommitChanges");
}

TEST_F(Events, OrderMayHoldForAShare) {
  expect("order: {group: b, of: [hello-sent, handshake-done], is: \">= 50%\"}");
  happen(4, Kind::helloSent);
  happen(4, Kind::handshakeDone);
  EXPECT_TRUE(judged().held);
}

TEST_F(Events, NeverNamesTheMachine) {
  expect("never: {operation: Unprovision}");
  EXPECT_TRUE(judged().held);
  call(2, "Unprovision");
  const auto result = judged();
  EXPECT_FALSE(result.held);
  EXPECT_EQ(result.seen, "on 1 of 6 machines, as a/2 1 times, first a/2");
}

TEST_F(Events, NeverLooksAtItsMachinesAlone) {
  expect("never: {machine: a/1, event: handshake-refused}");
  happen(2, Kind::handshakeRefused, "", Reason::rootUnknown);
  EXPECT_TRUE(judged().held);
  happen(1, Kind::handshakeRefused, "", Reason::rootUnknown);
  EXPECT_FALSE(judged().held);
}

TEST_F(Events, NeverAReason) {
  expect("never: {reason: root-unknown}");
  happen(1, Kind::handshakeRefused, "", Reason::domainMismatch);
  EXPECT_TRUE(judged().held);
  happen(1, Kind::handshakeRefused, "", Reason::rootUnknown);
  EXPECT_FALSE(judged().held);
}

TEST_F(Events, NeverAState) {
  expect("never: {group: a, state: operational}");
  happen(0, Kind::stateChanged, "in-setup");
  EXPECT_TRUE(judged().held);
  happen(0, Kind::stateChanged, "operational");
  EXPECT_FALSE(judged().held);
}

TEST_F(Events, LoginFailuresAreCountedOnEachMachine) {
  expect("never: {login_failures: \"> 1\"}");
  happen(0, Kind::requestRefused, "", Reason::noCredentials);
  happen(0, Kind::requestRefused, "", Reason::digestWrong);
  happen(1, Kind::requestRefused, "", Reason::digestWrong);
  EXPECT_TRUE(judged().held);
  happen(0, Kind::requestRefused, "", Reason::accountLocked);
  EXPECT_FALSE(judged().held);
}

TEST_F(Events, CountsInAllOrOnEachMachine) {
  expect("events: {what: hello-sent, is: \"<= 2\"}");
  happen(0, Kind::helloSent);
  happen(1, Kind::helloSent);
  EXPECT_TRUE(judged().held);
  happen(1, Kind::helloSent);
  EXPECT_EQ(judged().seen, "3 in all");
  EXPECT_FALSE(judged().held);
  expect("events: {what: hello-sent, per: machine, group: b, is: 1}");
  happen(4, Kind::helloSent);
  EXPECT_EQ(judged().seen, "otherwise on 1 machines, as b/1 0");
  happen(5, Kind::helloSent);
  EXPECT_TRUE(judged().held);
}

TEST_F(Events, RequestsAndConnectionsHaveALimit) {
  expect("connections: {max: 1}");
  happen(0, Kind::connected);
  happen(1, Kind::connected);
  EXPECT_TRUE(judged().held);
  happen(1, Kind::connected);
  EXPECT_FALSE(judged().held);
  expect("requests: {per: all, max: 1}");
  happen(0, Kind::request);
  EXPECT_TRUE(judged().held);
  happen(1, Kind::request);
  EXPECT_FALSE(judged().held);
}

TEST_F(Events, FinalStatesAreTheMachinesOwn) {
  expect("state: {is: operational, count: 4}");
  EXPECT_TRUE(judged().held);
  expect("state: {group: b, is: factory}");
  EXPECT_TRUE(judged().held);
  expect("state: {is: operational}");
  EXPECT_FALSE(judged().held);
}

TEST_F(Events, StepsHaveTimesByProfile) {
  expect("step: {name: handshake, profile: amt-4.0, p95: \"< 50ms\"}");
  servicepoint::Outcome outcome;
  const auto step = [&](std::uint32_t machine, int ms) {
    outcome.uuid = roster_->identityOf(machine).uuid;
    outcome.steps = {{.name = "connect", .took = std::chrono::milliseconds(1000)},
                     {.name = "handshake", .took = std::chrono::milliseconds(ms)}};
    log_->outcome(outcome);
  };
  step(0, 900);
  step(4, 20);
  EXPECT_TRUE(judged().held) << judged().seen;
  step(5, 80);
  EXPECT_FALSE(judged().held);
  EXPECT_EQ(judged().seen, "80 ms");
  expect("step: {name: handshake, p95: \"< 50ms\"}");
  results_.steps = {{.step = "handshakes"}};
  EXPECT_FALSE(judged().held);
  EXPECT_EQ(judged().seen, "no step \"handshake\" was taken. did you mean \"handshakes\"? there were handshakes");
}

TEST_F(Events, HelloStepIsTheMachinesOwn) {
  expect("step: {name: hello, group: b, max: \"< 45ms\"}");
  EXPECT_FALSE(judged().held);
  EXPECT_EQ(judged().seen, "50 ms");
}

TEST_F(Events, FaultsFire) {
  expect("fired: {fault: drop-hello, is: \"> 0\"}");
  results_.faults = {{.id = "drop-hello", .asked = 3, .fired = 2}};
  EXPECT_TRUE(judged().held);
  results_.faults.front().fired = 0;
  EXPECT_FALSE(judged().held);
  results_.faults.front().id = "drop-helo";
  EXPECT_EQ(judged().seen, "no fault \"drop-hello\" in this run. did you mean \"drop-helo\"?");
}

TEST_F(Events, BestPracticeIsTheAuditsWord) {
  using Result = report::PracticeResult::Result;
  expect("best_practice: all");
  EXPECT_FALSE(judged().held) << "no rule was judged";
  results_.bestPractice = {{.id = "tls-on", .why = "", .result = Result::pass, .evidence = ""},
                           {.id = "acl-least", .why = "", .result = Result::notSeen, .evidence = ""}};
  EXPECT_TRUE(judged().held);
  results_.bestPractice[1].result = Result::fail;
  results_.bestPractice[1].evidence = "a/0 has it all";
  EXPECT_FALSE(judged().held);
  EXPECT_EQ(judged().seen, "acl-least: a/0 has it all");
  expect("best_practice: [tls-on]");
  EXPECT_TRUE(judged().held);
  results_.bestPractice[0].result = Result::notSeen;
  EXPECT_FALSE(judged().held) << "a rule that is named must be seen";
}

TEST(EventErrors, NameWhatIsWrong) {
  const auto error = [](const std::string& entry) { return errorOf(withTop("expect: [" + entry + "]\n")); };
  EXPECT_EQ(error("never: {operation: ComitChanges}"),
            "s.yaml:1:29: expect[0].never.operation is \"ComitChanges\", which is no operation. did you mean "
            "\"CommitChanges\"?");
  EXPECT_EQ(error("never: {event: handshake-don}"),
            "s.yaml:1:25: expect[0].never.event is \"handshake-don\", which is no event. did you mean "
            "\"handshake-done\"?");
  EXPECT_EQ(error("never: {state: operatoinal}"),
            "s.yaml:1:25: expect[0].never.state is \"operatoinal\", which is no state. did you mean \"operational\"?");
  EXPECT_EQ(error("never: {group: g}"),
            "s.yaml:1:17: expect[0].never forbids nothing. add operation, event, reason, state or login_failures");
  EXPECT_EQ(error("never: {login_failures: 3}"),
            "s.yaml:1:34: expect[0].never.login_failures is \"3\". write what must never be reached, as \"> 3\"");
  EXPECT_EQ(error("order: {of: [hello-sent]}"),
            "s.yaml:1:22: expect[0].order.of has no order. name two events at least");
  EXPECT_EQ(error("events: {what: hello-sent, is: 50%}"),
            "s.yaml:1:41: expect[0].events.is is \"50%\". write a number, as 3 or \"<= 3\"");
  EXPECT_EQ(error("state: {machine: g/9, is: factory}"),
            "s.yaml:1:27: \"g/9\" is no machine. the group has g/0 to g/3");
  EXPECT_EQ(error("state: {machine: h/0, is: factory}"), "s.yaml:1:27: \"h/0\" is of no group. did you mean \"g\"?");
  EXPECT_EQ(error("state: {machine: g/0, group: g, is: factory}"),
            "s.yaml:1:27: expect[0].state has group and machine. keep one of them");
  EXPECT_EQ(error("step: {name: hello, profile: amt-4.0, p95: \"< 1s\"}"),
            "s.yaml:1:39: expect[0].step.profile is \"amt-4.0\", which no machine of the scenario runs. there are "
            "amt-3.2.2");
  EXPECT_EQ(error("requests: {per: group, max: 3}"),
            "s.yaml:1:26: expect[0].requests.per is \"group\". write one of machine, all");
}

}  // namespace
}  // namespace vme::scenario

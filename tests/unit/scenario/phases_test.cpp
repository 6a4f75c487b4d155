// Phases in whole runs: fleet and service point in one process, over real sockets.

#include <gmock/gmock.h>

#include <string>

#include "report/results.hpp"
#include "scenario/runner.hpp"
#include "unit/scenario/run_of.hpp"
#include "unit/scenario/text.hpp"

namespace vme::scenario {
namespace {

using report::Verdict;

std::string told(const report::Results& results) {
  std::string text = results.error;
  for (const auto& expectation : results.expectations) {
    text += "\n" + expectation.text + ", seen " + expectation.seen;
  }
  for (const auto& failure : results.failures)
    text += "\n" + failure.machine + " " + failure.reason + " " + failure.trace;
  return text;
}

const std::string kHead = "name: n\nseed: 5\nclock: skip-idle\ndeadline: 60s\n";

TEST(Phases, APowerCutInMidRunEndsWithEverybodyProvisioned) {
  const auto results = runOf(kHead +
                             "address: 127.26.0.0\n"
                             "groups: [{name: pc, machines: 20, profile: amt-3.2.2, arrival: {over: 10m}}]\n"
                             "phases:\n"
                             "  - {at: 50%, group: pc, do: {ac: lost}}\n"
                             "  - {at: 20m, do: {ac: back}, wait: {state: {operational: 100%}, within: 1h}}\n"
                             "expect: [{provisioned: 100%}]\n");
  EXPECT_EQ(results.verdict, Verdict::held) << told(results);
}

TEST(Phases, AnUnmetWaitIsAnErrorWithItsPlace) {
  const auto results = runOf(kHead +
                             "address: 127.26.1.0\n"
                             "groups: [{name: pc, machines: 2, profile: amt-3.2.2}]\n"
                             "phases:\n"
                             "  - {at: after, do: {link: down}, wait: {hellos: 3, within: 2h}}\n");
  EXPECT_EQ(results.verdict, Verdict::error);
  EXPECT_EQ(results.error, "s.yaml:8:5: the wait for hellos: 3 was in vain");
}

TEST(Phases, AMachineThatLosesItsConfigurationIsProvisionedAgain) {
  const auto results = runOf(kHead +
                             "address: 127.26.2.0\n"
                             "groups: [{name: pc, machines: 4, profiles: [amt-3.2.2, amt-5.2]}]\n"
                             "phases:\n"
                             "  - {at: after, do: {unprovision: partial}, wait: {provisioned: 100%, within: 3h}}\n"
                             "expect: [{provisioned: 100%}]\n");
  EXPECT_EQ(results.verdict, Verdict::held) << told(results);
}

TEST(Phases, AServicePointThatRestartsGoesOnWhereItWas) {
  const auto results = runOf(kHead +
                             "address: 127.26.3.0\n"
                             "groups: [{name: pc, machines: 8, profiles: [amt-2.1, amt-3.2.2], arrival: {over: 4m}}]\n"
                             "phases:\n"
                             "  - {at: 1m, do: {service-point: stop}}\n"
                             "  - {at: 3m, do: {service-point: start}}\n"
                             "expect: [{provisioned: 100%}]\n");
  EXPECT_EQ(results.verdict, Verdict::held) << told(results);
}

TEST(Phases, HellosFollowAServicePointThatMoves) {
  const auto results = runOf(kHead +
                             "address: 127.26.4.0\n"
                             "groups: [{name: pc, machines: 10, profile: amt-3.2.2, arrival: {over: 10m}}]\n"
                             "phases: [{at: 5m, do: {dns: moves}}]\nexpect: [{provisioned: 100%}]\n");
  EXPECT_EQ(results.verdict, Verdict::held) << told(results);
}

TEST(Phases, AnExpiredCertificateSetsNothingUp) {
  const auto results = runOf(kHead +
                             "address: 127.26.5.0\n"
                             "groups:\n"
                             "  - {name: first, machines: 3, profile: amt-3.2.2}\n"
                             "  - {name: late, machines: 3, profile: amt-3.2.2, arrival: {over: 1h}}\n"
                             "phases:\n"
                             "  - {when: {provisioned: 3}, group: first, do: {certificate: expires}}\n"
                             "  - {at: after, do: {certificate: renewed}, group: late, "
                             "wait: {state: {operational: 100%}, within: 6h}}\n"
                             "expect: [{provisioned: 100%}]\n");
  EXPECT_EQ(results.verdict, Verdict::held) << told(results);
}

TEST(Phases, ABlockedGroupIsProvisionedOnceItIsApproved) {
  const auto results = runOf(kHead +
                             "address: 127.26.6.0\n"
                             "groups: [{name: pc, machines: 3, profile: amt-3.2.2}]\n"
                             "phases:\n"
                             "  - {at: before, do: {block: pc}}\n"
                             "  - {when: {outcome: {reason: blocked, is: 100%}, after: 30s}, do: {approve: pc}, "
                             "wait: {provisioned: 100%, within: 2h}}\n"
                             "expect: [{provisioned: 100%}]\n");
  EXPECT_EQ(results.verdict, Verdict::held) << told(results);
}

TEST(Phases, WhoIsRefusedAndLookedAtIsProvisionedOnceItIsApproved) {
  const auto results = runOf(kHead +
                             "address: 127.26.17.0\nservice_point: {mode: embedded, careless: connect-to-refused}\n"
                             "groups: [{name: new, machines: 1, profile: amt-3.2.2, approval: refuse}]\n"
                             "phases:\n"
                             "  - {at: 2m, do: {approve: new}, wait: {provisioned: 100%, within: 3h}}\n"
                             "expect: [{provisioned: 100%}]\n");
  EXPECT_EQ(results.verdict, Verdict::held) << told(results);
}

TEST(Phases, AMachineComesUpInItsTimeWhateverBefellItBefore) {
  const auto results = runOf(kHead +
                             "address: 127.26.18.0\n"
                             "groups: [{name: pc, machines: 2, profile: amt-3.2.2, arrival: {over: 1m}}]\n"
                             "phases:\n"
                             "  - {at: before, do: {link: down}}\n"
                             "  - {at: 1h, do: {link: up}, wait: {provisioned: 100%, within: 3h}}\n"
                             "expect: [{provisioned: 100%}]\n");
  EXPECT_EQ(results.verdict, Verdict::held) << told(results);
}

TEST(Phases, UnprovisioningMendsAMachineThatIsStillInSetup) {
  const auto results = runOf(kHead +
                             "address: 127.26.19.0\n"
                             "groups:\n  - name: pc\n    machines: 1\n    profile: amt-3.2.2\n"
                             "    quirks: {cert_selfsigned_corrupt: {mode: garbled, clears_on: unprovision}}\n"
                             "phases:\n"
                             "  - {at: after, do: {unprovision: full}, wait: {provisioned: 100%, within: 24h}}\n"
                             "expect: [{provisioned: 100%}]\n");
  EXPECT_EQ(results.verdict, Verdict::held) << told(results);
}

TEST(Phases, ARogueTakesOverWhomItsNameServerSends) {
  const auto results = runOf(kHead +
                             "address: 127.26.7.0\nrogue: {address: 127.0.0.66}\n"
                             "groups:\n"
                             "  - {name: safe, machines: 2, profile: amt-3.2.2}\n"
                             "  - {name: lured, machines: 2, profile: amt-3.2.2, quirks: "
                             "{dns_script: [{name: '*', answer: 127.0.0.66}]}}\n"
                             "expect:\n"
                             "  - outcome: {group: safe, reason: provisioned, is: 100%}\n"
                             "  - outcome: {group: lured, reason: taken-over, is: 100%}\n");
  EXPECT_EQ(results.verdict, Verdict::held) << told(results);
}

TEST(Phases, QuirksComeAndGoWhileTheFleetRuns) {
  const auto results = runOf(kHead +
                             "address: 127.26.8.0\n"
                             "groups: [{name: pc, machines: 3, profile: amt-3.2.2}]\n"
                             "phases:\n"
                             "  - {at: before, do: {quirks: {dns_script: [{name: '*', answer: nxdomain}]}}}\n"
                             "  - {when: {outcome: {reason: name-not-found, is: 100%}}, do: {clear-faults: true}}\n"
                             "expect: [{provisioned: 100%}]\n");
  EXPECT_EQ(results.verdict, Verdict::held) << told(results);
}

TEST(Phases, RulesOfFaultsComeAndGoWhileTheFleetRuns) {
  const auto results =
      runOf(kHead +
            "address: 127.26.12.0\n"
            "groups:\n"
            "  - {name: early, machines: 2, profile: amt-3.2.2}\n"
            "  - {name: late, machines: 2, profile: amt-3.2.2, arrival: {over: 30m}}\n"
            "phases:\n"
            "  - {at: before, do: {faults: [{id: hush, on: hello, do: suppress}]}}\n"
            "  - {at: 10m, group: early, do: {clear-faults: true}, wait: {provisioned: 2, within: 3h}}\n"
            "  - {at: 4h, group: late, do: {clear-faults: true}}\n"
            "expect: [{provisioned: 100%}]\n");
  EXPECT_EQ(results.verdict, Verdict::held) << told(results);
  const auto hush = std::ranges::find_if(results.faults, [](const auto& one) { return one.id.ends_with("hush"); });
  ASSERT_NE(hush, results.faults.end());
  EXPECT_GT(hush->fired, 0U);
}

TEST(Phases, AnAgentThatIsKilledStartsAgain) {
  const auto results = runOf(kHead +
                             "address: 127.26.9.0\n"
                             "groups: [{name: pc, machines: 2, profile: amt-5.2, provisioning: agent}]\n"
                             "phases:\n"
                             "  - {at: after, do: [{unprovision: full}, {agent-start: true}], "
                             "wait: {provisioned: 100%, within: 2h}}\n"
                             "  - {at: after, do: [{unprovision: full}, {agent-start: true}, {agent-kill: true}], "
                             "wait: {outcome: {reason: agent-killed, is: 100%}, within: 2h}}\n");
  EXPECT_NE(results.verdict, Verdict::error) << told(results);
}

TEST(Phases, TheServicePointGoesBackToItsMachines) {
  const auto results = runOf(kHead +
                             "address: 127.26.18.0\n"
                             "groups:\n"
                             "  - {name: pc, machines: 4, profiles: [amt-2.1, amt-2.6.20], method: psk}\n"
                             "  - {name: agents, machines: 2, profile: amt-5.2, provisioning: agent}\n"
                             "phases: [{at: after, after: 1h, do: {service-point: send-crl}}]\n"
                             "expect:\n"
                             "  - provisioned: 100%\n"
                             "  - events: {what: \"SetCRL 0x0\", is: 4}\n"  // 2.1 takes no list
                             "  - order: {group: agents, of: [operational, SetCRL]}\n");
  EXPECT_EQ(results.verdict, Verdict::held) << told(results);
}

TEST(Phases, AMachineAtWhichAnErrandFailsHasFailed) {
  const auto results = runOf(kHead +
                             "address: 127.26.19.0\n"
                             "groups:\n"
                             "  - {name: pc, machines: 2, profile: amt-3.2.2,\n"
                             "     faults: [{do: status, operation: SetCRL, status: 0x1}]}\n"
                             "phases: [{at: after, do: {service-point: send-crl}}]\n"
                             "expect:\n"
                             "  - outcome: {reason: call-failed, is: 2}\n"
                             "  - events: {what: \"SetCRL 0x1\", per: machine, is: 3}\n");
  EXPECT_EQ(results.verdict, Verdict::held) << told(results);
}

TEST(Phases, ANewServicePointKnowsNoMachines) {
  const auto results = runOf(kHead +
                             "address: 127.26.20.0\n"
                             "groups: [{name: pc, machines: 2, profile: amt-3.2.2}]\n"
                             "phases: [{at: after, do: [{service-point: restart}, {service-point: send-crl}]}]\n"
                             "expect: [{provisioned: 100%}, {never: {operation: SetCRL}}]\n");
  EXPECT_EQ(results.verdict, Verdict::held) << told(results);
}

TEST(Phases, AnUpdateIsSeen) {
  const auto results = runOf(kHead +
                             "address: 127.26.10.0\n"
                             "groups: [{name: pc, machines: 2, profile: amt-3.0}]\n"
                             "phases: [{at: after, do: {update: {to: amt-3.2.2}}, wait: {updated: 100%, within: 5m}}]\n"
                             "expect: [{provisioned: 100%}]\n");
  EXPECT_EQ(results.verdict, Verdict::held) << told(results);
}

TEST(Phases, TheSameSeedBefallsTheSameMachines) {
  const std::string text =
      "name: n\nseed: 5\ndeadline: 3s\n"
      "address: 127.26.11.0\n"
      "groups: [{name: pc, machines: 20, profile: amt-3.2.2}]\n"
      "phases: [{at: before, share: 40%, do: {link: down}}]\n"
      "";
  const auto once = runOf(text);
  const auto again = runOf(text);
  EXPECT_EQ(report::toJsonLines(once), report::toJsonLines(again));
  EXPECT_GT(once.machines.idle, 2U);
  EXPECT_GT(once.machines.provisioned, 2U);
}

struct WrongPhase {
  std::string phase, message;
};

TEST(Phases, MistakesAreToldWithTheirPlace) {
  for (const auto& [phase, message] :
       {WrongPhase{"{do: {ac: lost}}", "needs either at or when"},
        WrongPhase{"{at: 50%, when: {settled: 1}, do: {ac: lost}}", "needs either at or when"},
        WrongPhase{"{at: soon, do: {ac: lost}}", "write before, after, a share"},
        WrongPhase{"{at: 1s, do: {}}", "is empty"},
        WrongPhase{"{at: 1s, do: {ac: off}}", "lost"},
        WrongPhase{"{at: 1s, do: {host: slep}}", "sleep"},
        WrongPhase{"{at: 1s, do: {hots: on}}", "there is no act \"hots\""},
        WrongPhase{"{at: 1s, do: {ac: lost}, wait: {settled: 1}}", "within"},
        WrongPhase{"{at: 1s, do: {ac: lost}, wait: {within: 1s}}", "names no condition"},
        WrongPhase{"{at: 1s, do: {ac: lost}, wait: {hellos: 10%, within: 1s}}", "hellos have no total"},
        WrongPhase{"{at: 1s, group: h, do: {ac: lost}}", "which is no group"},
        WrongPhase{"{at: 1s, machines: [g/4], do: {ac: lost}}", "\"g/4\" is no machine"},
        WrongPhase{"{at: 1s, do: {update: {to: amt-5.0}}}", "none of these machines has"},
        WrongPhase{"{at: 1s, do: {agent-start: true}}", "have no agent"},
        WrongPhase{"{at: 1s, do: {link: wifi}}", "does not have"},
        WrongPhase{"{at: 1s, do: {clock: {jump: 61y}}}", "at most 60 years"},
        WrongPhase{"{at: 1s, do: {quirks: {acl_full: {}}}}", "settled when a machine comes up"},
        WrongPhase{"{at: 1s, share: 10%, do: {clear-faults: true}}", "is for whole groups"},
        WrongPhase{"{at: 1s, do: {service-point: partial}}", "partial-unprovision"},
        WrongPhase{"{at: 1s, do: {remote-configuration: true}}", "on"},
        WrongPhase{"{at: before, after: 5s, do: {ac: lost}}", "where no time passes"}}) {
    const auto error = errorOf(withTop("phases: [" + phase + "]\n"));
    EXPECT_THAT(error, ::testing::StartsWith("s.yaml:1:")) << phase;
    EXPECT_THAT(error, ::testing::HasSubstr(message)) << phase;
  }
  EXPECT_THAT(errorOf(withTop("service_point: {host: a}\nphases: [{at: 1s, do: {service-point: stop}}]\n")),
              ::testing::HasSubstr("is for the embedded service point"));
  EXPECT_THAT(errorOf("name: n\ngroups: [{name: g, machines: 1, profile: amt-2.1}]\n"
                      "phases: [{at: 1s, do: {remote-configuration: \"off\"}}]\n"),
              ::testing::HasSubstr("amt-2.1 is set up by PSK alone"));
}

}  // namespace
}  // namespace vme::scenario

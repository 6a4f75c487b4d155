// Faults over real sockets and real TLS, against the embedded service point: each machine of a run has its own.

#include <gmock/gmock.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <set>

#include "scenario/fault_actions.hpp"
#include "scenario/runner.hpp"
#include "unit/scenario/run_of.hpp"
#include "unit/scenario/text.hpp"

namespace vme::scenario {
namespace {

/// What became of machine g/0, with these lines in its group.
report::Results oneMachine(const std::string& lines, const std::string& profile = "amt-3.2.2",
                           const std::string& deadline = "5s") {
  return runOf("name: n\ndeadline: " + deadline +
               "\nclock: {speed: 60}\ngroups:\n  - name: g\n    machines: 1\n    profile: " + profile + "\n" + lines);
}

std::uint64_t fired(const report::Results& results) {
  std::uint64_t sum = 0;
  for (const auto& fault : results.faults) sum += fault.fired;
  return sum;
}

std::string trace(const report::Results& results) {
  return results.failures.empty() ? std::string() : results.failures.front().at + ": " + results.failures.front().trace;
}

struct Case {
  const char* name;
  const char* fault;
  const char* outcome;  // of the machine in the end
  const char* trace;    // of its failure; empty: any
};
void PrintTo(const Case& one, std::ostream* out) {
  *out << one.fault;
}
class OneFault : public ::testing::TestWithParam<Case> {};

const std::string kHasty = "service_point: {mode: embedded, step_timeout: 4s}\n";

TEST_P(OneFault, ActsAndIsSeen) {
  const auto& one = GetParam();
  // A run ends when its machine has settled; only one that never does has to be waited for.
  const bool settles = std::string_view(one.outcome) != "idle";
  const auto results =
      oneMachine(std::string("    faults: [{") + one.fault + "}]\n" + kHasty, "amt-3.2.2", settles ? "90s" : "5s");
  EXPECT_GE(fired(results), 1U);
  ASSERT_EQ(results.faults.size(), 1U);
  EXPECT_EQ(results.faults.front().asked, 1U);
  EXPECT_EQ(results.machinesDetail.front().outcome, one.outcome) << trace(results);
  EXPECT_THAT(trace(results), ::testing::HasSubstr(one.trace));
}
std::vector<Case> cases() {
  return {
      // What a service point gets over.
      {"latency", "do: latency, by: 5ms, spread: 5ms", "provisioned", ""},
      {"loss", "do: loss, of: 20%, stall: 30ms", "provisioned", ""},
      {"bandwidth", "do: bandwidth, rate: 100KiB", "provisioned", ""},
      {"slowReader", "do: slow-reader, rate: 64KiB", "provisioned", ""},
      {"slowWriter", "do: slow-writer, rate: 64KiB, piece: 100", "provisioned", ""},
      {"closeAfter", "do: close-after, requests: 2", "provisioned", ""},
      {"pipelining", "do: drop-pipelined", "provisioned", ""},
      {"refuse", "do: refuse, times: 1", "provisioned", ""},
      {"resetAfter", "do: reset-after, on: tls.handshake, bytes: 900, times: 1", "provisioned", ""},
      {"duplicate", "do: duplicate, copies: 3", "provisioned", ""},
      {"reorder", "do: reorder, nth: 1", "provisioned", ""},
      {"split", "do: malform, kind: split", "provisioned", ""},
      {"delay", "do: delay, on: request, delay: 5ms, jitter: 5ms", "provisioned", ""},
      {"stall", "do: stall, for: 50ms, at: certificate", "provisioned", ""},
      {"stallCall", "do: stall, on: answer, operation: SetMEBxPassword, for: 50ms", "provisioned", ""},
      {"hang", "do: hang, operation: SetMEBxPassword, times: 1", "provisioned", ""},
      {"dropAnswer", "do: drop-answer, operation: SetMEBxPassword, times: 1", "provisioned", ""},
      {"dates", "do: certificate, mode: dates, operation: pki", "provisioned", ""},
      {"oldTls", "do: tls-limits, versions: ['1.0']", "provisioned", ""},
      // What it does not.
      {"alert", "do: alert, alert: 80, at: finished", "failed", "alert 80"},
      {"garbled", "do: certificate, mode: garbled", "failed", "handshake"},
      {"wrongKey", "do: certificate, mode: wrong-key", "failed", "handshake"},
      {"chain", "do: tls-limits, chain_bytes: 500, alert: 42", "failed", "alert 42"},
      {"status", "do: status, operation: SetMEBxPassword, status: INTERNAL_ERROR", "failed", "INTERNAL_ERROR"},
      {"soapFault", "do: soap-fault, operation: SetMEBxPassword", "failed", "set-mebx-password"},
      {"httpStatus", "do: http-status, operation: SetMEBxPassword, status: 503", "failed", "503"},
      {"corrupt", "do: corrupt, operation: SetMEBxPassword", "failed", "set-mebx-password"},
      {"truncate", "do: truncate, operation: SetMEBxPassword, bytes: 60", "failed", "set-mebx-password"},
      {"longer", "do: wrong-length, operation: SetMEBxPassword, by: 7", "failed", "set-mebx-password"},
      {"resetCall", "do: reset, on: request, operation: SetMEBxPassword", "failed", "set-mebx-password"},
      {"closeCall", "do: close, on: answer, operation: SetMEBxPassword", "failed", "set-mebx-password"},
      {"halfOpenCall", "do: half-open, on: answer, operation: SetMEBxPassword", "failed", "set-mebx-password"},
      {"helloFrom", "do: hello-from, address: 127.200.9.9", "failed", "connect"},
      {"otherMachine", "do: wrong-uuid, on: answer, uuid: all-ff", "refused", "PlatformGUID"},
      {"wrongUuid", "do: wrong-uuid, on: hello, uuid: all-ff", "idle", ""},
      {"suppress", "do: suppress", "idle", ""},
      {"short", "do: malform, kind: short", "idle", ""},
  };
}
INSTANTIATE_TEST_SUITE_P(Faults, OneFault, ::testing::ValuesIn(cases()),
                         [](const ::testing::TestParamInfo<Case>& row) { return row.param.name; });

TEST(Faults, EachActionHasItsRun) {
  // Those that need more around them have tests of their own, below.
  std::set<std::string_view> seen{"move", "reboot", "ignore-effect", "wrong-otp", "refusal"};
  for (const auto& one : cases()) {
    const std::string_view fault = one.fault;
    seen.insert(fault.substr(4, fault.find(',') - 4));
  }
  for (const auto& row : actionRows()) EXPECT_TRUE(seen.contains(row.word)) << row.word;
}

TEST(Faults, ARefusedCertificateIsRefusedInAnotherWay) {
  const std::string foreign = "    dns_suffix: elsewhere.test\n";
  // In TLS 1.3 the alert comes when the client has taken the handshake for done.
  const auto faithful = oneMachine(foreign);
  EXPECT_EQ(faithful.machinesDetail.front().reason, "tls-refused");
  EXPECT_THAT(trace(faithful), ::testing::HasSubstr("alert 46"));
  const auto results = oneMachine(foreign + "    faults: [{do: refusal, by: alert, alert: 49}]\n");
  EXPECT_GE(fired(results), 1U);
  EXPECT_THAT(trace(results), ::testing::HasSubstr("alert 49"));
}

TEST(Faults, AnotherOneTimePasswordIsRefused) {
  const std::string machine = "    otp: Of-The-Machine\n    expected_otp: Of-The-Machine\n";
  EXPECT_EQ(oneMachine(machine).machinesDetail.front().outcome, "provisioned");
  const auto results = oneMachine(machine + "    faults: [{do: wrong-otp, otp: Of-Another-1}]\n");
  EXPECT_GE(fired(results), 1U);
  EXPECT_EQ(results.machinesDetail.front().reason, "otp-mismatch") << trace(results);
}

TEST(Faults, APretendedSuccessIsFoundOut) {
  const auto results = oneMachine("    faults: [{do: ignore-effect, operation: CommitChanges}]\n");
  EXPECT_GE(fired(results), 1U);
  EXPECT_NE(results.machinesDetail.front().outcome, "provisioned");
}

TEST(Faults, AnAnswerLostAtCommitLeavesAnOperationalMachine) {
  const auto results = oneMachine("    quirks: {http: {drop_reply_after: CommitChanges}}\n");
  EXPECT_EQ(fired(results), 1U);
  EXPECT_EQ(results.faults.front().id, "http");
}

TEST(Faults, OfOlderFirmwareOverEoi) {
  const auto results = oneMachine("    faults: [{do: status, operation: SetHostName, status: 0x24}]\n", "amt-2.1");
  EXPECT_GE(fired(results), 1U);
  EXPECT_THAT(trace(results), ::testing::HasSubstr("INVALID_PARAMETER"));
}

TEST(Faults, AMovedMachineIsFoundByItsNextHello) {
  // The service point must still be trying when the hello from the new address comes.
  const auto results =
      oneMachine("    quirks: {ip_hijack: {}}\nservice_point: {mode: embedded, attempts: 100}\n", "amt-3.2.2", "60s");
  EXPECT_EQ(fired(results), 1U);
  EXPECT_EQ(results.machinesDetail.front().outcome, "provisioned") << trace(results);
}

TEST(Faults, ARestartAtAStepIsGotOver) {
  const auto results = oneMachine("    quirks: {reboot_me: {at: SetMEBxPassword, down_s: 1}}\n");
  EXPECT_EQ(fired(results), 1U);
}

TEST(Faults, OneSeedFiresOnTheSameMachines) {
  const std::string text =
      "name: n\nseed: 11\ndeadline: 20s\ngroups:\n  - name: g\n    machines: 40\n    profile: amt-3.2.2\n"
      "    faults: [{do: status, operation: SetMEBxPassword, status: 1, share: 30%}]\n";
  const auto first = runOf(text), second = runOf(text);
  EXPECT_EQ(report::toJsonLines(first), report::toJsonLines(second));
  EXPECT_GT(first.faults.front().asked, 4U);
  EXPECT_LT(first.faults.front().asked, 25U);
  EXPECT_EQ(first.machines.failed, first.faults.front().asked);
  EXPECT_EQ(first.machines.provisioned, 40 - first.faults.front().asked);
}

}  // namespace
}  // namespace vme::scenario

// A verdict that cannot fail is worth nothing: for each rule of the audit, a service point that is careless in one
// habit makes exactly that rule fail, and for each kind of expectation one that is broken makes exactly that one fail.

#include <gmock/gmock.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <set>
#include <thread>

#include "audit/rules.hpp"
#include "scenario/expect_reader.hpp"
#include "scenario/roster.hpp"
#include "scenario/runner.hpp"
#include "unit/scenario/run_of.hpp"
#include "wire/hello.hpp"

namespace vme::scenario {
namespace {

using Result = report::PracticeResult::Result;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// What is not as in the usual fleet.
struct Setting {
  std::string careless;           // list of habits
  std::string servicePoint = {};  // further keys
  std::string groups = {};        // in place of the usual ones
  std::string deadline = "20s";
};

const std::string kGroups =
    "  - {name: psk, machines: 2, profiles: [amt-2.1, amt-4.0], method: psk}\n"
    "  - {name: pki, machines: 2, profiles: [amt-2.2.20, amt-4.0], method: pki}\n"
    "  - {name: no, machines: 1, profile: amt-4.0, approval: refuse}\n"
    "  - {name: later, machines: 1, profile: amt-5.0}\n"
    "phases:\n  - {when: {provisioned: 100%}, group: later, do: {block: later}}\n";

std::string textOf(const Setting& setting) {
  return "name: mutation\nclock: skip-idle\naudit: true\ndeadline: " + setting.deadline + "\n" +
         "service_point: {mode: embedded, careless: [" + setting.careless + "], " + setting.servicePoint + "}\n" +
         "groups:\n" + (setting.groups.empty() ? kGroups : setting.groups) + "expect: [{provisioned: \">= 0\"}]\n";
}

std::vector<std::string> idsWith(const report::Results& results, Result result) {
  std::vector<std::string> ids;
  for (const auto& rule : results.bestPractice) {
    if (rule.result == result) ids.push_back(rule.id);
  }
  return ids;
}

std::string evidenceOf(const report::Results& results) {
  std::string text;
  for (const auto& rule : results.bestPractice) {
    if (rule.result == Result::fail) text += "\n" + rule.id + ": " + rule.evidence;
  }
  return text;
}

struct Mutation {
  std::string rule;
  Setting setting;
};

void PrintTo(const Mutation& mutation, std::ostream* out) {
  *out << mutation.rule << " by " << mutation.setting.careless;
}

class Practice : public ::testing::TestWithParam<Mutation> {};

const std::string kWithAgents = "  - {name: agents, machines: 2, profile: amt-4.0, provisioning: agent}\n";
/// The agent is turned away, and the machine goes on saying hello.
const std::string kTurnedAway =
    "  - {name: agents, machines: 1, profile: amt-4.0, provisioning: agent, agent: {otp: expired, attempts: 1}}\n"
    "  - {name: late, machines: 2, profile: amt-4.0, method: psk, arrival: {over: 1m, shape: even}}\n";
const std::string kForeign = "  - {name: foreign, machines: 1, profile: amt-4.0, method: pki}\n";
const std::string kForeignPassword = "setup_passwords: [\"N0t.this.one\"]";
/// Time for more hellos while a conversation is under way.
const std::string kSlow = "  - {name: slow, machines: 1, profile: amt-4.0, method: psk, timing: {scale: 0.5}}\n";

std::vector<Mutation> mutations() {
  return {
      {"default-password-changed", {"keep-default-password"}},
      {"admin-password-own", {"shared-admin-password"}},
      {"mebx-password-changed", {"keep-mebx-password"}},
      {"mebx-password-own", {"shared-mebx-password"}},
      {"tls-on", {"skip-tls"}},
      {"no-clear-port", {"open-clear-port"}},
      {"certificate-own", {"shared-certificate"}},
      {"key-own", {"shared-key"}},
      {"certificate-valid", {"expired-certificate"}},
      {"certificate-name", {"misnamed-certificate"}},
      {"key-length", {"short-key"}},
      {"psk-replaced", {"keep-psk"}},
      {"provisioning-certificate-dedicated", {"use-unfit-certificate", "provisioning_certificate: ca"}},
      {"provisioning-certificate-valid", {"use-unfit-certificate", "provisioning_certificate: expired"}},
      {"revoked-certificate-refused", {"use-unfit-certificate", "provisioning_certificate: revoked"}},
      {"blocked-certificate-revoked", {"keep-blocked-certificates"}},
      {"refused-left-alone", {"connect-to-refused"}},
      {"otp-compared", {"skip-otp-check", "", kWithAgents}},
      {"in-band-preferred", {"take-agents-hello", "", kTurnedAway}},
      {"uuid-checked", {"skip-uuid-check"}},
      {"least-realms", {"all-realms"}},
      {"few-accounts", {"many-accounts"}},
      {"clock-set", {"skip-clock"}},
      {"redirection-as-needed", {"open-redirection"}},
      {"logins-bounded", {"hammer-login", kForeignPassword, kForeign, "1500ms"}},
      {"connections-bounded", {"sessions-at-once"}},
      {"came-back", {"skip-come-back"}},
      {"settings-read-back", {"skip-read-back"}},
  };
}

TEST_P(Practice, OneHabitFailsOneRule) {
  const auto results = runOf(textOf(GetParam().setting));
  EXPECT_THAT(idsWith(results, Result::fail), ElementsAre(GetParam().rule)) << evidenceOf(results);
}

INSTANTIATE_TEST_SUITE_P(Rules, Practice, ::testing::ValuesIn(mutations()), [](const auto& test) {
  auto name = test.param.rule;
  std::erase(name, '-');
  return name;
});

/// Says the first machine's hello again and again, from its address.
class Echo {
 public:
  explicit Echo(const Scenario& scenario)
      : thread_([this, identity = Roster(scenario).identityOf(0), port = scenario.servicePoint.helloPort] {
          wire::Hello hello;
          hello.uuid = identity.uuid;
          hello.credentials = std::string(identity.psk.pidText());
          const auto message = wire::encode(hello);
          while (!over_) {
            if (begun_) say(message, boost::asio::ip::address_v4(identity.ipv4), port);
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
          }
        }) {}
  ~Echo() {
    end();
    thread_.join();
  }
  void begin() { begun_ = true; }
  void end() { over_ = true; }

 private:
  static void say(const Bytes& message, boost::asio::ip::address_v4 from, std::uint16_t port) {
    using boost::asio::ip::tcp;
    boost::asio::io_context context;
    tcp::socket socket(context, tcp::endpoint(from, 0));
    boost::system::error_code error;
    socket.connect({boost::asio::ip::address_v4::loopback(), port}, error);
    if (!error) boost::asio::write(socket, boost::asio::buffer(message), error);
  }

  std::atomic<bool> begun_ = false, over_ = false;
  std::thread thread_;
};

/// The echo begins behind the machine's own hello and ends with the first set-up.
report::Results runWithEcho(const std::string& careless, const std::string& deadline) {
  auto scenario = parse("s.yaml", textOf({.careless = careless, .groups = kSlow, .deadline = deadline}), {});
  useFreePorts(scenario);
  scenario.servicePoint.helloPort = scenario.servicePoint.options.helloPort = freePort();
  Echo echo(scenario);
  const std::atomic<bool> stop = false;
  return run(scenario, stop, [&](const Progress& progress) {
    if (progress.fleet.hellos > 0) echo.begin();
    if (progress.servicePoint.provisioned + progress.servicePoint.failed > 0) echo.end();
  });
}

TEST(CarefulPractice, HoldsOneConversationWhateverTheHellos) {
  const auto results = runWithEcho("", "60s");
  EXPECT_THAT(idsWith(results, Result::fail), IsEmpty()) << evidenceOf(results);
}

TEST(CarelessPractice, AConversationForEachHello) {
  const auto results = runWithEcho("serve-duplicates", "5s");
  EXPECT_THAT(idsWith(results, Result::fail), ::testing::Contains("one-conversation")) << evidenceOf(results);
  EXPECT_THAT(idsWith(results, Result::fail),
              ::testing::IsSubsetOf({"one-conversation", "connections-bounded", "logins-bounded"}));
}

TEST(CarelessPractice, EachRuleHasItsMutation) {
  std::set<std::string> seen{"one-conversation"};
  for (const auto& mutation : mutations()) seen.insert(mutation.rule);
  for (const auto& rule : audit::allRules()) EXPECT_TRUE(seen.contains(std::string(rule.id))) << rule.id;
}

TEST(CarefulPractice, PassesWhatCanBeSeen) {
  const auto results = runOf(textOf({}));
  EXPECT_THAT(idsWith(results, Result::fail), IsEmpty()) << evidenceOf(results);
  EXPECT_THAT(idsWith(results, Result::notSeen),
              ElementsAre("revoked-certificate-refused", "otp-compared", "in-band-preferred"));
}

TEST(CarefulPractice, PassesWithAgents) {
  const auto results = runOf(textOf({.careless = "", .groups = kWithAgents}));
  EXPECT_THAT(idsWith(results, Result::fail), IsEmpty()) << evidenceOf(results);
  EXPECT_THAT(idsWith(results, Result::pass), ::testing::IsSupersetOf({"otp-compared", "in-band-preferred"}));
}

/// One expectation of each kind, and what is wrong with a service point that makes it fail.
struct Broken {
  std::string expectation;
  std::string servicePoint;  // keys of it
  std::string deadline = "30s";
};

void PrintTo(const Broken& broken, std::ostream* out) {
  *out << broken.expectation << " by " << broken.servicePoint;
}

const std::string kExpecting = R"(groups:
  - {name: plain, machines: 2, profiles: [amt-2.1, amt-4.0], method: psk}
  - {name: old, machines: 1, profile: amt-2.6.20, tls: period}
  - {name: stolen, machines: 1, profile: amt-4.0, otp: Of-The-Machine, expected_otp: Of-The-Agent-1}
  - {name: dated, machines: 1, profile: amt-3.0, quirks: {cert_selfsigned_corrupt: {mode: date_zero}}}
  - {name: last, machines: 1, profile: amt-3.2.2, arrival: {over: 20s, shape: random}, faults: [{on: hello, do: malform, kind: short, nth: 1}]}
  - {name: twin, machines: 1, profile: amt-3.2.2, uuid: 44454c4c-3100-1051-8032-b4c04f4b4d31}
  - {name: clone, machines: 1, profile: amt-3.2.2, arrival: {over: 4s, shape: random}, quirks: {uuid: {clone_of: twin/0}}}
  - {name: again, machines: 1, profile: amt-3.2.2, faults: [{on: request, do: reset, nth: 1}]}
  - {name: other, machines: 1, profile: amt-4.0, faults: [{on: answer, do: wrong-uuid, uuid: all-ff}]}
  - {name: refused, machines: 1, profile: amt-4.0, approval: refuse}
  - {name: pair, machines: 1, profile: amt-4.0, method: psk,
     faults: [{id: new-pair, on: request, do: delay, operation: SetTLSPSK}]}
expect:
  - provisioned: {group: old, is: 1}
  - refused: {group: stolen, is: 1}
  - failed: {group: dated, is: 0}
  - idle: {group: last, is: 0}
  - outcome: {group: clone, reason: duplicate-uuid, is: 1}
  - time_to_provision: {group: again, max: "< 7s"}
  - state: {group: other, is: in-setup}
  - step: {name: set-clock, profile: amt-2.1, max: "< 15s"}
  - order: {machine: plain/0, of: [CommitChanges, logged-in, GetHostName]}
  - never: {operation: SetRedirectionListenerState}
  - events: {group: refused, what: connected, is: 0}
  - requests: {group: plain, per: machine, max: 25}
  - connections: {group: plain, per: machine, max: 5}
  - fired: {fault: new-pair, is: 1}
  - best_practice: least-realms
)";

std::vector<Broken> broken() {
  return {
      {"provisioned", "careless: only-modern-tls"},  {"refused", "careless: skip-otp-check"},
      {"failed", "careless: trust-dates"},           {"idle", "careless: fragile-hello", "10s"},
      {"outcome", "careless: merge-twins"},          {"time_to_provision", "retry_delay: 8s"},
      {"state", "careless: skip-uuid-check"},        {"step", "careless: skip-clock"},
      {"order", "careless: skip-read-back"},         {"never", "careless: open-redirection"},
      {"events", "careless: connect-to-refused"},    {"requests", "careless: many-accounts"},
      {"connections", "careless: sessions-at-once"}, {"fired", "careless: keep-psk"},
      {"best_practice", "careless: all-realms"},
  };
}

report::Results expectingRun(const Broken& setting) {
  return runOf("name: expecting\nclock: skip-idle\ndeadline: " + setting.deadline +
               "\nservice_point: {mode: embedded, " + setting.servicePoint + "}\n" + kExpecting);
}

std::vector<std::string> failedOf(const report::Results& results) {
  std::vector<std::string> failed;
  for (const auto& expectation : results.expectations) {
    if (!expectation.held) failed.push_back(expectation.text.substr(0, expectation.text.find(':')));
  }
  return failed;
}

std::string seenOf(const report::Results& results) {
  std::string text = results.error;
  for (const auto& expectation : results.expectations) {
    if (!expectation.held) text += "\n" + expectation.text + ": seen " + expectation.seen;
  }
  return text;
}

class Expecting : public ::testing::TestWithParam<Broken> {};

TEST_P(Expecting, ABrokenServicePointFailsOneExpectation) {
  const auto results = expectingRun(GetParam());
  EXPECT_THAT(failedOf(results), ElementsAre(GetParam().expectation)) << seenOf(results);
  EXPECT_EQ(results.verdict, report::Verdict::failed);
}

INSTANTIATE_TEST_SUITE_P(Kinds, Expecting, ::testing::ValuesIn(broken()),
                         [](const auto& test) { return test.param.expectation; });

TEST(Unbroken, EachExpectationHolds) {
  const auto results = expectingRun({});
  EXPECT_THAT(failedOf(results), IsEmpty()) << seenOf(results);
  EXPECT_EQ(results.verdict, report::Verdict::held) << results.error;
}

TEST(Unbroken, EachKindOfExpectationHasItsBrokenServicePoint) {
  std::set<std::string_view> seen;
  const auto all = broken();
  for (const auto& one : all) seen.insert(one.expectation);
  for (const auto* kinds : {&outcomeExpects(), &eventExpects()}) {
    for (const auto& kind : *kinds) EXPECT_TRUE(seen.contains(kind.subject)) << kind.subject;
  }
}

}  // namespace
}  // namespace vme::scenario

// Each rule's judgement on one machine: a good server passes, one thing that is wrong fails that rule alone, and
// nothing done is not seen.

#include <gmock/gmock.h>

#include <functional>
#include <set>

#include "audit/auditor.hpp"
#include "audit/judgements.hpp"
#include "net/pki.hpp"
#include "wire/http_digest.hpp"

namespace vme::audit {
namespace {

using Outcome = report::PracticeResult::Result;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::int64_t kNow = 1'700'000'000;
constexpr std::int64_t kDay = 86400;

/// A machine, and what was done to it.
struct Machine {
  Case plan{.name = "desktops/0", .showsUuidByCall = true};
  Conduct conduct;
  machine::Posture posture;
};

Bytes certificateFor(net::CertificateRequest request, std::size_t key) {
  request.serverAuth = true;
  const auto keys = net::keyPool(2048, 3);
  return net::issueCertificate(request, keys[key].der, {}, keys[key].der);
}

net::CertificateRequest goodRequest(const std::string& name) {
  return {.commonName = name, .dnsNames = {name}, .notBefore = kNow - kDay, .notAfter = kNow + kDay};
}

void install(Machine& machine, Bytes certificate) {
  machine.posture.certificate = std::make_shared<const Bytes>(std::move(certificate));
}

/// As a good server leaves the n-th machine, set up by PKI and PSK both, so that every rule has something to see.
Machine goodMachine(std::size_t n = 0) {
  Machine machine;
  machine.plan.name = "desktops/" + std::to_string(n);
  machine.plan.hasAgent = true;
  auto& conduct = machine.conduct;
  conduct.connections = 2;
  conduct.openMost = conduct.setupsOpenMost = 1;
  conduct.byPki = conduct.byPsk = conduct.pskReplaced = true;
  conduct.uuidRead = conduct.uuidReadFirst = conduct.otpRead = conduct.otpReadFirst = conduct.changed = true;
  conduct.clockSet = conduct.mebxSet = conduct.commitSent = true;
  conduct.mebxMark = 100 + n;
  conduct.cameBack = conduct.loggedIn = conduct.readBack = true;
  conduct.agentAsked = conduct.agentEnded = true;
  conduct.agentReason = Reason::provisioned;
  conduct.agentAskedAt = Conduct::Clock::time_point(std::chrono::seconds(5));
  conduct.firstSetup = Conduct::Clock::time_point(std::chrono::seconds(6));
  wire::ChainFacts chain;
  chain.empty = false;
  chain.provisioningOid = true;
  chain.subject = "CN=sp";
  chain.leafSha1[0] = static_cast<std::uint8_t>(n + 1);
  chain.notBefore = kNow - kDay;
  chain.notAfter = kNow + kDay;
  conduct.chain = std::make_shared<const wire::ChainFacts>(chain);
  conduct.chainUsedAt = kNow;
  auto& posture = machine.posture;
  posture.state = machine::State::operational;
  posture.isAdminOwn = true;
  posture.adminUser = "admin";
  posture.digestRealm = "Digest:" + std::to_string(n);
  posture.adminHa1 = wire::digestHash("admin", posture.digestRealm, "own password " + std::to_string(n));
  posture.tls.enabled = true;
  posture.keyBitsMost = 2048;
  posture.hostName = "pc" + std::to_string(n);
  posture.domainName = "corp.example";
  posture.acl = {{.user = "helpdesk", .realms = wire::RealmSet::of({wire::Realm::generalInfo})}};
  install(machine, certificateFor(goodRequest(posture.hostName + ".corp.example"), n));
  return machine;
}

Grounds goodGrounds() {
  Grounds grounds;
  grounds.now = kNow;
  grounds.knownPasswords = {"admin", "Vme-Setup1"};
  grounds.revoked.emplace();
  grounds.revokedProvisioning.emplace();
  return grounds;
}

std::vector<report::PracticeResult> judged(const std::vector<Machine>& machines, const Grounds& grounds) {
  Auditor auditor(grounds);
  for (const auto& machine : machines) auditor.add(machine.plan, machine.conduct, machine.posture);
  return auditor.finish();
}

std::vector<std::string> idsOf(const std::vector<report::PracticeResult>& results, Outcome outcome) {
  std::vector<std::string> ids;
  for (const auto& result : results) {
    if (result.result == outcome) ids.push_back(result.id);
  }
  return ids;
}

using Change = std::function<void(Machine&, Grounds&)>;
struct Wrong {
  std::string rule;
  std::string evidence;
  Change change;
};

void change(Machine& machine, const std::function<void(wire::ChainFacts&)>& edit) {
  auto chain = *machine.conduct.chain;
  edit(chain);
  machine.conduct.chain = std::make_shared<const wire::ChainFacts>(chain);
}

std::vector<Wrong> wrongs() {
  using P = machine::Posture;
  const auto password = [](P& posture, std::string_view text) {
    posture.adminHa1 = wire::digestHash(posture.adminUser, posture.digestRealm, text);
  };
  return {
      {"default-password-changed", "as it was before", [](Machine& m, Grounds&) { m.posture.isAdminOwn = false; }},
      {"admin-password-own", "guides and samples", [=](Machine& m, Grounds&) { password(m.posture, "P@ssw0rd"); }},
      {"admin-password-own", "the scenario names", [=](Machine& m, Grounds&) { password(m.posture, "Vme-Setup1"); }},
      {"mebx-password-changed", "factory's", [](Machine& m, Grounds&) { m.posture.isMebxDefault = true; }},
      {"tls-on", "TLS is off", [](Machine& m, Grounds&) { m.posture.tls.enabled = false; }},
      {"no-clear-port", "16992", [](Machine& m, Grounds&) { m.posture.tls.acceptNonSecure = true; }},
      {"certificate-valid", "has expired",
       [](Machine& m, Grounds&) {
         auto request = goodRequest("pc0.corp.example");
         request.notAfter = kNow - 1;
         install(m, certificateFor(request, 0));
       }},
      {"certificate-valid", "not valid yet",
       [](Machine& m, Grounds&) {
         auto request = goodRequest("pc0.corp.example");
         request.notBefore = kNow + 1;
         install(m, certificateFor(request, 0));
       }},
      {"certificate-name", "is for pc9.corp.example, the machine is pc0.corp.example",
       [](Machine& m, Grounds&) { install(m, certificateFor(goodRequest("pc9.corp.example"), 0)); }},
      {"certificate-name", "the machine is pc0.corp.example",
       [](Machine& m, Grounds&) { install(m, certificateFor(goodRequest("*.example"), 0)); }},
      {"key-length", "1024 bits",
       [](Machine& m, Grounds&) {
         auto request = goodRequest("pc0.corp.example");
         const auto key = net::keyPool(1024, 1).front();
         install(m, net::issueCertificate(request, key.der, {}, key.der));
       }},
      {"psk-replaced", "was kept", [](Machine& m, Grounds&) { m.conduct.pskReplaced = false; }},
      {"provisioning-certificate-dedicated", "is a CA's",
       [](Machine& m, Grounds&) { change(m, [](auto& chain) { chain.leafIsCa = true; }); }},
      {"provisioning-certificate-dedicated", "neither the provisioning OID nor the OU",
       [](Machine& m, Grounds&) { change(m, [](auto& chain) { chain.provisioningOid = false; }); }},
      {"provisioning-certificate-dedicated", "own TLS certificate too",
       [](Machine& m, Grounds&) {
         change(m, [&](auto& chain) { chain.leafSha1 = wire::sha1(*m.posture.certificate); });
       }},
      {"provisioning-certificate-valid", "has expired",
       [](Machine& m, Grounds&) { change(m, [](auto& chain) { chain.notAfter = kNow - 1; }); }},
      {"revoked-certificate-refused", "is revoked and was used",
       [](Machine& m, Grounds& grounds) { grounds.revokedProvisioning->insert(m.conduct.chain->leafSha1); }},
      {"blocked-certificate-revoked", "not revoked", [](Machine& m, Grounds&) { m.plan.blocked = true; }},
      {"refused-left-alone", "although", [](Machine& m, Grounds&) { m.plan.refused = true; }},
      {"otp-compared", "never read", [](Machine& m, Grounds&) { m.conduct.otpRead = m.conduct.otpReadFirst = false; }},
      {"otp-compared", "before the one-time", [](Machine& m, Grounds&) { m.conduct.otpReadFirst = false; }},
      {"in-band-preferred", "before its agent asked",
       [](Machine& m, Grounds&) { m.conduct.firstSetup -= std::chrono::seconds(2); }},
      {"in-band-preferred", "never asked", [](Machine& m, Grounds&) { m.conduct.agentAsked = false; }},
      {"in-band-preferred", "turned away", [](Machine& m, Grounds&) { m.conduct.agentReason = Reason::otpReused; }},
      {"uuid-checked", "never read",
       [](Machine& m, Grounds&) { m.conduct.uuidRead = m.conduct.uuidReadFirst = false; }},
      {"uuid-checked", "before the UUID", [](Machine& m, Grounds&) { m.conduct.uuidReadFirst = false; }},
      {"uuid-checked", "another UUID", [](Machine& m, Grounds&) { m.plan.showsOtherUuid = true; }},
      {"least-realms", "user helpdesk has the administration realm",
       [](Machine& m, Grounds&) { m.posture.acl[0].realms.add(wire::Realm::ptAdministration); }},
      {"least-realms", "realms",
       [](Machine& m, Grounds&) {
         m.posture.acl[0].user.clear();
         m.posture.acl[0].realms.bits = 0x001FFFF4;
       }},
      {"few-accounts", "5 accounts", [](Machine& m, Grounds&) { m.posture.acl.resize(5, m.posture.acl[0]); }},
      {"clock-set", "was not set", [](Machine& m, Grounds&) { m.conduct.clockSet = false; }},
      {"clock-set", "301 s off", [](Machine& m, Grounds&) { m.conduct.clockErrorS = 301; }},
      {"redirection-as-needed", "no user has the realm",
       [](Machine& m, Grounds&) { m.posture.interfaces.redirectionListener = true; }},
      {"logins-bounded", "11 log-ins", [](Machine& m, Grounds&) { m.conduct.loginsMost = 11; }},
      {"connections-bounded", "3 connections", [](Machine& m, Grounds&) { m.conduct.openMost = 3; }},
      {"one-conversation", "2 set-up sessions", [](Machine& m, Grounds&) { m.conduct.setupsOpenMost = 2; }},
      {"came-back", "never came back",
       [](Machine& m, Grounds&) { m.conduct.cameBack = m.conduct.loggedIn = m.conduct.readBack = false; }},
      {"settings-read-back", "none of its settings", [](Machine& m, Grounds&) { m.conduct.readBack = false; }},
  };
}

TEST(Rules, AGoodServerPassesWhatCanBeSeen) {
  const auto results = judged({goodMachine(0), goodMachine(1)}, goodGrounds());
  EXPECT_THAT(idsOf(results, Outcome::fail), IsEmpty());
  EXPECT_THAT(idsOf(results, Outcome::notSeen), ElementsAre("blocked-certificate-revoked", "refused-left-alone"));
}

TEST(Rules, OneThingThatIsWrongFailsOneRule) {
  for (const auto& wrong : wrongs()) {
    SCOPED_TRACE(wrong.rule + ": " + wrong.evidence);
    auto machine = goodMachine();
    auto grounds = goodGrounds();
    wrong.change(machine, grounds);
    const auto results = judged({goodMachine(1), machine}, grounds);
    EXPECT_THAT(idsOf(results, Outcome::fail), ElementsAre(wrong.rule));
    for (const auto& result : results) {
      if (result.result != Outcome::fail) continue;
      EXPECT_THAT(result.evidence, HasSubstr(wrong.evidence));
      EXPECT_THAT(result.evidence, HasSubstr("desktops/0: "));
      EXPECT_THAT(result.evidence, ::testing::StartsWith("1 of "));
    }
  }
}

TEST(Rules, EachJudgementHasATestThatFailsIt) {
  std::set<std::string> tested;
  for (const auto& wrong : wrongs()) tested.insert(wrong.rule);
  for (const auto& rule : allRules()) {
    EXPECT_TRUE(!rule.judge || tested.contains(std::string(rule.id))) << rule.id;
    EXPECT_TRUE(rule.judge || rule.trait) << rule.id;
    EXPECT_TRUE(rule.why.ends_with('.')) << rule.id;
    EXPECT_EQ(findRule(rule.id), &rule);
  }
  EXPECT_EQ(findRule("no-such-rule"), nullptr);
}

TEST(Rules, NothingDoneIsNotSeen) {
  const auto results = judged({Machine{}}, {});
  EXPECT_EQ(idsOf(results, Outcome::notSeen).size(), allRules().size());
  for (std::size_t i = 0; i < results.size(); ++i) EXPECT_EQ(results[i].evidence, allRules()[i].unseen);
}

TEST(Rules, WhatTwoMachinesShare) {
  const auto expectShared = [](const std::string& rule, const std::function<void(Machine&, const Machine&)>& share) {
    SCOPED_TRACE(rule);
    const auto first = goodMachine(0);
    auto second = goodMachine(1);
    share(second, first);
    const auto results = judged({first, second}, goodGrounds());
    EXPECT_THAT(idsOf(results, Outcome::fail), ElementsAre(rule));
  };
  expectShared("mebx-password-own",
               [](Machine& m, const Machine& other) { m.conduct.mebxMark = other.conduct.mebxMark; });
  expectShared("admin-password-own", [](Machine& m, const Machine& other) {
    m.posture.digestRealm = other.posture.digestRealm;
    m.posture.adminHa1 = other.posture.adminHa1;
  });
  expectShared("key-own",
               [](Machine& m, const Machine&) { install(m, certificateFor(goodRequest("pc1.corp.example"), 0)); });
  expectShared("certificate-own", [](Machine& m, const Machine& other) {
    m.posture.certificate = other.posture.certificate;
    m.posture.hostName = other.posture.hostName;
  });
}

TEST(Rules, AWildcardNamesOneLabel) {
  auto machine = goodMachine();
  install(machine, certificateFor(goodRequest("*.CORP.example"), 0));
  EXPECT_THAT(idsOf(judged({machine}, goodGrounds()), Outcome::fail), IsEmpty());
}

TEST(Rules, ARealmThatHoldsTheUuidShowsItWithoutACall) {
  auto machine = goodMachine();
  machine.conduct.uuidRead = machine.conduct.uuidReadFirst = false;
  machine.posture.digestRealm = "Intel(R) AMT (ID:44454C4C-3100-1051-8032-B4C04F4B4D31)";
  EXPECT_THAT(idsOf(judged({machine}, goodGrounds()), Outcome::notSeen), ::testing::Contains("uuid-checked"));
}

TEST(Rules, EvidenceNamesTheFirstOfMany) {
  auto first = goodMachine(0), second = goodMachine(1);
  first.posture.tls.acceptNonSecure = second.posture.tls.acceptNonSecure = true;
  for (const auto& result : judged({goodMachine(2), first, second}, goodGrounds())) {
    if (result.id == "no-clear-port") {
      EXPECT_EQ(result.evidence, "2 of 3 machines: desktops/0: 16992 is open beside TLS");
    }
    if (result.id == "tls-on") {
      EXPECT_EQ(result.evidence, "3 machines");
    }
  }
}

}  // namespace
}  // namespace vme::audit

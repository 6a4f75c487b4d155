// What the service point takes care of, and what it does when it is careless on purpose.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <set>

#include "net/crl.hpp"
#include "service_point_fixture.hpp"
#include "servicepoint/own_certificate.hpp"

namespace vme::servicepoint {
namespace {

using test::FakeFleet;
using test::pairOf;
using test::ServicePointTest;
using test::uuidOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr unsigned kFlashLocked = 0x26;

TEST(Habits, HaveWordsOfTheirOwn) {
  std::set<std::string_view> words;
  Habits all;
  for (const auto& info : allHabits()) {
    EXPECT_TRUE(words.insert(info.word).second) << info.word;
    Habits one;
    EXPECT_TRUE(one.empty());
    EXPECT_TRUE(addHabit(one, info.word));
    EXPECT_TRUE(one.has(info.habit)) << info.word;
    EXPECT_FALSE(one.empty());
  }
  EXPECT_TRUE(addHabit(all, "all"));
  for (const auto& info : allHabits()) EXPECT_TRUE(all.has(info.habit));
  EXPECT_FALSE(addHabit(all, "neat"));
}

std::string flawOf(const net::ProvisioningPkiOptions& pki, Habits careless = {}) {
  Options options;
  options.pki = net::makeProvisioningPki(pki);
  options.careless = careless;
  return OwnCertificate(options).judge(std::time(nullptr)).text;
}

TEST(OwnCertificateTest, SaysWhatIsWrongWithIt) {
  EXPECT_THAT(flawOf({}), IsEmpty());
  EXPECT_THAT(flawOf({.oid = false, .organizationalUnit = true}), IsEmpty());
  EXPECT_THAT(flawOf({.oid = false}), HasSubstr("neither the provisioning OID nor the OU"));
  EXPECT_EQ(flawOf({.expired = true}), "the provisioning certificate has expired");
  EXPECT_THAT(flawOf({.revoked = true}), HasSubstr("it is revoked"));
  EXPECT_THAT(flawOf({.ca = true}), HasSubstr("it is a CA's certificate"));
  EXPECT_THAT(flawOf({.keyBits = 3072}), HasSubstr("3072 bits"));
  EXPECT_THAT(flawOf({.expired = true}, {Habit::useUnfitCertificate}), IsEmpty());
}

TEST(OwnCertificateTest, NeedsItsRootAndItsTime) {
  Options options;
  EXPECT_EQ(OwnCertificate(options).credential(), nullptr);
  EXPECT_EQ(OwnCertificate(options).judge(0).reason, Reason::none);
  options.pki = net::makeProvisioningPki({});
  const auto good = options.pki->chain;
  EXPECT_EQ(OwnCertificate(options).root(), wire::sha1(good.back()));
  EXPECT_THAT(OwnCertificate(options).judge(1000).text, HasSubstr("not valid yet"));
  EXPECT_EQ(OwnCertificate(options).judge(std::numeric_limits<std::int64_t>::max()).reason,
            Reason::ownCertificateExpired);
  options.pki->chain.pop_back();
  EXPECT_THAT(OwnCertificate(options).judge(std::time(nullptr)).text, HasSubstr("lacks the root"));
}

TEST_F(ServicePointTest, AnUnfitCertificateOfItsOwnIsNotShown) {
  options_.pki = net::makeProvisioningPki({.expired = true});
  const auto outcome = outcomeOf(pkiScript());
  EXPECT_EQ(outcome.result, Result::refused);
  EXPECT_EQ(outcome.reason, Reason::ownCertificateExpired);
  EXPECT_THAT(outcome.text, HasSubstr("has expired"));
  EXPECT_EQ(me_->connections(), 0U);
  EXPECT_EQ(servicePoint_->counters().unansweredHellos, 1U);
}

TEST_F(ServicePointTest, APskMachineDoesNotNeedIt) {
  options_.pki = net::makeProvisioningPki({.expired = true});
  EXPECT_EQ(outcomeOf(pskScript()).result, Result::provisioned);
}

TEST_F(ServicePointTest, ABlockedMachineLosesItsCertificate) {
  ASSERT_EQ(outcomeOf(pskScript()).result, Result::provisioned);
  EXPECT_THAT(servicePoint_->revokedSerials(), IsEmpty());
  servicePoint_->setRule({uuidOf(0)}, Approval::Rule::block);
  ASSERT_TRUE(until([&] { return servicePoint_->revokedSerials().size() == 1; }));
  EXPECT_THAT(servicePoint_->crl(), Not(IsEmpty()));
  EXPECT_FALSE(net::isRevoked(servicePoint_->crl(), {servicePoint_->caCertificate()}));
}

TEST_F(ServicePointTest, AMachineThatIsBlockedBeforeItComesIsRefused) {
  add(pskScript());
  start();
  servicePoint_->setRule({uuidOf(0)}, Approval::Rule::block);
  sendHello(0);
  const auto outcomes = waitFor(1);
  ASSERT_EQ(outcomes.size(), 1U);
  EXPECT_EQ(outcomes[0].reason, Reason::blocked);
}

TEST_F(ServicePointTest, ASecondMachineWithItsUuidIsRefused) {
  add(pskScript());
  add(pskScript());
  start();
  sendHello(0);
  ASSERT_EQ(waitFor(1).size(), 1U);
  const auto sendTwin = [&] {
    wire::Hello hello;
    hello.uuid = uuidOf(0);
    hello.credentials = std::string(pairOf(0).pidText());
    test::sendBytes(FakeFleet::addressOf(1), servicePoint_->helloPort(), wire::encode(hello));
  };
  sendTwin();
  sendTwin();
  ASSERT_TRUE(until([&] { return servicePoint_->counters().duplicateHellos == 2; }));
  const auto outcomes = waitFor(2);
  ASSERT_EQ(outcomes.size(), 2U) << "told once";
  EXPECT_EQ(outcomes[1].reason, Reason::duplicateUuid);
  EXPECT_EQ(outcomes[1].address, FakeFleet::addressOf(1));
  EXPECT_EQ(servicePoint_->counters().provisioned, 1U) << "the first one stays what it is";
}

TEST_F(ServicePointTest, WaitsForALockedFlash) {
  auto script = pskScript();
  script.status["SetHostName"] = kFlashLocked;
  const auto now = std::make_shared<std::atomic<std::int64_t>>(0);
  options_.clock = [now] { return now->load(); };
  options_.attempts = 1;
  me_ = &add(std::move(script));
  start();
  sendHello(0);
  ASSERT_TRUE(until([&] { return servicePoint_->counters().waiting == 1 && me_->connections() > 0; }));
  const auto before = me_->connections();
  *now = 39 * 60'000;
  EXPECT_EQ(me_->connections(), before);
  *now = 40 * 60'000 + 1;
  EXPECT_TRUE(until([&] { return me_->connections() > before; })) << "and it has not used up its one attempt";
}

struct LongSetup {
  std::string version;
  Api api = Api::automatic;
  Habits careless;
  bool asksForTime = true;
};
class LongSetupTest : public ServicePointTest, public ::testing::WithParamInterface<LongSetup> {};

TEST_P(LongSetupTest, AsksForMoreTimeWhereTheFirmwareKnowsOfIt) {
  constexpr std::int64_t kFiveMinutes = 300'000;
  const auto now = std::make_shared<std::atomic<std::int64_t>>(0);
  options_.clock = [now] { return *now += kFiveMinutes; };
  options_.api = GetParam().api;
  options_.careless = GetParam().careless;
  auto script = pskScript();
  script.version = GetParam().version;
  EXPECT_EQ(outcomeOf(script).result, Result::provisioned);
  const auto operations = me_->operations();
  EXPECT_EQ(std::ranges::count(operations, "ExtendProvisioningPeriod") >= 2, GetParam().asksForTime);
  if (!GetParam().asksForTime) {
    EXPECT_THAT(operations, Not(Contains("ExtendProvisioningPeriod")));
  }
}
INSTANTIATE_TEST_SUITE_P(
    Each, LongSetupTest,
    ::testing::Values(LongSetup{.version = "3.2.2"}, LongSetup{.version = "3.0.1", .api = Api::eoi},
                      LongSetup{.version = "2.6.20", .asksForTime = false},
                      LongSetup{.version = "3.2.2", .careless = {Habit::letWindowEnd}, .asksForTime = false}));

TEST_F(ServicePointTest, ACarelessOneHammersALockedFlash) {
  auto script = pskScript();
  script.status["SetHostName"] = kFlashLocked;
  options_.careless = {Habit::hammerFlash};
  const auto outcome = outcomeOf(script);
  EXPECT_EQ(outcome.result, Result::failed);
  EXPECT_EQ(outcome.attempts, 3U);
}

TEST_F(ServicePointTest, ACarelessOneStopsListeningAfterAMalformedHello) {
  options_.careless = {Habit::fragileHello};
  add(pskScript());
  start();
  test::sendBytes(FakeFleet::addressOf(0), servicePoint_->helloPort(), Bytes{1, 2, 3});
  ASSERT_TRUE(until([&] { return servicePoint_->counters().malformedHellos == 1; }));
  EXPECT_ANY_THROW(sendHello(0));
}

TEST_F(ServicePointTest, ACarelessOneTakesALostAnswerForAFailure) {
  auto script = pskScript();
  script.dropCommitAnswer = true;
  options_.careless = {Habit::skipComeBack, Habit::giveUpAtOnce};
  EXPECT_EQ(outcomeOf(script).result, Result::failed);
}

TEST_F(ServicePointTest, ACarelessOneBelievesAnAnswer) {
  auto script = pskScript();
  options_.careless = {Habit::skipComeBack, Habit::ignoreStatus};
  script.status["CommitChanges"] = 2057;
  EXPECT_EQ(outcomeOf(script).result, Result::provisioned);
}

TEST_F(ServicePointTest, ACarelessOneGivesUpAtOnce) {
  auto script = pskScript();
  script.resetHandshakes = 1;
  options_.careless = {Habit::giveUpAtOnce};
  const auto outcome = outcomeOf(script);
  EXPECT_EQ(outcome.result, Result::failed);
  EXPECT_EQ(outcome.attempts, 1U);
}

}  // namespace
}  // namespace vme::servicepoint

#include "machine/trust.hpp"

#include <gtest/gtest.h>

#include "machine/clock.hpp"
#include "test_machine.hpp"

namespace vme::machine {
namespace {

wire::ChainFacts goodChain() {
  wire::ChainFacts chain;
  chain.empty = false;
  chain.signaturesGood = true;
  chain.endsSelfSigned = true;
  chain.rootSha1.fill(0x11);
  chain.totalBytes = 3000;
  chain.rootBytes = 900;
  chain.maxKeyBits = 2048;
  chain.serverAuth = true;
  chain.provisioningOid = true;
  chain.commonName = "provisionserver.vme.test";
  return chain;
}

Reason judged(TestMachine& m, const wire::ChainFacts& chain) {
  const auto me = m.me();
  return judgeChain(me, chain);
}

TEST(Chain, aGoodOneIsAccepted) {
  TestMachine m;
  EXPECT_EQ(judged(m, goodChain()), Reason::none);
}

TEST(Chain, eachCheckHasItsReason) {
  TestMachine m;
  EXPECT_EQ(judged(m, {}), Reason::chainMissing);
  auto chain = goodChain();
  chain.signaturesGood = false;
  EXPECT_EQ(judged(m, chain), Reason::chainBroken);
  chain = goodChain();
  chain.endsSelfSigned = false;
  EXPECT_EQ(judged(m, chain), Reason::rootNotInChain);
  chain = goodChain();
  chain.rootSha1.fill(0x99);
  EXPECT_EQ(judged(m, chain), Reason::rootUnknown);
  chain = goodChain();
  chain.serverAuth = false;
  EXPECT_EQ(judged(m, chain), Reason::ekuMissing);
  chain = goodChain();
  chain.provisioningOid = false;
  EXPECT_EQ(judged(m, chain), Reason::oidOrOuMissing);
  chain.organizationalUnits = {"Intel(R) client setup certificate"};
  EXPECT_EQ(judged(m, chain), Reason::oidOrOuMissing);
  chain.organizationalUnits = {"IT", "Intel(R) Client Setup Certificate"};
  EXPECT_EQ(judged(m, chain), Reason::none);
  chain = goodChain();
  chain.commonName = "provisionserver.other.example";
  EXPECT_EQ(judged(m, chain), Reason::domainMismatch);
  chain = goodChain();
  chain.maxKeyBits = 4096;
  EXPECT_EQ(judged(m, chain), Reason::keyTooLarge);
  chain = goodChain();
  chain.totalBytes = 4101;
  EXPECT_EQ(judged(m, chain), Reason::chainTooLarge);
}

TEST(Chain, rootFirstIsTakenOnlyWhereTheFirmwareDoes) {
  TestMachine m;
  auto chain = goodChain();
  chain.leafFirst = false;
  EXPECT_EQ(judged(m, chain), Reason::chainBroken);
  m.profile.prov.chainRootFirst = true;
  EXPECT_EQ(judged(m, chain), Reason::none);
}

TEST(Chain, theFirstFailedCheckCounts) {
  TestMachine m;
  auto chain = goodChain();
  chain.rootSha1.fill(0x99);
  chain.serverAuth = false;
  chain.maxKeyBits = 4096;
  EXPECT_EQ(judged(m, chain), Reason::rootUnknown);
}

TEST(Chain, anInactiveRootIsTold) {
  TestMachine m;
  m.environment.roots[0].active = false;
  EXPECT_EQ(judged(m, goodChain()), Reason::rootInactive);
}

TEST(Chain, thePkiSuffixWinsOverOption15AndNoneIsRefused) {
  TestMachine m;
  m.environment.pkiSuffix = "other.example";
  EXPECT_EQ(judged(m, goodChain()), Reason::domainMismatch);
  m.environment.pkiSuffix.clear();
  m.environment.dhcpSuffix.clear();
  EXPECT_EQ(judged(m, goodChain()), Reason::noDnsSuffix);
}

TEST(Chain, datesCountOnlyWhereTheProfileEnforcesThemAndTheClockIsSet) {
  TestMachine m;
  auto chain = goodChain();
  chain.notAfter = 1'000'000'000;
  EXPECT_EQ(judged(m, chain), Reason::none);
  m.profile.prov.enforceDates = true;
  EXPECT_EQ(judged(m, chain), Reason::certificateExpired);
  m.hot.clockSet = false;
  EXPECT_EQ(judged(m, chain), Reason::none);
}

TEST(DomainRule, exactTakesTheNameOrItsParentDomainOnly) {
  using profile::CnMatch;
  EXPECT_TRUE(nameMatches(CnMatch::exact, false, "sp.corp.example.com", "corp.example.com"));
  EXPECT_TRUE(nameMatches(CnMatch::exact, false, "corp.example.com", "corp.example.com"));
  EXPECT_TRUE(nameMatches(CnMatch::exact, false, "SP.Corp.Example.com", "corp.example.COM."));
  EXPECT_FALSE(nameMatches(CnMatch::exact, false, "sp.example.com", "corp.example.com"));
  EXPECT_FALSE(nameMatches(CnMatch::exact, false, "a.b.corp.example.com", "corp.example.com"));
}

TEST(DomainRule, last2ComparesTheLabelsThatCountUnderTheTopLevelDomain) {
  using profile::CnMatch;
  EXPECT_TRUE(nameMatches(CnMatch::last2, false, "sp.example.com", "a.b.example.com"));
  EXPECT_FALSE(nameMatches(CnMatch::last2, false, "sp.other.com", "a.b.example.com"));
  EXPECT_TRUE(nameMatches(CnMatch::last2, false, "sp.example.co.uk", "x.example.co.uk"));
  EXPECT_FALSE(nameMatches(CnMatch::last2, false, "sp.other.co.uk", "x.example.co.uk"));
  EXPECT_TRUE(nameMatches(CnMatch::last2, false, "sp.corp.local", "corp.local"));
  EXPECT_FALSE(nameMatches(CnMatch::last2, false, "sp.xcorp.local", "corp.local"));
}

TEST(DomainRule, last2ComNetKnowsTwoTopLevelDomains) {
  using profile::CnMatch;
  EXPECT_TRUE(nameMatches(CnMatch::last2ComNet, false, "sp.example.net", "a.example.net"));
  EXPECT_FALSE(nameMatches(CnMatch::last2ComNet, false, "sp.example.org", "a.example.org"));
}

TEST(DomainRule, wildcardsOnlyWhereTheFirmwareKnowsThem) {
  using profile::CnMatch;
  EXPECT_TRUE(nameMatches(CnMatch::last2, true, "*.example.com", "example.com"));
  EXPECT_FALSE(nameMatches(CnMatch::last2, false, "*.example.com", "example.com"));
}

TEST(Roots, customSlotsHaveACapacityAndFactoryRowsStay) {
  TestMachine m;
  auto me = m.me();
  std::uint32_t handle = 0;
  const wire::RootHash mine{wire::HashAlgorithm::sha1, Bytes(20, 0x33)};
  EXPECT_EQ(addRoot(me, "mine", mine, handle), AmtStatus::success);
  EXPECT_EQ(handle, 3U);
  EXPECT_EQ(addRoot(me, "again", mine, handle), AmtStatus::duplicate);
  EXPECT_EQ(addRoot(me, std::string(33, 'n'), {wire::HashAlgorithm::sha1, Bytes(20, 1)}, handle),
            AmtStatus::invalidParameter);
  EXPECT_EQ(addRoot(me, "short", {wire::HashAlgorithm::sha1, Bytes(19, 1)}, handle), AmtStatus::invalidParameter);
  EXPECT_EQ(addRoot(me, "sha256", {wire::HashAlgorithm::sha256, Bytes(32, 1)}, handle), AmtStatus::invalidParameter);
  EXPECT_EQ(addRoot(me, "b", {wire::HashAlgorithm::sha1, Bytes(20, 2)}, handle), AmtStatus::success);
  EXPECT_EQ(addRoot(me, "c", {wire::HashAlgorithm::sha1, Bytes(20, 3)}, handle), AmtStatus::success);
  EXPECT_EQ(addRoot(me, "d", {wire::HashAlgorithm::sha1, Bytes(20, 4)}, handle), AmtStatus::maxLimitReached);
  EXPECT_EQ(removeRoot(me, 1), AmtStatus::notPermitted);
  EXPECT_EQ(removeRoot(me, 99), AmtStatus::notFound);
  EXPECT_EQ(removeRoot(me, 3), AmtStatus::success);
  EXPECT_EQ(setRootActive(me, 1, false), AmtStatus::success);
  EXPECT_FALSE(roots(me)[0].active);
  EXPECT_TRUE(m.environment.roots[0].active);
}

TEST(Clock, isSetByThreeTimesAndRefusesTheTimeBefore2004) {
  TestMachine m;
  auto me = m.me();
  const auto before = clockSeconds(me);
  EXPECT_EQ(synchronize(me, before, 1'000'000'000, 1'000'000'001), AmtStatus::invalidTime);
  EXPECT_EQ(synchronize(me, before, before + 1000, before + 1000), AmtStatus::success);
  EXPECT_EQ(clockSeconds(me), before + 1000);
}

}  // namespace
}  // namespace vme::machine

#include "machine/posture.hpp"

#include <gtest/gtest.h>

#include "machine/accounts.hpp"
#include "machine/network.hpp"
#include "machine/setup.hpp"
#include "machine/stores.hpp"
#include "test_machine.hpp"

namespace vme::machine {
namespace {

TEST(Posture, OfAFactoryMachine) {
  TestMachine m;
  const auto posture = postureOf(m.me());
  EXPECT_EQ(posture.state, State::factory);
  EXPECT_FALSE(posture.isAdminOwn);
  EXPECT_TRUE(posture.isMebxDefault);
  EXPECT_EQ(posture.adminUser, "admin");
  EXPECT_EQ(posture.adminHa1, wire::digestHash("admin", posture.digestRealm, "admin"));
  EXPECT_TRUE(posture.acl.empty());
  EXPECT_FALSE(posture.tls.enabled || posture.isClearPortOpen);
  EXPECT_EQ(posture.certificate, nullptr);
  EXPECT_EQ(posture.keyBitsMost, 2048U);
}

TEST(Posture, FollowsWhatAServerSets) {
  TestMachine m;
  m.environment.setupPassword = "Vme-Setup1";
  m.makeOperational();
  auto me = m.me();
  EXPECT_TRUE(postureOf(me).isClearPortOpen);
  EXPECT_FALSE(postureOf(me).isAdminOwn) << "the password that came with the pair is no server's";
  EXPECT_FALSE(postureOf(me).isMebxDefault);
  ASSERT_EQ(setAdmin(me, "root", wire::Md5{1, 2, 3}), AmtStatus::success);
  std::uint32_t handle = 0;
  ASSERT_EQ(addUser(me, {.user = "helpdesk", .realms = wire::RealmSet::of({wire::Realm::generalInfo})}, handle),
            AmtStatus::success);
  ASSERT_EQ(setHostName(me, "pc"), AmtStatus::success);
  ASSERT_EQ(setDomainName(me, "corp.example"), AmtStatus::success);
  const auto posture = postureOf(me);
  EXPECT_EQ(posture.state, State::operational);
  EXPECT_EQ(posture.method, SetupMethod::psk);
  EXPECT_TRUE(posture.isAdminOwn);
  EXPECT_EQ(posture.adminUser, "root");
  EXPECT_EQ(posture.adminHa1, (wire::Md5{1, 2, 3}));
  ASSERT_EQ(posture.acl.size(), 1U);
  EXPECT_EQ(posture.acl[0].user, "helpdesk");
  EXPECT_EQ(posture.hostName + "." + posture.domainName, "pc.corp.example");
}

}  // namespace
}  // namespace vme::machine

#include "machine/accounts.hpp"

#include <gtest/gtest.h>

#include "machine/event_log.hpp"
#include "machine/network.hpp"
#include "machine/power.hpp"
#include "test_machine.hpp"

namespace vme::machine {
namespace {

AclEntry user(std::string name) {
  return {.user = std::move(name), .realms = wire::RealmSet::of({wire::Realm::remoteControl})};
}

TEST(Passwords, followTheFieldsRules) {
  TestMachine m;
  const auto me = m.me();
  EXPECT_TRUE(isPasswordAllowed(me.profile.auth, "P@ssw0rd"));
  EXPECT_FALSE(isPasswordAllowed(me.profile.auth, "P@ssw0r"));                          // 7 characters
  EXPECT_FALSE(isPasswordAllowed(me.profile.auth, "P@ssw0rd" + std::string(25, 'x')));  // 33
  EXPECT_FALSE(isPasswordAllowed(me.profile.auth, "p@ssw0rd"));
  EXPECT_FALSE(isPasswordAllowed(me.profile.auth, "P@SSW0RD"));
  EXPECT_FALSE(isPasswordAllowed(me.profile.auth, "P@ssword"));
  EXPECT_FALSE(isPasswordAllowed(me.profile.auth, "Passw0rd"));
  EXPECT_FALSE(isPasswordAllowed(me.profile.auth, "Passw_rd1"));  // an underscore is no special character
  EXPECT_FALSE(isPasswordAllowed(me.profile.auth, "P@ssw0rd:"));
  EXPECT_FALSE(isPasswordAllowed(me.profile.auth, "P@ssw0rd\""));
}

TEST(UserNames, followTheFieldsRules) {
  TestMachine m;
  const auto me = m.me();
  EXPECT_TRUE(isUserNameAllowed(me, "helpdesk"));
  EXPECT_FALSE(isUserNameAllowed(me, ""));
  EXPECT_FALSE(isUserNameAllowed(me, std::string(17, 'a')));
  EXPECT_FALSE(isUserNameAllowed(me, "with space"));
  EXPECT_FALSE(isUserNameAllowed(me, "a&b"));
  EXPECT_FALSE(isUserNameAllowed(me, "$$OsAdmin"));
  EXPECT_FALSE(isUserNameAllowed(me, "administrator"));
}

TEST(Realm, textFollowsTheProfile) {
  TestMachine m;
  m.profile.auth.realmForm = profile::RealmForm::id;
  EXPECT_EQ(digestRealm(m.me()), "Intel(R) AMT (ID:" + m.identity.uuid.upperText() + ")");
  m.profile.auth.realmForm = profile::RealmForm::digest;
  const auto realm = digestRealm(m.me());
  EXPECT_TRUE(realm.starts_with("Digest:"));
  EXPECT_EQ(realm.size(), 39U);
  EXPECT_EQ(realm, digestRealm(m.me()));
}

TEST(Admin, aNewHashHoldsAtOnceAndTheFactoryPasswordIsGone) {
  TestMachine m;
  auto me = m.me();
  const auto realm = digestRealm(me);
  EXPECT_EQ(findLogin(me, "admin")->ha1, wire::digestHash("admin", realm, "admin"));
  EXPECT_TRUE(isAdminDefault(me));
  const auto ha1 = wire::digestHash("admin", realm, "N3w!Passw0rd");
  EXPECT_EQ(setAdmin(me, "admin", ha1), AmtStatus::success);
  EXPECT_EQ(findLogin(me, "admin")->ha1, ha1);
  EXPECT_FALSE(isAdminDefault(me));
  EXPECT_EQ(setAdmin(me, "$$x", ha1), AmtStatus::invalidParameter);
}

TEST(Acl, entriesAreAddedFoundChangedDisabledAndRemoved) {
  TestMachine m;
  auto me = m.me();
  std::uint32_t handle = 0;
  EXPECT_EQ(addUser(me, user("helpdesk"), handle), AmtStatus::success);
  EXPECT_EQ(handle, 1U);
  EXPECT_EQ(addUser(me, user("helpdesk"), handle), AmtStatus::duplicate);
  EXPECT_EQ(addUser(me, user("admin"), handle), AmtStatus::duplicate);
  auto login = findLogin(me, "helpdesk");
  ASSERT_TRUE(login);
  EXPECT_TRUE(hasRealm(*login, wire::Realm::remoteControl));
  EXPECT_FALSE(hasRealm(*login, wire::Realm::ptAdministration));
  auto changed = user("helpdesk");
  changed.realms = wire::RealmSet::of({wire::Realm::ptAdministration});
  EXPECT_EQ(updateUser(me, 1, changed), AmtStatus::success);
  EXPECT_TRUE(hasRealm(*findLogin(me, "helpdesk"), wire::Realm::eventManager));
  EXPECT_EQ(setUserEnabled(me, 1, false), AmtStatus::success);
  EXPECT_FALSE(findLogin(me, "helpdesk"));
  EXPECT_EQ(setUserEnabled(me, 7, false), AmtStatus::invalidHandle);
  EXPECT_EQ(removeUser(me, 1), AmtStatus::success);
  EXPECT_EQ(removeUser(me, 1), AmtStatus::invalidHandle);
  EXPECT_TRUE(userHandles(me).empty());
}

TEST(Acl, hasACapacityForEachKindAndRefusesUnknownRealms) {
  TestMachine m;
  m.profile.auth.digestUsersMax = 2;
  m.profile.auth.kerberosUsersMax = 1;
  auto me = m.me();
  std::uint32_t handle = 0;
  EXPECT_EQ(addUser(me, user("a"), handle), AmtStatus::success);
  EXPECT_EQ(addUser(me, user("b"), handle), AmtStatus::success);
  EXPECT_EQ(addUser(me, user("c"), handle), AmtStatus::maxLimitReached);
  AclEntry kerberos;
  kerberos.kerberosSid = Bytes(28, 1);
  EXPECT_EQ(addUser(me, kerberos, handle), AmtStatus::success);
  kerberos.kerberosSid = Bytes(24, 1);
  EXPECT_EQ(addUser(me, kerberos, handle), AmtStatus::maxLimitReached);
  kerberos.kerberosSid = Bytes(27, 1);
  EXPECT_EQ(addUser(me, kerberos, handle), AmtStatus::invalidParameter);
  auto wrongRealm = user("d");
  wrongRealm.realms.bits = 1U << 30U;
  EXPECT_EQ(addUser(me, wrongRealm, handle), AmtStatus::invalidRealm);
}

TEST(Acl, localUsersDoNotLogInFromTheNetwork) {
  TestMachine m;
  auto me = m.me();
  std::uint32_t handle = 0;
  auto local = user("local");
  local.access = AccessPermission::local;
  ASSERT_EQ(addUser(me, local, handle), AmtStatus::success);
  EXPECT_FALSE(findLogin(me, "local"));
}

TEST(Network, addressesAreChecked) {
  TestMachine m;
  auto me = m.me();
  InterfaceSettings settings{.dhcp = false, .sharedMac = false, .linkPolicy = 17, .fixed = Ipv4Settings{}};
  settings.fixed = {0xC0A80101, 0xFFF7FF00, 0, 0, 0};
  EXPECT_EQ(setWired(me, settings), AmtStatus::invalidNetmask);
  settings.fixed->mask = 0xFFFFFF00;
  settings.fixed->address = 0;
  EXPECT_EQ(setWired(me, settings), AmtStatus::invalidIpAddress);
  settings.fixed->address = 0xC0A80101;
  EXPECT_EQ(setWired(me, settings), AmtStatus::success);
  EXPECT_EQ(ipv4(me).address, 0xC0A80101U);
  settings.sharedMac = true;
  EXPECT_EQ(setWired(me, settings), AmtStatus::invalidDhcpMode);
  EXPECT_EQ(setHostName(me, "under score"), AmtStatus::invalidName);
  EXPECT_EQ(setDomainName(me, std::string(192, 'a')), AmtStatus::invalidDomainName);
}

TEST(Power, commandsChangeTheStateAndWrongOnesHaveTheirStatus) {
  TestMachine m;
  auto me = m.me();
  EXPECT_EQ(remoteControl(me, {.command = 18}), AmtStatus::success);
  EXPECT_EQ(m.hot.powerState, 5);
  EXPECT_EQ(remoteControl(me, {.command = 16}), AmtStatus::notPermitted);
  EXPECT_EQ(remoteControl(me, {.command = 17}), AmtStatus::success);
  EXPECT_EQ(m.hot.powerState, 0);
  EXPECT_EQ(remoteControl(me, {.command = 99}), AmtStatus::invalidCommand);
  EXPECT_EQ(remoteControl(me, {.command = 16, .ianaOem = 1}), AmtStatus::unsupportedOemNumber);
  EXPECT_EQ(remoteControl(me, {.command = 16, .specialCommand = 9}), AmtStatus::invalidSpecialCommand);
  EXPECT_EQ(remoteControl(me, {.command = 16, .bootOptions = 0x0001}), AmtStatus::unsupportedBootOption);
  EXPECT_EQ(remoteControl(me, {.command = 18, .specialCommand = 1}), AmtStatus::invalidParameter);
}

TEST(PowerPackages, areTheProfilesAndOneIsActive) {
  TestMachine m;
  auto me = m.me();
  const auto packages = powerPackages(me);
  ASSERT_EQ(packages.size(), 7U);
  EXPECT_EQ(activePowerPackage(me), packages[0]);
  EXPECT_EQ(setPowerPackage(me, packages[2]), AmtStatus::success);
  EXPECT_EQ(activePowerPackage(me), packages[2]);
  EXPECT_EQ(setPowerPackage(me, {}), AmtStatus::notFound);
}

TEST(EventLog, dropsTheOldestAndStandsStillWhenFrozen) {
  TestMachine m;
  m.profile.event.logRecordsMax = 2;
  auto me = m.me();
  for (std::uint8_t i = 1; i <= 3; ++i) logEvent(me, {.sensorType = i});
  ASSERT_EQ(me.nvram().eventLog.size(), 2U);
  EXPECT_EQ(me.nvram().eventLog.front().sensorType, 2);
  freezeEventLog(me, true);
  logEvent(me, {});
  EXPECT_EQ(me.nvram().eventLog.size(), 2U);
  EXPECT_EQ(clearEventLog(me), AmtStatus::eventlogFrozen);
  freezeEventLog(me, false);
  EXPECT_EQ(clearEventLog(me), AmtStatus::success);
  EXPECT_TRUE(me.nvram().eventLog.empty());
}

}  // namespace
}  // namespace vme::machine

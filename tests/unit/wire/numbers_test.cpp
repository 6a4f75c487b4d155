#include <gtest/gtest.h>

#include "wire/amt_status.hpp"
#include "wire/realms.hpp"

namespace vme::wire {
namespace {

TEST(Numbers, statusesAndRealmsHaveNames) {
  EXPECT_EQ(nameOf(AmtStatus::success), "SUCCESS");
  EXPECT_EQ(nameOf(AmtStatus::dataMissing), "DATA_MISSING");
  EXPECT_EQ(static_cast<unsigned>(AmtStatus::dataMissing), 2057U);
  EXPECT_EQ(nameOf(static_cast<AmtStatus>(9999)), "UNKNOWN");
  EXPECT_EQ(realmFrom("5"), Realm::remoteControl);
  EXPECT_EQ(realmFrom("RemoteControlRealm"), Realm::remoteControl);
  EXPECT_FALSE(realmFrom("0"));
  EXPECT_FALSE(realmFrom("25"));
  EXPECT_FALSE(realmFrom("x"));
  EXPECT_FALSE(realmFrom("5x"));
  EXPECT_FALSE(realmFrom("-5"));
  EXPECT_FALSE(realmFrom(""));
  for (const auto& info : allRealms()) EXPECT_EQ(realmFrom(info.name), info.realm);
}

TEST(Numbers, aRealmSetHoldsWhatWasAdded) {
  auto set = RealmSet::of({Realm::redirection, Realm::localSystem});
  EXPECT_EQ(set.bits, 1U << 2U | 1U << 24U);
  EXPECT_FALSE(set.has(Realm::storage));
  set.add(Realm::storage);
  EXPECT_TRUE(set.has(Realm::storage) && set.has(Realm::redirection));
}

}  // namespace
}  // namespace vme::wire

#include "fleet/plan.hpp"

#include <gtest/gtest.h>

#include <set>

namespace vme::fleet {
namespace {

TEST(Identities, areEqualForOneSeedAndDifferForMachinesAndSeeds) {
  const auto one = identityOf(7, 3, 1);
  EXPECT_EQ(one.uuid, identityOf(7, 3, 9).uuid);
  EXPECT_EQ(one.psk, identityOf(7, 3, 9).psk);
  EXPECT_NE(one.uuid, identityOf(7, 4, 1).uuid);
  EXPECT_NE(one.uuid, identityOf(8, 3, 1).uuid);
}

TEST(Identities, areUniqueInAFleetAndWellFormed) {
  std::set<Uuid> uuids;
  std::set<std::array<std::uint8_t, 6>> macs;
  std::set<std::string> pids;
  for (std::uint64_t i = 0; i < 5000; ++i) {
    const auto identity = identityOf(1, i, 0);
    uuids.insert(identity.uuid);
    macs.insert(identity.mac);
    pids.emplace(identity.psk.pidText());
    EXPECT_EQ(identity.uuid.text()[14], '4');
    EXPECT_TRUE(identity.macText().starts_with("00-19-D1-"));
  }
  EXPECT_EQ(uuids.size(), 5000U);
  EXPECT_EQ(macs.size(), 5000U);
  EXPECT_EQ(pids.size(), 5000U);
}

TEST(Identities, haveAPairThatMebxWouldTake) {
  const auto identity = identityOf(1, 0, 0);
  const auto pair =
      wire::parsePskPair(wire::displayPid(identity.psk.pidText()), wire::displayPps(identity.psk.ppsText()));
  ASSERT_TRUE(pair) << pair.error().message();
  EXPECT_EQ(*pair, identity.psk);
}

TEST(Addresses, goThereAndBack) {
  const AddressPlan plan{.base = 0x7F100000, .machines = 300};
  EXPECT_EQ(plan.address(299), 0x7F10012BU);
  EXPECT_EQ(plan.indexOf(0x7F10012B), 299U);
  EXPECT_FALSE(plan.indexOf(0x7F10012C));
  EXPECT_FALSE(plan.indexOf(0x7F0FFFFF));
}

TEST(Arrivals, haveTheShapeThatIsAskedFor) {
  const Arrival even{MeDuration::seconds(100), ArrivalShape::even};
  EXPECT_EQ(arrivalOf(even, 1, 0, 10).ms, 0);
  EXPECT_EQ(arrivalOf(even, 1, 5, 10).ms, 50000);
  const Arrival together{MeDuration::seconds(100), ArrivalShape::together};
  EXPECT_EQ(arrivalOf(together, 1, 9, 10).ms, 0);
  const Arrival ramp{MeDuration::seconds(100), ArrivalShape::ramp};
  EXPECT_EQ(arrivalOf(ramp, 1, 25, 100).ms, 50000);  // half the time brings a quarter of the machines
  const Arrival random{MeDuration::seconds(100), ArrivalShape::random};
  double sum = 0;
  for (std::uint32_t n = 0; n < 1000; ++n) {
    const auto at = arrivalOf(random, 1, n, 1000);
    EXPECT_GE(at.ms, 0);
    EXPECT_LT(at.ms, 100000);
    EXPECT_EQ(at, arrivalOf(random, 1, n, 1000));
    sum += static_cast<double>(at.ms);
  }
  EXPECT_NEAR(sum / 1000, 50000, 5000);
}

}  // namespace
}  // namespace vme::fleet

#include <gtest/gtest.h>

#include "machine/update.hpp"
#include "unit/firmware/heci/host_side.hpp"

namespace vme::firmware::heci {
namespace {

TEST(HeciRecoveryTest, anMeInRecoveryTellsItsVersionsAndNothingElse) {
  Host host(testing::MachineBuilder("amt-3.0").build());
  Effects effects;
  auto me = host.machine->me();
  machine::breakOffUpdate(me, effects);
  EXPECT_EQ(host.ask(AmthiCommand::getCodeVersions).status, wire::AmtStatus::success);
  EXPECT_EQ(host.ask(AmthiCommand::getProvisioningState).status, wire::AmtStatus::notReady);
  EXPECT_EQ(host.ask(AmthiCommand::startConfiguration).status, wire::AmtStatus::notReady);
  machine::finishUpdate(me);
  EXPECT_EQ(host.number(AmthiCommand::getProvisioningState), 0U);
}

}  // namespace
}  // namespace vme::firmware::heci

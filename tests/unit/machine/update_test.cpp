#include "machine/update.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "machine/image.hpp"
#include "machine/network.hpp"
#include "machine/setup.hpp"
#include "machine/trust.hpp"
#include "profile/catalogue.hpp"
#include "testing/machine_builder.hpp"

namespace vme::machine {
namespace {

std::shared_ptr<const profile::Profile> build(const char* name) {
  static const profile::Catalogue all;
  return all.find(name);
}

std::string refusal(testing::BuiltMachine& machine, const profile::Profile& to) {
  const auto note = refusalOfUpdate(machine.me(), to);
  return note ? note->text : "";
}

TEST(UpdateTest, onlyNewerFirmwareOfTheSameHardwareIsTaken) {
  const auto machine = testing::MachineBuilder("amt-3.0").build();
  EXPECT_EQ(refusal(*machine, *build("amt-3.2.2")), "");
  EXPECT_EQ(refusal(*machine, *build("amt-2.2.20")), "2.2.20 for Q965 does not fit the hardware, which is Q35");
  EXPECT_EQ(refusal(*machine, *build("amt-3.0")), "3.0.5 for Q35 is there already");
  const auto newer = testing::MachineBuilder("amt-3.2.2").build();
  EXPECT_EQ(refusal(*newer, *build("amt-3.0")), "3.0.5 for Q35 is older than 3.2.2");
  auto rebuilt = *build("amt-3.2.2");
  rebuilt.identity.build += 1;
  EXPECT_EQ(refusal(*newer, rebuilt), "");
}

TEST(UpdateTest, halfWayLeavesAnMeWithoutNetworkThatTakesItsOwnBuildAgain) {
  const auto machine = testing::MachineBuilder("amt-3.0").inSetupByPki().build();
  Effects effects;
  auto me = machine->me();
  breakOffUpdate(me, effects);
  EXPECT_EQ(portState(me, kHttpsPort), PortState::closed);
  const auto hasHello = [&] {
    return std::ranges::any_of(effects, [](const Effect& effect) { return std::holds_alternative<SendHello>(effect); });
  };
  powerOn(me, effects);
  machine->pass(MeDuration::hours(1));
  auto later = machine->me();
  onDeadline(later, effects);
  EXPECT_FALSE(hasHello());
  EXPECT_EQ(refusal(*machine, *build("amt-3.0")), "");
  finishUpdate(later);
  powerBack(later, effects);
  machine->pass(MeDuration::minutes(1));
  auto again = machine->me();
  onDeadline(again, effects);
  EXPECT_TRUE(hasHello());
  EXPECT_EQ(portState(again, kHttpsPort), PortState::setupTls);
}

TEST(UpdateTest, theStateFileKnowsAMachineInRecoveryAndOneThatWasUpdated) {
  const auto machine = testing::MachineBuilder("amt-3.0").build();
  Effects effects;
  auto me = machine->me();
  breakOffUpdate(me, effects);
  const auto image = decodeImage(encodeImage(me.hot, nullptr, "amt-3.2.2"));
  ASSERT_TRUE(image) << image.error().message();
  EXPECT_TRUE(image->hot.recovering);
  EXPECT_EQ(image->profile, "amt-3.2.2");
  const auto bytes = encodeImage(me.hot, nullptr, "x");
  for (std::size_t cut = 0; cut < bytes.size(); ++cut) EXPECT_FALSE(decodeImage(ByteView(bytes).first(cut))) << cut;
}

TEST(UpdateTest, settingsAndEnteredRootsStay) {
  const auto machine = testing::MachineBuilder("amt-3.0").root("ours", {7}).hostName("desk-1").build();
  auto me = machine->me();
  ASSERT_EQ(setRootActive(me, 1, false), AmtStatus::success);
  const auto to = build("amt-3.2.2");
  Environment after = machine->environment;
  after.roots = {{.handle = 1, .name = "New", .hash = {wire::HashAlgorithm::sha1, Bytes(20, 9)}}};
  after.roots.push_back(roots(me).front());
  after.roots.back().handle = 2;
  after.roots.back().active = true;
  const Identity identity = machine->identity;
  Me updated{*to, after, identity, machine->hot, machine->overlay, machine->now, Draw(1, 0)};
  finishUpdate(updated);
  const auto table = roots(updated);
  ASSERT_EQ(table.size(), 3U);
  EXPECT_EQ(table[0].name, "New");
  EXPECT_FALSE(table[1].active) << "switched off before the update";
  EXPECT_EQ(table[2].name, "ours");
  EXPECT_FALSE(table[2].factory);
  EXPECT_EQ(table[2].handle, 3U);
  EXPECT_EQ(updated.nvram().hostName, "desk-1");
}

}  // namespace
}  // namespace vme::machine

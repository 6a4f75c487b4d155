#pragma once
// What happens to a machine, its PC or its network while the fleet runs, as values. Fleet::act carries them out.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/me_time.hpp"
#include "machine/conditions.hpp"
#include "machine/host_power.hpp"
#include "runtime/usb_key.hpp"

namespace vme::runtime::act {

/// The mains. What runs on the PC ends with its power.
struct Power {
  bool isBack = false;
};
struct Host {
  machine::HostState state = machine::HostState::on;
  std::optional<bool> isLinux;  // which system it boots
};
/// The wired network.
struct Link {
  bool isUp = false;
};
/// Somebody updates the firmware, to one of the builds of the machine's group.
struct Update {
  std::string profile;
};
/// In MEBx.
struct Unprovision {
  bool isFull = true;
};
/// In MEBx: whether the machine may be set up by certificate.
struct SetRemoteConfiguration {
  bool isOn = false;
};
/// A CMOS clear, or a recovery of the BIOS.
struct LoseConfiguration {};
/// The key is plugged in, and the PC boots.
struct TakeUsbRecord {
  std::shared_ptr<const UsbKey> key;
};
struct StartAgent {};
/// At its next step.
struct KillAgent {};
/// The ME resets by itself and is back after that time.
struct ResetMe {
  MeDuration down;
};
/// DHCP gives another address; what is under way at the old one ends.
struct MoveAddress {};
/// The lease ends, and no other comes.
struct LoseAddress {};
/// DHCP's answers change; machines learn of them with their next lease, which is now.
struct ChangeDhcp {
  std::optional<std::string> suffix;
  std::optional<bool> hasResolver;
};
struct ChangeClock {
  std::int64_t jumpS = 0;
  std::optional<std::int64_t> offsetS;  // from the fleet's time
  std::optional<double> driftPpm;
  bool isLost = false;
};
struct DamageNvram {
  bool isLost = false;  // else bits of it have flipped
};
/// Other conditions than before, of each group; what they do at a machine's start, they do not do now.
struct ChangeConditions {
  std::vector<machine::Conditions> ofGroups;
};

}  // namespace vme::runtime::act

namespace vme::runtime {

using Act = std::variant<act::Power, act::Host, act::Link, act::Update, act::Unprovision, act::SetRemoteConfiguration,
                         act::LoseConfiguration, act::TakeUsbRecord, act::StartAgent, act::KillAgent, act::ResetMe,
                         act::MoveAddress, act::LoseAddress, act::ChangeDhcp, act::ChangeClock, act::DamageNvram,
                         act::ChangeConditions>;

/// One that befalls each machine of a group, that long after it has come up.
struct LaterAct {
  MeDuration after;
  Act act;
};

}  // namespace vme::runtime

#pragma once
// The part of a machine that is touched on every event: one cache line, kept in an array. Everything else is either
// computed (Identity), shared (Profile, Environment), or an overlay that exists only once something was changed
// (Nvram).

#include <cstdint>

#include "base/me_time.hpp"
#include "machine/lifecycle.hpp"

namespace vme::machine {

/// Which credentials set-up goes by.
enum class SetupMethod : std::uint8_t { none = 0, psk = 1, pki = 2 };
/// GetProvisioningMode.
enum class ProvisioningMode : std::uint8_t { none = 0, enterprise = 1, smallBusiness = 2, remoteConnectivity = 3 };

inline constexpr std::uint8_t kMechanicalOff = 7;  // of HotRecord::powerState

struct HotRecord {
  MeTime wakeAt = MeTime::never();  // the earliest of the machine's deadlines; the runtime calls onTimer then
  MeTime nextHello = MeTime::never();
  MeTime windowEnds = MeTime::never();
  MeTime closedUntil{0};           // the network restarts: every port is closed until then
  MeTime flashLockedUntil{0};      // storing calls fail with 0x26 until then
  std::int32_t clockOffsetS = 0;   // the machine's clock minus the fleet's time
  std::uint32_t answers = 0;       // WS-Man messages answered since ME reset
  std::uint16_t helloAttempt = 0;  // hellos tried since the schedule (re)started
  std::uint16_t flashWrites = 0;
  State state = State::factory;
  SetupMethod method = SetupMethod::none;
  ProvisioningMode mode = ProvisioningMode::none;
  std::uint8_t powerState = 0;       // 0 S0, 3 S3, 4 S4, 5 S5, 7 G3 (eoi.md 7.2)
  std::uint8_t openConnections = 0;  // HTTP connections now, both ports together
  std::uint8_t setupSessions = 0;    // set-up TLS sessions now: no hello meanwhile
  std::uint8_t failedLogins = 0;
  std::uint8_t stateAtOutage = 0;  // powerState when the power was lost
  bool pskPreset : 1 = false;      // the identity's PSK pair is in effect
  bool adminPreset : 1 = false;    // the environment's setup password is the admin password
  bool mebxChanged : 1 = false;    // the MEBx password is no longer the default
  bool windowUsed : 1 = false;     // the first-start window was opened once
  bool rngSeeded : 1 = false;      // the RNG seed exists or SetRngKey was called
  bool clockSet : 1 = true;
  bool linkUp : 1 = true;
  bool recovering : 1 = false;  // a firmware update ended half-way: no network, no set-up, until one succeeds
  bool unplugged : 1 = false;   // the wired network is not there
  bool acLost : 1 = false;      // a PC without battery is off, a laptop runs on its battery
  bool staysOff : 1 = false;    // power is back, and the ME waits for somebody to start the PC
  bool hostIsLinux : 1 = false;
  bool addressLost : 1 = false;  // the lease has ended and none comes
};
static_assert(sizeof(HotRecord) == 64);

}  // namespace vme::machine

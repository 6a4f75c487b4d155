#pragma once
// What is wrong with a machine, its PC, or the network around it, as a scenario sets it; by default nothing is. Rules
// of the machine ask here; what they have to remember is in HotRecord and HostMemory.
// Source: field-failures.md 1 and 2, firmware-profiles.md 3.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/me_time.hpp"

namespace vme::machine {

/// How ME and host share their address (field-failures.md, ip-mode-mismatch).
enum class IpMode : std::uint8_t {
  dhcp,
  staticOwn,         // the ME has a static address of its own: no lease, so that no option reaches it
  dhcpOnStaticHost,  // the ME listens to leases of a host that takes none
  staticShared,      // one static address for both, which no release supports
};
/// What the DHCP server answers.
enum class Lease : std::uint8_t { given, refused, none };

/// What a name server answers for names of that pattern.
struct NameAnswer {
  enum class Kind : std::uint8_t { address, notFound, serverFailure, timeout };
  std::string pattern;  // * stands for any characters
  Kind kind = Kind::notFound;
  std::uint32_t ipv4 = 0;  // address: host byte order
};

struct Conditions {
  // The network.
  IpMode ipMode = IpMode::dhcp;
  Lease lease = Lease::given;
  MeDuration leaseAfter;    // power or link is there, the address is not yet
  bool hasResolver = true;  // DHCP option 6
  std::vector<NameAnswer> names;
  bool linuxHidesMe = false;  // the network driver of a Linux host takes the ME's packets

  // Power.
  unsigned powerPackage = 0;  // 0: the machine's own
  bool onBattery = false;
  bool staysOffAfterOutage = false;
  unsigned wakeDrops = 0;  // connections that a sleeping ME loses
  MeDuration wakes;        // and how long it needs to wake

  // The clock.
  std::int64_t clockOffsetS = 0;
  bool clockLost = false;
  double clockDriftPpm = 0;
  MeTime driftsFrom{0};

  // Set-up.
  MeDuration keyGeneration;             // of the set-up certificate, at each start
  std::optional<MeDuration> rngSeedIn;  // the seed is being made when the machine comes up
  bool adminPasswordSet = false;        // Environment::setupPassword is in effect
  unsigned accounts = 0;                // digest accounts that somebody has made

  // An update of the firmware.
  MeDuration blocks;                  // nothing answers for so long behind it, and behind an unprovisioning
  bool updateMismatchesBios = false;  // HECI and nothing else
  bool updateLosesSettings = false;   // as by a CMOS clear
};

}  // namespace vme::machine

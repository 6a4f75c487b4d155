#pragma once
// What surrounds a virtual ME and is not its own state: the network it sits in and how it is run. Shared by the
// machines of a group.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "machine/conditions.hpp"
#include "wire/hello.hpp"

namespace vme::machine {

/// One row of the trusted root hash table.
struct RootEntry {
  std::uint32_t handle = 0;
  std::string name;
  wire::RootHash hash;
  bool factory = true;  // false: entered by a user (MEBx, USB, HECI); such rows count against the custom slots
  bool active = true;
};

enum class TlsMode : std::uint8_t {
  period,  // TLS 1.0 and the suites of the time
  modern,  // TLS 1.2 and 1.3, for peers that can no longer speak TLS 1.0
};

struct Environment {
  std::string dhcpSuffix;  // DHCP option 15; empty: none
  TlsMode tls = TlsMode::modern;
  /// Factor on every firmware wait; 0 switches them off.
  double timingScale = 0.0;
  /// The admin password that was entered in MEBx together with a PSK pair. Not set: the profile's default stays.
  std::optional<std::string> setupPassword;
  /// Factory table plus rows entered before the run: what a machine has until it changes the table itself. Handles are
  /// the positions, counted from 1.
  std::vector<RootEntry> roots;
  std::string pkiSuffix;  // PKI DNS suffix entered in MEBx; wins over option 15
  std::string otp;        // a one-time password that an agent has set; empty: none
  bool zeroTouch = true;
  /// RSA keys in DER, all of `keyBits`, that firmware draws from when it is asked to generate one. Set, and not empty,
  /// where the profile can.
  std::shared_ptr<const std::vector<Bytes>> keys;
  unsigned keyBits = 0;
  /// Overrides the profile's first window; the scenario's way to open 2.2 and 2.6 for bare metal.
  std::optional<unsigned> firstWindowH;
  Conditions conditions;
};

}  // namespace vme::machine

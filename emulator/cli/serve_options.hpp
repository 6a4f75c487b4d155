#pragma once
// What `vme serve` was asked for, and the group of machines and the fleet that it means.

#include <memory>
#include <string>
#include <vector>

#include "profile/profile.hpp"
#include "runtime/fleet.hpp"

namespace vme::cli {

struct ServeOptions {
  std::string profile;
  std::string address = "127.16.0.1";
  std::string machines = "1";
  std::string seed = "1";
  std::string psk, usbKey, uuid, otp, dnsSuffix, setupPassword, provisioned, tls, helloTo, state;
  std::string timeScale = "1";    // of the fleet's clock
  std::string timingScale = "1";  // of the firmware's own waits
  std::vector<std::string> roots, inactiveRoots, set, compat;
  bool noPsk = false, noHello = false, start = false, json = false;

  bool operational() const { return !provisioned.empty(); }
};

runtime::Group groupFrom(const ServeOptions& options, std::shared_ptr<const profile::Profile> profile);
runtime::FleetOptions fleetFrom(const ServeOptions& options);

}  // namespace vme::cli

#pragma once
// What the machines of `vme serve` and `vme host` are to be, and the group of machines and the fleet that it means.

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "cli/app.hpp"
#include "cli/capture_options.hpp"
#include "profile/catalogue.hpp"
#include "runtime/fleet.hpp"

namespace vme::cli {

struct ServeOptions {
  std::string profile;
  std::string address = "127.16.0.1";
  std::string machines = "1";
  std::string seed = "1";
  std::string psk, usbKey, uuid, otp, dnsSuffix, setupPassword, provisioned, tls, helloTo, state, heci;
  std::string timeScale = "1";    // of the fleet's clock
  std::string timingScale = "1";  // of the firmware's own waits
  std::vector<std::string> roots, inactiveRoots, set, compat;
  CaptureOptions capture;  // of `vme serve`
  bool noPsk = false, noHello = false, start = false, json = false;

  bool operational() const { return !provisioned.empty(); }
};

void addMachineOptions(CLI::App* app, ServeOptions& options);
runtime::Group groupFrom(const ServeOptions& options, std::shared_ptr<const profile::Profile> profile);
runtime::FleetOptions fleetFrom(const ServeOptions& options);
/// With --state, keeps the machines of `groups` in that file.
void keepState(const ServeOptions& options, runtime::FleetOptions& fleet, const std::vector<runtime::Group>& groups);
/// The newer builds for the same hardware, which software distribution may bring.
std::vector<runtime::Build> upgradesOf(const ServeOptions& options, const profile::Catalogue& catalogue,
                                       const profile::Profile& now);
/// Once every machine has arrived, or when it has become clear that they take their time, or `stop` is set.
std::vector<runtime::MachineView> arrivedViews(const runtime::Fleet& fleet, const std::atomic<bool>& stop);

}  // namespace vme::cli

#include "cli/serve_options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "base/version_order.hpp"
#include "cli/common.hpp"
#include "machine/trust.hpp"
#include "runtime/state_store.hpp"

namespace vme::cli {
namespace {

constexpr std::uint16_t kHelloPort = 9971;
constexpr std::size_t kMachinesPerShard = 64;

machine::TlsMode tlsMode(const std::string& text) {
  if (text.empty() || text == "modern") return machine::TlsMode::modern;
  if (text == "period") return machine::TlsMode::period;
  throw ConfigError("--tls", fmt::format("\"{}\" is no mode. give period or modern", text));
}

/// Rows entered as in MEBx come after the firmware's own.
void addRoots(machine::Environment& environment, const profile::Profile& profile, const std::string& place,
              const std::vector<std::string>& texts, bool active) {
  for (const auto& text : texts) {
    const auto [name, digest] = rootFile(place, text);
    const auto entered = std::ranges::count(environment.roots, false, &machine::RootEntry::factory);
    if (std::cmp_greater_equal(entered, profile.prov.hashSlotsCustom)) {
      throw ConfigError(place, fmt::format("{} has {} rows for roots of one's own. give no more than that",
                                           profile.name, profile.prov.hashSlotsCustom));
    }
    environment.roots.push_back(
        {.handle = static_cast<std::uint32_t>(environment.roots.size() + 1),
         .name = name,
         .hash = {.algorithm = wire::HashAlgorithm::sha1, .hash = {digest.begin(), digest.end()}},
         .factory = false,
         .active = active});
  }
}

machine::Environment environmentFrom(const ServeOptions& options, const profile::Profile& profile) {
  machine::Environment environment;
  environment.dhcpSuffix = options.dnsSuffix;
  environment.tls = tlsMode(options.tls);
  environment.timingScale = decimal("--timing-scale", options.timingScale, 0, 1000);
  environment.otp = options.otp;
  if (!options.setupPassword.empty()) environment.setupPassword = options.setupPassword;
  environment.roots = machine::factoryRoots(profile);
  addRoots(environment, profile, "--root", options.roots, true);
  addRoots(environment, profile, "--root-inactive", options.inactiveRoots, false);
  return environment;
}

void checkTogether(const ServeOptions& options, const profile::Profile& profile) {
  if (options.noPsk && !options.psk.empty()) {
    throw ConfigError("--no-psk", "contradicts --psk. give one of them");
  }
  if (options.operational() && (options.start || !options.psk.empty())) {
    throw ConfigError("--provisioned", "a provisioned machine is not in set-up. leave out --psk and --start");
  }
  if (options.start && !(profile.prov.pki && profile.prov.inbandStart)) {
    throw ConfigError("--start", profile.name + " cannot be started by an agent. use --psk, or a profile with PKI");
  }
  if (!options.usbKey.empty()) {
    if (options.operational()) throw ConfigError("--usb-key", "a provisioned machine reads none. leave it out");
    if (!options.psk.empty()) throw ConfigError("--usb-key", "the key brings the PSK pair. leave out --psk");
    if (!options.setupPassword.empty()) {
      throw ConfigError("--usb-key", "the key brings the MEBx password. leave out --setup-password");
    }
  }
  if (!options.psk.empty() && !profile.prov.psk) {
    throw ConfigError("--psk", profile.name + " has no PSK set-up. leave it out");
  }
}

}  // namespace

runtime::Group groupFrom(const ServeOptions& options, std::shared_ptr<const profile::Profile> profile) {
  checkTogether(options, *profile);
  runtime::Group group;
  group.name = "serve";
  group.machines = static_cast<std::uint32_t>(number("--machines", options.machines, 1, 1'000'000));
  group.environment = environmentFrom(options, *profile);
  group.profile = std::move(profile);
  if (!options.uuid.empty()) group.uuid = uuid("--uuid", options.uuid);
  group.startConfiguration = options.start;
  if (!options.psk.empty()) {
    group.enterPsk = true;
    if (options.psk != "derived") group.psk = pskPair("--psk", options.psk);
  }
  if (!options.usbKey.empty()) group.usbKey = std::make_shared<runtime::UsbKey>("--usb-key", options.usbKey);
  if (options.operational()) {
    std::tie(group.operationalUser, group.operationalPassword) =
        pairOf("--provisioned", options.provisioned, ':', "USER:PASSWORD");
    group.start = runtime::Start::operational;
    group.operationalTls = !options.tls.empty();
  }
  return group;
}

runtime::FleetOptions fleetFrom(const ServeOptions& options) {
  runtime::FleetOptions fleet;
  const auto base = address("--address", options.address);
  fleet.addresses.base = base.to_uint();
  fleet.addresses.machines = static_cast<std::uint32_t>(number("--machines", options.machines, 1, 1'000'000));
  fleet.exposure = exposureOf(base);
  fleet.seed = number("--seed", options.seed, 0, UINT64_MAX);
  fleet.clock.speed = decimal("--time-scale", options.timeScale, 0.001, 1e6);
  fleet.sendHellos = !options.noHello;
  fleet.servicePoint = options.helloTo.empty() ? Endpoint(boost::asio::ip::address_v4::loopback(), kHelloPort)
                                               : endpoint("--hello-to", options.helloTo, kHelloPort);
  const std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
  fleet.shards = static_cast<unsigned>(std::clamp<std::size_t>(fleet.addresses.machines / kMachinesPerShard, 1, cores));
  return fleet;
}

void keepState(const ServeOptions& options, runtime::FleetOptions& fleet, const std::vector<runtime::Group>& groups) {
  if (options.state.empty()) return;
  fleet.state = std::make_shared<runtime::StateStore>(options.state, runtime::stateFacts(fleet, groups));
}

std::vector<runtime::Build> upgradesOf(const ServeOptions& options, const profile::Catalogue& catalogue,
                                       const profile::Profile& now) {
  std::vector<runtime::Build> builds;
  for (const auto& name : catalogue.names()) {
    auto profile = catalogue.find(name);
    const bool isNewer = versionLess(now.identity.version, profile->identity.version);
    if (profile->identity.chipset != now.identity.chipset || !isNewer) continue;
    auto environment = groupFrom(options, profile).environment;
    builds.push_back({std::move(profile), std::move(environment)});
  }
  return builds;
}

}  // namespace vme::cli

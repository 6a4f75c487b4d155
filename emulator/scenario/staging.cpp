#include "scenario/staging.hpp"

#include <algorithm>
#include <iterator>
#include <set>

#include "base/error.hpp"
#include "machine/trust.hpp"
#include "net/replace_file.hpp"
#include "scenario/firmware_package.hpp"
#include "wire/certificate.hpp"
#include "wire/setup_bin_variables.hpp"

namespace vme::scenario {
namespace {

namespace ip = boost::asio::ip;

/// A purpose of its own in the machine's draws, so that the wrong pair is never the right one's neighbour.
constexpr std::uint64_t kWrongPairs = 0x57524F4E47;
constexpr std::size_t kKeysAheadMost = 1000;
constexpr std::uint32_t kImagePayload = 64 * 1024;
constexpr std::string_view kDriverVersion = "5.2.0";
/// Of agents that were cloned with their disk.
constexpr const char* kSharedOtp = "Cl0ned.With.Disk";

wire::RootHash hashOf(ByteView certificate) {
  const auto digest = wire::sha1(certificate);
  return {wire::HashAlgorithm::sha1, Bytes(digest.begin(), digest.end())};
}

/// Pairs that firmware would refuse are left out.
std::vector<wire::PskPair> pairsOn(const runtime::UsbKey& key) {
  std::vector<wire::PskPair> pairs;
  for (const auto& record : key.content().records) {
    const auto* pid = record.find(wire::setup_bin::kCm, wire::setup_bin::kPid);
    const auto* pps = record.find(wire::setup_bin::kCm, wire::setup_bin::kPps);
    if (!pid || !pps) continue;
    if (const auto pair = wire::parsePskPair(asText(*pid), asText(*pps))) pairs.push_back(*pair);
  }
  return pairs;
}

std::vector<std::string> passwordsOn(const runtime::UsbKey& key) {
  std::vector<std::string> passwords;
  for (const auto& record : key.content().records) {
    const auto* password = record.find(wire::setup_bin::kMe, wire::setup_bin::kNewPassword);
    if (password) passwords.emplace_back(asText(*password));
  }
  return passwords;
}

wire::PskPair wrongPair(const Scenario& scenario, std::uint32_t machine, const wire::PskPair& right) {
  auto wrong = wire::drawPskPair(Draw(scenario.seed ^ kWrongPairs, machine));
  wrong.pid = right.pid;
  return wrong;
}

/// Roots that somebody has entered before, as many as there is room for.
void enterResidents(const GroupSpec& spec, const profile::Profile& profile, std::vector<machine::RootEntry>& roots) {
  auto own = static_cast<unsigned>(std::ranges::count(roots, false, &machine::RootEntry::factory));
  for (unsigned n = 1; n <= spec.enteredRoots && own < profile.prov.hashSlotsCustom; ++n, ++own) {
    const auto name = "Resident root " + std::to_string(n);
    const auto digest = wire::sha1(asBytes(name));
    roots.push_back({.handle = static_cast<std::uint32_t>(roots.size() + 1),
                     .name = name,
                     .hash = {wire::HashAlgorithm::sha1, Bytes(digest.begin(), digest.end())},
                     .factory = false,
                     .active = true});
  }
}

/// The firmware's own rows, and the service point's root as it was entered.
std::vector<machine::RootEntry> rootsWithOwn(const GroupSpec& spec, const profile::Profile& profile,
                                             const std::optional<wire::RootHash>& root) {
  auto roots = machine::factoryRoots(profile);
  if (!root || !profile.prov.pki || spec.method != "pki" || !spec.rootPresent) return roots;
  roots.push_back({.handle = static_cast<std::uint32_t>(roots.size() + 1),
                   .name = "Service point's root",
                   .hash = *root,
                   .factory = false,
                   .active = !spec.rootInactive});
  return roots;
}

std::vector<machine::RootEntry> rootsOf(const GroupSpec& spec, const profile::Profile& profile,
                                        const std::optional<wire::RootHash>& root) {
  auto roots = rootsWithOwn(spec, profile, root);
  enterResidents(spec, profile, roots);
  return roots;
}

std::string siteSecret(const Scenario& scenario) {
  if (!scenario.servicePoint.policy.siteSecret.empty()) return scenario.servicePoint.policy.siteSecret;
  Bytes secret(32);
  Draw(scenario.seed, 0).fill(secret, "site-secret");
  return toHex(secret);
}

runtime::AgentPlan agentPlan(const Scenario& scenario, const GroupSpec& spec, const ip::tcp::endpoint& policyServer) {
  runtime::AgentPlan plan;
  plan.options.server.endpoint = policyServer;
  plan.options.fault = spec.agentFault;
  plan.options.sharedOtp = kSharedOtp;
  if (spec.agentAttempts > 0) plan.options.attempts = spec.agentAttempts;
  plan.token = [secret = siteSecret(scenario)](const Uuid& uuid) { return servicepoint::agentToken(secret, uuid); };
  return plan;
}

servicepoint::Package driverPackage() {
  const auto content = asBytes(kDriverVersion);
  return servicepoint::makePackage(
      {.name = "heci.driver", .kind = wire::agent::PackageKind::driver, .version = std::string(kDriverVersion)},
      Bytes(content.begin(), content.end()));
}

bool hasAgents(const Scenario& scenario) {
  return std::ranges::any_of(scenario.groups, [](const GroupSpec& spec) { return spec.provisioning == "agent"; });
}

servicepoint::PolicyOptions policyOptions(const Scenario& scenario, const Roster& roster) {
  const auto& spec = scenario.servicePoint.policy;
  servicepoint::PolicyOptions policy;
  policy.siteSecret = siteSecret(scenario);
  policy.retry = std::chrono::seconds(spec.retryS);
  policy.otpLifetime = std::chrono::seconds(spec.otpLifetimeS);
  if (spec.hellosToo) policy.hellos = servicepoint::PolicyOptions::Hellos::either;
  for (const auto& collection : spec.collections) {
    policy.collections.push_back({.name = collection.name, .sequence = collection.sequence});
  }
  for (std::uint32_t machine = 0; machine < roster.size(); ++machine) {
    const auto& group = roster.groupOf(machine);
    if (group.provisioning != "agent") continue;
    const auto found = std::ranges::find(policy.collections, group.collection, &servicepoint::Collection::name);
    if (found != policy.collections.end()) found->members.insert(roster.identityOf(machine).uuid);
  }
  for (const auto& firmware : spec.firmware) {
    const auto image = firmwareImageOf(*firmware, kImagePayload);
    policy.packages.push_back(firmwarePackage(firmware->name + ".fw", image, host::encode(image)));
  }
  if (spec.driver) policy.packages.push_back(driverPackage());
  return policy;
}

}  // namespace

std::optional<net::ProvisioningPki> makePki(const Scenario& scenario) {
  const bool needed = scenario.servicePoint.embedded &&
                      std::ranges::any_of(scenario.groups, [](const GroupSpec& spec) { return spec.method == "pki"; });
  if (!needed) return std::nullopt;
  net::ProvisioningPkiOptions options;
  options.host = scenario.servicePoint.hostName;
  const auto own = scenario.servicePoint.ownPki;
  options.expired = own == OwnPki::expired;
  options.revoked = own == OwnPki::revoked;
  options.ca = own == OwnPki::ca;
  options.oid = own != OwnPki::unfit;
  return net::makeProvisioningPki(options);
}

std::optional<net::ProvisioningPki> makeRoguePki(const Scenario& scenario) {
  if (!scenario.rogue) return std::nullopt;
  net::ProvisioningPkiOptions options;
  options.host = scenario.rogue->hostName;
  return net::makeProvisioningPki(options);
}

servicepoint::Options rogueOptions(const Scenario& scenario, const std::optional<net::ProvisioningPki>& pki,
                                   std::uint16_t helloPort) {
  constexpr std::uint64_t kAnother = 0x524F475545;
  servicepoint::Options options;
  options.address = scenario.rogue->address;
  options.helloPort = helloPort;
  options.mePort = scenario.fleet.httpsPort;
  options.pki = pki;
  options.tls = scenario.servicePoint.options.tls;
  options.seed = scenario.seed ^ kAnother;
  return options;
}

std::vector<runtime::Group> fleetGroups(const Scenario& scenario, const std::optional<net::ProvisioningPki>& pki,
                                        const ip::tcp::endpoint& policyServer,
                                        const std::optional<net::ProvisioningPki>& rogue) {
  std::vector<runtime::Group> groups;
  for (const auto& spec : scenario.groups) {
    auto group = spec.group;
    auto root = spec.root;
    if (!root && pki) root = hashOf(pki->chain.back());
    for (auto& upgrade : group.upgrades) {
      upgrade.environment = group.environment;
      upgrade.environment.roots = rootsOf(spec, *upgrade.profile, root);
    }
    group.environment.roots = rootsOf(spec, *group.profile, root);
    if (rogue && group.profile->prov.pki) {
      // As one of the public roots that every build knows, from which anybody can buy.
      auto& roots = group.environment.roots;
      roots.push_back({.handle = static_cast<std::uint32_t>(roots.size() + 1),
                       .name = "A public root",
                       .hash = hashOf(rogue->chain.back()),
                       .factory = true,
                       .active = true});
    }
    if (spec.provisioning == "agent") group.agent = agentPlan(scenario, spec, policyServer);
    groups.push_back(std::move(group));
  }
  return groups;
}

std::vector<wire::PskPair> pskPairs(const Scenario& scenario, const Roster& roster) {
  std::vector<wire::PskPair> pairs;
  for (std::uint32_t machine = 0; machine < roster.size(); ++machine) {
    const auto& spec = roster.groupOf(machine);
    if (!spec.group.enterPsk || !spec.servicePointKnowsPsk) continue;
    const auto pair = roster.identityOf(machine).psk;
    pairs.push_back(spec.wrongPps ? wrongPair(scenario, machine, pair) : pair);
  }
  std::set<std::string, std::less<>> known;
  for (const auto& pair : pairs) known.emplace(pair.pidText());
  for (const auto& spec : scenario.groups) {
    if (!spec.group.usbKey || !spec.servicePointKnowsPsk) continue;
    for (const auto& pair : pairsOn(*spec.group.usbKey)) {
      if (!known.emplace(pair.pidText()).second) continue;
      const auto n = static_cast<std::uint32_t>(pairs.size());
      pairs.push_back(spec.wrongPps ? wrongPair(scenario, n, pair) : pair);
    }
  }
  return pairs;
}

servicepoint::Options servicePointOptions(const Scenario& scenario, const Roster& roster,
                                          const std::optional<net::ProvisioningPki>& pki) {
  auto options = scenario.servicePoint.options;
  options.mePort = scenario.fleet.httpsPort;
  options.pskPairs = pskPairs(scenario, roster);
  options.pki = pki;
  options.seed = scenario.seed;
  options.uniqueKeys = scenario.servicePoint.uniqueKeys.value_or(scenario.audit);
  options.keysAhead = std::min<std::size_t>(roster.size(), kKeysAheadMost);
  for (const auto& spec : scenario.groups) {
    std::vector<std::string> passwords;
    if (spec.group.environment.setupPassword && spec.servicePointKnowsPassword)
      passwords.push_back(*spec.group.environment.setupPassword);
    if (spec.group.usbKey) std::ranges::move(passwordsOn(*spec.group.usbKey), std::back_inserter(passwords));
    for (auto& password : passwords) {
      if (std::ranges::find(options.setupPasswords, password) != options.setupPasswords.end()) continue;
      options.setupPasswords.push_back(std::move(password));
    }
  }
  for (std::uint32_t machine = 0; machine < roster.size(); ++machine) {
    const auto& spec = roster.groupOf(machine);
    const bool named = spec.approval != servicepoint::Approval::Rule::approve;
    if (!named && !spec.expectedOtp) continue;
    const auto uuid = roster.identityOf(machine).uuid;
    if (named) options.approval.machines[uuid] = spec.approval;
    if (spec.expectedOtp) options.otps[uuid] = *spec.expectedOtp;
  }
  if (hasAgents(scenario)) options.policy = policyOptions(scenario, roster);
  return options;
}

void writePskFile(const std::filesystem::path& file, const std::vector<wire::PskPair>& pairs) {
  std::string text;
  for (const auto& pair : pairs) {
    text += wire::displayPid(pair.pidText()) + " " + wire::displayPps(pair.ppsText()) + "\n";
  }
  net::replaceFile(file, text, 0600);
}

}  // namespace vme::scenario

#include "scenario/staging.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "machine/trust.hpp"
#include "net/replace_file.hpp"
#include "wire/certificate.hpp"

namespace vme::scenario {
namespace {

/// A purpose of its own in the machine's draws, so that the wrong pair is never the right one's neighbour.
constexpr std::uint64_t kWrongPairs = 0x57524F4E47;

wire::RootHash hashOf(ByteView certificate) {
  const auto digest = wire::sha1(certificate);
  return {wire::HashAlgorithm::sha1, Bytes(digest.begin(), digest.end())};
}

wire::PskPair wrongPair(const Scenario& scenario, std::uint32_t machine, const wire::PskPair& right) {
  auto wrong = wire::drawPskPair(Draw(scenario.seed ^ kWrongPairs, machine));
  wrong.pid = right.pid;
  return wrong;
}

}  // namespace

std::optional<net::ProvisioningPki> makePki(const Scenario& scenario) {
  const bool needed = scenario.servicePoint.embedded &&
                      std::ranges::any_of(scenario.groups, [](const GroupSpec& spec) { return spec.method == "pki"; });
  if (!needed) return std::nullopt;
  net::ProvisioningPkiOptions options;
  options.host = scenario.servicePoint.hostName;
  return net::makeProvisioningPki(options);
}

std::vector<runtime::Group> fleetGroups(const Scenario& scenario, const std::optional<net::ProvisioningPki>& pki) {
  std::vector<runtime::Group> groups;
  for (const auto& spec : scenario.groups) {
    auto group = spec.group;
    auto& roots = group.environment.roots;
    roots = machine::factoryRoots(*group.profile);
    auto own = spec.root;
    if (!own && pki) own = hashOf(pki->chain.back());
    if (own && spec.method == "pki" && spec.rootPresent) {
      roots.push_back({.handle = static_cast<std::uint32_t>(roots.size() + 1),
                       .name = "Service point's root",
                       .hash = std::move(*own),
                       .factory = false,
                       .active = !spec.rootInactive});
    }
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
  return pairs;
}

servicepoint::Options servicePointOptions(const Scenario& scenario, const Roster& roster,
                                          const std::optional<net::ProvisioningPki>& pki) {
  auto options = scenario.servicePoint.options;
  options.mePort = scenario.fleet.httpsPort;
  options.pskPairs = pskPairs(scenario, roster);
  options.pki = pki;
  options.seed = scenario.seed;
  for (const auto& spec : scenario.groups) {
    const auto& password = spec.group.environment.setupPassword;
    if (password && std::ranges::find(options.setupPasswords, *password) == options.setupPasswords.end()) {
      options.setupPasswords.push_back(*password);
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

#include "scenario/staging.hpp"

#include <algorithm>
#include <iterator>
#include <set>

#include "base/error.hpp"
#include "machine/trust.hpp"
#include "net/replace_file.hpp"
#include "wire/certificate.hpp"
#include "wire/setup_bin_variables.hpp"

namespace vme::scenario {
namespace {

/// A purpose of its own in the machine's draws, so that the wrong pair is never the right one's neighbour.
constexpr std::uint64_t kWrongPairs = 0x57524F4E47;

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
  for (const auto& spec : scenario.groups) {
    std::vector<std::string> passwords;
    if (spec.group.environment.setupPassword) passwords.push_back(*spec.group.environment.setupPassword);
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

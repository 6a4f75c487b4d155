#include "scenario/practice.hpp"

#include <algorithm>
#include <random>

#include "net/crl.hpp"

namespace vme::scenario {
namespace {

using Rule = servicepoint::Approval::Rule;

std::uint64_t makeSalt() {
  std::random_device source;
  return std::uint64_t{source()} << 32U | source();
}

audit::Grounds groundsOf(const Scenario& scenario, const std::optional<std::vector<Bytes>>& revoked,
                         const std::optional<net::ProvisioningPki>& pki) {
  using namespace std::chrono;
  audit::Grounds grounds;
  grounds.now = duration_cast<seconds>(system_clock::now().time_since_epoch()).count();
  const auto& options = scenario.servicePoint.options;
  grounds.knownPasswords = options.setupPasswords;
  if (!options.adminPassword.empty()) grounds.knownPasswords.push_back(options.adminPassword);
  for (const auto& spec : scenario.groups) {
    if (const auto& password = spec.group.environment.setupPassword) grounds.knownPasswords.push_back(*password);
  }
  if (revoked) grounds.revoked.emplace(revoked->begin(), revoked->end());
  const auto isRevoked = [&](const Bytes& crl) { return net::isRevoked(crl, pki->chain); };
  if (pki && std::ranges::any_of(pki->crls, isRevoked)) {
    grounds.revokedProvisioning.emplace({wire::sha1(pki->chain.front())});
  }
  return grounds;
}

}  // namespace

Practice::Practice(const Scenario& scenario, const Roster& roster)
    : scenario_(scenario), roster_(roster), watch_(roster.size(), makeSalt()) {}

audit::Case Practice::caseOf(std::uint32_t machine) const {
  const auto& spec = roster_.groupOf(machine);
  audit::Case plan;
  plan.name = roster_.nameOf(machine);
  auto rule = spec.approval;
  if (const auto found = ruled_.find(machine); found != ruled_.end()) {
    rule = found->second.rule;
    plan.refusedSince = found->second.at;
  }
  plan.refused = scenario_.servicePoint.embedded && rule != Rule::approve;
  plan.blocked = scenario_.servicePoint.embedded && rule == Rule::block;
  plan.hasAgent = spec.provisioning == "agent";
  plan.expectsOtp = spec.expectedOtp.has_value();
  plan.showsUuidByCall = spec.group.profile->api.wsman;
  return plan;
}

std::vector<report::PracticeResult> Practice::judge(const runtime::Fleet& fleet,
                                                    const std::optional<std::vector<Bytes>>& revoked,
                                                    const std::optional<net::ProvisioningPki>& pki) const {
  audit::Auditor auditor(groundsOf(scenario_, revoked, pki));
  for (std::uint32_t machine = 0; machine < roster_.size(); ++machine) {
    auditor.add(caseOf(machine), watch_.of(machine), fleet.postureOf(machine));
  }
  return auditor.finish();
}

}  // namespace vme::scenario

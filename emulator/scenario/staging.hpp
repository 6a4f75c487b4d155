#pragma once
// From a scenario to the two sides of a run: the fleet's groups with their trusted roots, and what the embedded service
// point is told of the machines.

#include <boost/asio/ip/tcp.hpp>
#include <optional>
#include <vector>

#include "net/pki.hpp"
#include "runtime/fleet.hpp"
#include "scenario/roster.hpp"
#include "servicepoint/service_point.hpp"

namespace vme::scenario {

/// The test root, intermediate and provisioning certificate of this run; nothing when no group is set up by PKI or the
/// service point is external.
std::optional<net::ProvisioningPki> makePki(const Scenario& scenario);

/// The same of the rogue; nothing without one.
std::optional<net::ProvisioningPki> makeRoguePki(const Scenario& scenario);

/// `policyServer`: where agents fetch their policy.
std::vector<runtime::Group> fleetGroups(const Scenario& scenario, const std::optional<net::ProvisioningPki>& pki,
                                        const boost::asio::ip::tcp::endpoint& policyServer,
                                        const std::optional<net::ProvisioningPki>& rogue = {});

/// The fleet's pairs as the service point holds them: without those it does not know, and wrong where the scenario
/// says.
std::vector<wire::PskPair> pskPairs(const Scenario& scenario, const Roster& roster);

servicepoint::Options servicePointOptions(const Scenario& scenario, const Roster& roster,
                                          const std::optional<net::ProvisioningPki>& pki);

/// `helloPort`: that of the service point.
servicepoint::Options rogueOptions(const Scenario& scenario, const std::optional<net::ProvisioningPki>& pki,
                                   std::uint16_t helloPort);

/// Lines `PID PPS`, as `vme servicepoint --psk-file` reads them. EnvironmentError.
void writePskFile(const std::filesystem::path& file, const std::vector<wire::PskPair>& pairs);

}  // namespace vme::scenario

#pragma once
// Who is who in a run: index, name, identity, group, planned arrival. Computed from the scenario alone, so that two
// runs of one seed agree, and so that the service point can be told of the machines before they exist.

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runtime/machines.hpp"
#include "scenario/scenario.hpp"

namespace vme::scenario {

class Roster {
 public:
  explicit Roster(const Scenario& scenario);  // which must outlive it

  const Scenario& scenario() const { return scenario_; }
  std::uint32_t size() const { return plan_.machines; }
  std::size_t groupIndex(std::uint32_t machine) const { return plan_.groupOf(machine); }
  const GroupSpec& groupOf(std::uint32_t machine) const { return scenario_.groups[groupIndex(machine)]; }
  /// GROUP/INDEX, counted through all profiles of the scenario's group.
  std::string nameOf(std::uint32_t machine) const;
  machine::Identity identityOf(std::uint32_t machine) const { return plan_.identityOf(machine); }
  /// In the fleet's time, since the start.
  std::int64_t arrivalMs(std::uint32_t machine) const { return plan_.arrivalOf(machine).ms; }
  std::int64_t lastArrivalMs() const;
  std::optional<std::uint32_t> find(const Uuid& uuid) const;
  /// The one at that address, where several have the UUID.
  std::optional<std::uint32_t> find(const Uuid& uuid, std::uint32_t ipv4) const;
  /// Machines that come up by themselves and can therefore be provisioned or refused.
  std::uint32_t expectedToSettle() const;

 private:
  const Scenario& scenario_;
  runtime::FleetPlan plan_;
  std::vector<std::pair<Uuid, std::uint32_t>> byUuid_;  // sorted
};

}  // namespace vme::scenario

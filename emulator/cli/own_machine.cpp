#include "cli/own_machine.hpp"

#include <fmt/format.h>

#include <utility>

#include "base/error.hpp"
#include "cli/common.hpp"
#include "cli/profile_option.hpp"
#include "runtime/state_store.hpp"

namespace vme::cli {
namespace {

/// Neighbours of one name are counted through, as a scenario's group over several profiles is.
std::uint32_t machineOf(const std::string& text, const std::vector<runtime::Group>& groups) {
  const auto slash = text.rfind('/');
  const auto wanted = number("--machine", slash == std::string::npos ? text : text.substr(slash + 1), 0, UINT32_MAX);
  std::uint32_t first = 0;        // of the group
  std::uint32_t firstOfName = 0;  // of its name
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (i == 0 || groups[i - 1].name != groups[i].name) firstOfName = first;
    const bool isIt = slash == std::string::npos || text.substr(0, slash) == groups[i].name;
    const auto index = slash == std::string::npos ? wanted : firstOfName + wanted;
    if (isIt && index >= first && index < first + groups[i].machines) return static_cast<std::uint32_t>(index);
    first += groups[i].machines;
  }
  throw ConfigError("--machine",
                    fmt::format("there is no machine {}. give its number, 0 to {}, or GROUP/INDEX", text, first - 1));
}

/// The fleet of a state file, whose machines do nothing by themselves that they have not begun with.
std::vector<runtime::Group> savedGroups(const runtime::StateFacts& facts, const ServeOptions& options,
                                        const profile::Catalogue& catalogue) {
  std::vector<runtime::Group> groups;
  for (const auto& saved : facts.groups) {
    auto group = groupFrom(options, catalogue.find(saved.profile, options.state));
    group.name = saved.name;
    group.machines = saved.machines;
    group.start = runtime::Start::factory;
    // What an agent may have updated it to meanwhile.
    group.upgrades = upgradesOf(options, catalogue, *group.profile);
    group.uuid = uuid(options.state, saved.firstUuid);
    groups.push_back(std::move(group));
  }
  return groups;
}

}  // namespace

OwnMachine::OwnMachine(const ServeOptions& options, std::string machine, const Globals& globals)
    : machine_(std::move(machine)), serve_(options), options_(fleetFrom(options)) {
  const profile::Catalogue catalogue(globals.profileFolder());
  if (!options.profile.empty()) {
    groups_ = {groupFrom(options, loadProfile(catalogue, options))};
    return;
  }
  const auto facts = runtime::StateDatabase::factsOf(options.state);
  groups_ = savedGroups(facts, options, catalogue);
  options_.seed = facts.seed;
  options_.addresses.base = facts.firstAddress;
}

void OwnMachine::start(runtime::Observer& observer) {
  keepState(serve_, options_, groups_);
  fleet_ = std::make_unique<runtime::Fleet>(options_, groups_, observer);
  index_ = machineOf(machine_, groups_);
  fleet_->start();
  arrivedViews(*fleet_, false);
}

void OwnMachine::stop() {
  fleet_->stop();
  fleet_->check();
}

}  // namespace vme::cli

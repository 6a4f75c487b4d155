#include "cli/own_machine.hpp"

#include <fmt/format.h>

#include <utility>

#include "base/error.hpp"
#include "cli/common.hpp"
#include "cli/profile_option.hpp"
#include "runtime/state_store.hpp"

namespace vme::cli {
namespace {

std::uint32_t machineOf(const std::string& text, const runtime::Fleet& fleet) {
  const auto slash = text.rfind('/');
  const auto index = number("--machine", slash == std::string::npos ? text : text.substr(slash + 1), 0, UINT32_MAX);
  if (index >= fleet.size()) {
    throw ConfigError("--machine", fmt::format("there are {} machines. give 0 to {}", fleet.size(), fleet.size() - 1));
  }
  const auto machine = static_cast<std::uint32_t>(index);
  if (slash != std::string::npos && fleet.nameOf(machine) != text) {
    throw ConfigError("--machine", fmt::format("\"{}\" is none. give {}", text, fleet.nameOf(machine)));
  }
  return machine;
}

}  // namespace

OwnMachine::OwnMachine(const ServeOptions& options, std::string machine, const Globals& globals)
    : machine_(std::move(machine)), stateFile_(options.state), options_(fleetFrom(options)) {
  const profile::Catalogue catalogue(globals.profileFolder());
  group_ = groupFrom(options, loadProfile(catalogue, options));
}

void OwnMachine::start(runtime::Observer& observer) {
  if (!stateFile_.empty()) {
    options_.state = std::make_shared<runtime::StateStore>(stateFile_, runtime::stateFacts(options_, {group_}));
  }
  fleet_ = std::make_unique<runtime::Fleet>(options_, std::vector{group_}, observer);
  index_ = machineOf(machine_, *fleet_);
  fleet_->start();
  arrivedViews(*fleet_, false);
}

void OwnMachine::stop() {
  fleet_->stop();
  fleet_->check();
}

}  // namespace vme::cli

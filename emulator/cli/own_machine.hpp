#pragma once
// A machine of the command's own, for what works from its PC: a fleet by the options of `vme serve`, and one of it.

#include <cstdint>
#include <memory>
#include <string>

#include "cli/app.hpp"
#include "cli/serve_options.hpp"

namespace vme::cli {

class OwnMachine {
 public:
  /// Reads options and files; nothing runs yet. `machine` is INDEX or GROUP/INDEX. Without --profile the machines are
  /// those of the state file.
  OwnMachine(const ServeOptions& options, std::string machine, const Globals& globals);

  /// Once it has started.
  const profile::Profile& profile() const { return *fleet_->groupOf(index_).profile; }
  /// Starts the fleet and waits until its machines are up.
  void start(runtime::Observer& observer);
  runtime::Fleet& fleet() { return *fleet_; }
  std::uint32_t index() const { return index_; }
  net::HeciDevice& heci() { return fleet_->heci(index_); }
  /// Throws what went wrong meanwhile.
  void stop();

 private:
  std::string machine_;
  ServeOptions serve_;
  runtime::FleetOptions options_;
  std::vector<runtime::Group> groups_;
  std::unique_ptr<runtime::Fleet> fleet_;
  std::uint32_t index_ = 0;
};

}  // namespace vme::cli

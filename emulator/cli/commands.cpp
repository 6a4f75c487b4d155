#include "cli/commands.hpp"

#include <array>

namespace vme::cli {

void addUnavailableCommands(Cli& cli) {
  static constexpr std::array<std::array<const char*, 2>, 2> kCommands{{
      {"report", "reads, compares and merges results"},
      {"rerun", "one machine of a run again"},
  }};
  for (const auto& [name, description] : kCommands) cli.addUnavailable(cli.root(), name, description);
}

void addAllCommands(Cli& cli) {
  addRun(cli);
  addServe(cli);
  addServicePoint(cli);
  addAgent(cli);
  addHost(cli);
  addHeci(cli);
  addScenario(cli);
  addPki(cli);
  addSetupBin(cli);
  addFirmware(cli);
  addDoctor(cli);
  addProfiles(cli);
  addQuirks(cli);
  addCompletion(cli);
  addVersion(cli);
  addUnavailableCommands(cli);
}

}  // namespace vme::cli

#include "cli/commands.hpp"

namespace vme::cli {

void addAllCommands(Cli& cli) {
  addRun(cli);
  addRerun(cli);
  addServe(cli);
  addServicePoint(cli);
  addAgent(cli);
  addHost(cli);
  addHeci(cli);
  addScenario(cli);
  addPki(cli);
  addSetupBin(cli);
  addFirmware(cli);
  addReport(cli);
  addDoctor(cli);
  addProfiles(cli);
  addQuirks(cli);
  addAudit(cli);
  addCompletion(cli);
  addVersion(cli);
}

}  // namespace vme::cli

#pragma once
// One function a command, each in the file of its name: adds the command with its options to the tree.

#include "cli/app.hpp"

namespace vme::cli {

void addRun(Cli& cli);
void addRerun(Cli& cli);
void addServe(Cli& cli);
void addServicePoint(Cli& cli);
void addAgent(Cli& cli);
void addHost(Cli& cli);
void addHeci(Cli& cli);
void addScenario(Cli& cli);
void addPki(Cli& cli);
void addSetupBin(Cli& cli);
void addFirmware(Cli& cli);
void addReport(Cli& cli);
void addDoctor(Cli& cli);
void addProfiles(Cli& cli);
void addQuirks(Cli& cli);
void addAudit(Cli& cli);
void addCompletion(Cli& cli);
void addVersion(Cli& cli);

/// All of them, in the order of the help.
void addAllCommands(Cli& cli);

/// Headings of `vme --help`.
inline constexpr const char* kTest = "Test a provisioning server, or be one";
inline constexpr const char* kPrepare = "Prepare";
inline constexpr const char* kLookUp = "Look up";

}  // namespace vme::cli

#include "cli/run_options.hpp"

#include "cli/common.hpp"

namespace vme::cli {

void addRunOptions(Cli& cli, CLI::App* app, RunOptions& options) {
  addOption(app, "--machines", options.machines, "N", "this many, all groups in proportion");
  addOption(app, "--seed", options.seed, "S", "of identities, arrivals and faults");
  addOption(app, "--set", options.set, "KEY=VALUE", "any key of the file, as groups.desktops.machines=10; repeatable");
  addOption(app, "--service-point", options.servicePoint, "HOST[:PORT]",
            "another than the scenario's: HOST[:PORT], or embedded");
  addOption(app, "--psk-out", options.pskOut, "FILE", "writes the fleet's PSK pairs as `vme servicepoint` reads them");
  addOption(app, "--report", options.report, "DIR", "where the results go; default vme-report/NAME/");
  addCaptureOptions(app, options.capture);
  addFlag(app, "--journal", options.journal, "what happens to each machine, in journal.jsonl beside the results");
  addOption(app, "--state", options.state, "FILE", "keeps the machines in that file; a later run goes on from there");
  addOption(app, "--time-scale", options.timeScale, "X", "factor on the speed of the scenario's clock");
  addFlag(app, "--json", options.json, "results.json on standard output");
  cli.addUnavailableOption(app, "--shard", "I/N");
  cli.addUnavailableOption(app, "--processes", "K");
}

scenario::Overrides overridesFrom(const RunOptions& options, const Globals& globals) {
  scenario::Overrides overrides;
  overrides.profiles = globals.profileFolder();
  if (!options.machines.empty()) {
    overrides.machines = static_cast<std::uint32_t>(number("--machines", options.machines, 1, 10'000'000));
  }
  if (!options.seed.empty()) overrides.seed = number("--seed", options.seed, 0, UINT64_MAX);
  if (!options.timeScale.empty()) overrides.timeScale = decimal("--time-scale", options.timeScale, 0.001, 1e6);
  if (!options.servicePoint.empty()) overrides.servicePoint = options.servicePoint;
  for (const auto& text : options.set) overrides.set.push_back(pairOf("--set", text, '=', "KEY=VALUE"));
  return overrides;
}

}  // namespace vme::cli

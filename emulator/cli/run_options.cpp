#include "cli/run_options.hpp"

#include "cli/common.hpp"

namespace vme::cli {

void addRunOptions(Cli& cli, CLI::App* app, RunOptions& options) {
  app->add_option("--machines", options.machines, "this many, all groups in proportion")->type_name("N");
  app->add_option("--seed", options.seed, "of identities, arrivals and faults")->type_name("S");
  app->add_option("--set", options.set, "any key of the file, as groups.desktops.machines=10; repeatable")
      ->type_name("KEY=VALUE")
      ->expected(1)
      ->take_all();
  app->add_option("--service-point", options.servicePoint, "another than the scenario's: HOST[:PORT], or embedded")
      ->type_name("HOST[:PORT]");
  app->add_option("--psk-out", options.pskOut, "writes the fleet's PSK pairs as `vme servicepoint` reads them")
      ->type_name("FILE");
  app->add_option("--report", options.report, "where the results go; default vme-report/NAME/")->type_name("DIR");
  addCaptureOptions(app, options.capture);
  app->add_flag("--journal", options.journal, "what happens to each machine, in journal.jsonl beside the results");
  app->add_option("--state", options.state, "keeps the machines in that file; a later run goes on from there")
      ->type_name("FILE");
  app->add_option("--time-scale", options.timeScale, "factor on the speed of the scenario's clock")->type_name("X");
  app->add_flag("--json", options.json, "results.json on standard output");
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

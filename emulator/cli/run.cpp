#include <fmt/format.h>

#include <filesystem>

#include "base/error.hpp"
#include "cli/commands.hpp"
#include "cli/common.hpp"
#include "cli/interrupt.hpp"
#include "cli/progress.hpp"
#include "cli/summary.hpp"
#include "report/results.hpp"
#include "scenario/runner.hpp"

namespace vme::cli {
namespace {

struct RunOptions {
  std::string scenario, machines, seed, servicePoint, report, timeScale, pskOut, state;
  std::vector<std::string> set;
  bool json = false;
};

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

Exit exitFor(report::Verdict verdict) {
  switch (verdict) {
    case report::Verdict::held:
      return Exit::held;
    case report::Verdict::failed:
      return Exit::expectationFailed;
    case report::Verdict::interrupted:
      return Exit::interrupted;
    case report::Verdict::error:
      break;
  }
  return Exit::environment;
}

Exit runScenario(const RunOptions& options, const Globals& globals) {
  require(!options.scenario.empty(), "vme run", "no SCENARIO given. name a scenario file");
  auto scenario = scenario::load(options.scenario, overridesFrom(options, globals));
  if (!options.pskOut.empty()) scenario.servicePoint.pskOut = options.pskOut;
  if (!options.state.empty()) scenario.stateFile = options.state;
  const auto folder = std::filesystem::path(options.report.empty() ? "vme-report/" + scenario.name : options.report);

  const Interrupt interrupt;
  ProgressView view(scenario, globals.quiet);
  const auto results =
      scenario::run(scenario, interrupt.asked(), [&](const scenario::Progress& progress) { view.show(progress); });
  view.clear();

  report::write(folder, results);
  const auto where = fmt::format("report: {}/", folder.string());
  if (options.json) {
    fmt::print("{}\n", report::toJson(results));
    fmt::print(stderr, "{}\n", where);
  } else {
    fmt::print("{}{}\n", summaryOf(results), where);
  }
  return exitFor(results.verdict);
}

}  // namespace

void addRun(Cli& cli) {
  auto options = std::make_shared<RunOptions>();
  auto* app = cli.add(cli.root(),
                      {"run",
                       "runs a fleet against a service point, ends with a verdict",
                       kTest,
                       {"vme run scenarios/quickstart.yaml --machines 100 --seed 7",
                        "vme run scenarios/quickstart.yaml --service-point sp.example:9971 --report out"}},
                      [&cli, options] { return runScenario(*options, cli.globals()); });
  app->add_option("SCENARIO", options->scenario, "the scenario file")->type_name("FILE");
  app->add_option("--machines", options->machines, "this many, all groups in proportion")->type_name("N");
  app->add_option("--seed", options->seed, "of identities, arrivals and faults")->type_name("S");
  app->add_option("--set", options->set, "any key of the file, as groups.desktops.machines=10; repeatable")
      ->type_name("KEY=VALUE")
      ->expected(1)
      ->take_all();
  app->add_option("--service-point", options->servicePoint, "another than the scenario's: HOST[:PORT], or embedded")
      ->type_name("HOST[:PORT]");
  app->add_option("--psk-out", options->pskOut, "writes the fleet's PSK pairs as `vme servicepoint` reads them")
      ->type_name("FILE");
  app->add_option("--report", options->report, "where the results go; default vme-report/NAME/")->type_name("DIR");
  app->add_option("--state", options->state, "keeps the machines in that file; a later run goes on from there")
      ->type_name("FILE");
  app->add_option("--time-scale", options->timeScale, "factor on the speed of the scenario's clock")->type_name("X");
  app->add_flag("--json", options->json, "results.json on standard output");
  cli.addUnavailableOption(app, "--capture", "FILE");
  cli.addUnavailableOption(app, "--shard", "I/N");
  cli.addUnavailableOption(app, "--processes", "K");
}

}  // namespace vme::cli

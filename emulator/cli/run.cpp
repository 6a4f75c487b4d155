#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>

#include "base/error.hpp"
#include "cli/commands.hpp"
#include "cli/common.hpp"
#include "cli/interrupt.hpp"
#include "cli/run_one.hpp"
#include "cli/run_table.hpp"
#include "cli/scenario_files.hpp"

namespace vme::cli {
namespace {

struct ScenariosOptions {
  std::vector<std::string> scenarios;
  RunOptions run;
};

/// All are read before the first starts, so that a mistake in the last costs no time.
std::vector<scenario::Scenario> loadEach(const ScenariosOptions& options, const Globals& globals) {
  const auto overrides = overridesFrom(options.run, globals);
  std::vector<scenario::Scenario> scenarios;
  std::map<std::string, std::string> places;
  for (const auto& file : scenarioFiles(options.scenarios)) {
    for (auto& one : scenario::loadAll(file, overrides)) {
      const auto [known, isNew] = places.emplace(one.name, file.string());
      if (!isNew) {
        throw ConfigError(file.string(),
                          fmt::format("its name \"{}\" is that of {} as well, and so would be the report. "
                                      "give each scenario its own",
                                      one.name, known->second));
      }
      scenarios.push_back(std::move(one));
    }
  }
  return scenarios;
}

/// A folder's name without what shells and file systems take amiss.
std::string folderName(std::string name) {
  std::ranges::replace_if(
      name, [](char c) { return c == '/' || c == '\\' || static_cast<unsigned char>(c) <= ' '; }, '_');
  return name;
}

/// What concerns one fleet alone makes no sense for several.
void refuseForSeveral(const RunOptions& options) {
  require(options.state.empty(), "--state", "holds the machines of one scenario, but there are several. run one");
  require(options.capture.file.empty(), "--capture", "holds one fleet, but there are several scenarios. run one");
  require(options.pskOut.empty(), "--psk-out", "is for one scenario, but there are several. run one");
}

report::Results notStarted(const scenario::Scenario& scenario, const std::string& why) {
  report::Results results;
  results.scenario = scenario.name;
  results.seed = scenario.seed;
  results.error = why;
  return results;
}

Exit runSeveral(std::vector<scenario::Scenario> scenarios, const ScenariosOptions& options, const Cli& cli) {
  refuseForSeveral(options.run);
  const std::filesystem::path top = options.run.report.empty() ? "vme-report" : options.run.report;
  const Interrupt interrupt;
  RunTable table(scenarios.size(), cli.globals().quiet);
  for (auto& scenario : scenarios) {
    const auto folder = top / folderName(scenario.name);
    try {
      table.add(runOne(scenario, options.run, folder, cli, interrupt.asked()));
    } catch (const EnvironmentError& error) {
      table.add(notStarted(scenario, error.what()));
    }
    if (interrupt.asked().load()) break;
  }
  table.write(top / "junit.xml");
  if (options.run.json) {
    fmt::print("{}\n", table.json());
  } else {
    fmt::print("{}", table.text());
  }
  fmt::print(options.run.json ? stderr : stdout, "reports: {}/\n", top.string());
  return table.exit();
}

Exit runScenarios(const ScenariosOptions& options, const Cli& cli) {
  require(!options.scenarios.empty(), "vme run", "no SCENARIO given. name a scenario file or a folder of them");
  auto scenarios = loadEach(options, cli.globals());
  const bool isSeveral = scenarios.size() > 1 || std::filesystem::is_directory(options.scenarios.front());
  if (isSeveral) return runSeveral(std::move(scenarios), options, cli);
  auto& scenario = scenarios.front();
  const std::filesystem::path folder =
      options.run.report.empty() ? "vme-report/" + folderName(scenario.name) : options.run.report;
  return runAlone(std::move(scenario), options.run, folder, cli);
}

}  // namespace

void addRun(Cli& cli) {
  auto options = std::make_shared<ScenariosOptions>();
  auto* app = cli.add(cli.root(),
                      {"run",
                       "runs a fleet against a service point, ends with a verdict",
                       kTest,
                       {"vme run scenarios/quickstart.yaml --machines 100 --seed 7",
                        "vme run scenarios/quickstart.yaml --service-point sp.example:9971 --report out"}},
                      [&cli, options] { return runScenarios(*options, cli); });
  addOption(app, "SCENARIO", options->scenarios, "FILE",
            "scenario files, or folders of them; several run one after the other");
  addRunOptions(cli, app, options->run);
}

}  // namespace vme::cli

#include "scenario/scenario.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <filesystem>
#include <fstream>

#include "base/error.hpp"
#include "base/nearest.hpp"
#include "cli/commands.hpp"
#include "cli/common.hpp"
#include "cli/scenario_files.hpp"
#include "scenario/explain.hpp"
#include "scenario/roster.hpp"
#include "scenario/schema.hpp"
#include "scenario/staging.hpp"
#include "scenario/starter.hpp"

namespace vme::cli {
namespace {

struct ReadOptions {
  std::vector<std::string> files, set;
  std::string pskOut;
  bool json = false;
};

struct NewOptions {
  std::string name = "my-scenario", starter = "bare-metal";
  bool print = false;
};

scenario::Overrides overridesFrom(const ReadOptions& options, const Globals& globals) {
  scenario::Overrides overrides;
  overrides.profiles = globals.profileFolder();
  for (const auto& text : options.set) overrides.set.push_back(pairOf("--set", text, '=', "KEY=VALUE"));
  return overrides;
}

void addReadOptions(CLI::App* app, ReadOptions& options) {
  addOption(app, "FILE", options.files, "FILE", "scenario files, or folders of them");
  addOption(app, "--set", options.set, "KEY=VALUE", "any key of the file, as groups.desktops.machines=10; repeatable");
}

boost::json::object factsOf(const std::string& file, const scenario::Scenario& scenario) {
  return {{"file", file},
          {"name", scenario.name},
          {"machines", scenario::Roster(scenario).size()},
          {"groups", scenario.groups.size()},
          {"expectations", scenario.expect.size()}};
}

void printFacts(const std::string& file, const scenario::Scenario& scenario, bool json) {
  if (json) return printJson(factsOf(file, scenario));
  fmt::print("{}: in order. \"{}\", {} machines in {} groups, {} expectations\n", file, scenario.name,
             scenario::Roster(scenario).size(), scenario.groups.size(), scenario.expect.size());
}

/// Every file is looked at, so that one mistake does not hide another; `one` gets each scenario.
template <typename One>
Exit eachScenario(const ReadOptions& options, const Globals& globals, const std::string& command, One one) {
  require(!options.files.empty(), command, "no FILE given. name a scenario file");
  const auto overrides = overridesFrom(options, globals);
  const auto files = scenarioFiles(options.files);
  Exit exit = Exit::held;
  for (const auto& file : files) {
    try {
      for (const auto& scenario : scenario::loadAll(file, overrides)) one(file.string(), scenario);
    } catch (const ConfigError& error) {
      if (files.size() == 1) throw;
      fmt::print(stderr, "{}\n", error.what());
      exit = Exit::usage;
    }
  }
  return exit;
}

Exit checkScenarios(const ReadOptions& options, const Globals& globals) {
  return eachScenario(options, globals, "vme scenario check", [&](const auto& file, const auto& scenario) {
    if (!options.pskOut.empty()) {
      scenario::writePskFile(options.pskOut, scenario::pskPairs(scenario, scenario::Roster(scenario)));
    }
    printFacts(file, scenario, options.json);
  });
}

Exit explainScenarios(const ReadOptions& options, const Globals& globals) {
  bool isFirst = true;
  return eachScenario(options, globals, "vme scenario explain", [&](const auto&, const auto& scenario) {
    fmt::print("{}{}", isFirst ? "" : "\n", scenario::explain(scenario));
    isFirst = false;
  });
}

const scenario::Starter& starterNamed(const std::string& name) {
  std::vector<std::string> names;
  for (const auto& starter : scenario::starters()) {
    if (starter.name == name) return starter;
    names.emplace_back(starter.name);
  }
  auto hint = didYouMean(name, names);
  if (hint.empty()) hint = fmt::format(" there are {}", fmt::join(names, ", "));
  throw ConfigError("--template", fmt::format("there is no template \"{}\".{}", name, hint));
}

Exit newScenario(const NewOptions& options) {
  const auto& starter = starterNamed(options.starter);
  const auto text = scenario::starterText(starter, options.name);
  const auto file = options.name + ".yaml";
  scenario::parse(file, text, {});  // a name that scenarios may not have
  if (options.print) {
    fmt::print("{}", text);
    return Exit::held;
  }
  require(!std::filesystem::exists(file), file, "there is such a file already. give another NAME, or use --print");
  std::ofstream out(file, std::ios::binary);
  out << text;
  out.close();
  if (!out) throw EnvironmentError(file, "cannot be written. check the folder and your permissions");
  fmt::print("{}: {}. run it with: vme run {}\n", file, starter.purpose, file);
  return Exit::held;
}

void addNew(Cli& cli, CLI::App* parent) {
  auto options = std::make_shared<NewOptions>();
  auto* app = cli.add(parent,
                      {"new",
                       "starts a commented scenario, in the file NAME.yaml",
                       "",
                       {"vme scenario new monday-morning", "vme scenario new --template agent --print"}},
                      [options] { return newScenario(*options); });
  addOption(app, "NAME", options->name, "", "of the scenario; default my-scenario");
  addOption(app, "--template", options->starter, "bare-metal|agent|faults|external",
            "what to begin with; default bare-metal");
  addFlag(app, "--print", options->print, "on standard output, no file");
}

}  // namespace

void addScenario(Cli& cli) {
  auto* parent = cli.add(cli.root(),
                         {"scenario",
                          "check, explain, new, schema: scenario files, without a run",
                          kPrepare,
                          {"vme scenario check scenarios/quickstart.yaml", "vme scenario explain my.yaml"}},
                         nullptr);
  auto options = std::make_shared<ReadOptions>();
  auto* check = cli.add(parent,
                        {"check",
                         "checks scenario files; every error names line, column and what was expected",
                         "",
                         {"vme scenario check scenarios/quickstart.yaml", "vme scenario check scenarios/ --json"}},
                        [&cli, options] { return checkScenarios(*options, cli.globals()); });
  addReadOptions(check, *options);
  addOption(check, "--psk-out", options->pskOut, "FILE",
            "writes the fleet's PSK pairs, for a service point that starts before the run");
  addFlag(check, "--json", options->json, "what each holds, one JSON object a line");
  auto* explain = cli.add(
      parent,
      {"explain",
       "says in plain words what a scenario will do",
       "",
       {"vme scenario explain scenarios/quickstart.yaml", "vme scenario explain my.yaml --set variables.machines=10"}},
      [&cli, options] { return explainScenarios(*options, cli.globals()); });
  addReadOptions(explain, *options);
  addNew(cli, parent);
  cli.add(parent,
          {"schema",
           "the JSON schema of scenario files, for editors",
           "",
           {"vme scenario schema > scenario.schema.json", "vme scenario schema | head -40"}},
          [] {
            fmt::print("{}", scenario::schemaText());
            return Exit::held;
          });
}

}  // namespace vme::cli

#include "scenario/scenario.hpp"

#include <fmt/format.h>

#include <boost/json/object.hpp>

#include "base/error.hpp"
#include "cli/commands.hpp"
#include "cli/common.hpp"
#include "scenario/roster.hpp"
#include "scenario/staging.hpp"

namespace vme::cli {
namespace {

struct CheckOptions {
  std::string file, pskOut;
  bool json = false;
};

Exit checkScenario(const CheckOptions& options, const Globals& globals) {
  require(!options.file.empty(), "vme scenario check", "no FILE given. name a scenario file");
  scenario::Overrides overrides;
  overrides.profiles = globals.profileFolder();
  const auto scenario = scenario::load(options.file, overrides);
  if (!options.pskOut.empty()) {
    scenario::writePskFile(options.pskOut, scenario::pskPairs(scenario, scenario::Roster(scenario)));
  }
  std::uint64_t machines = 0;
  for (const auto& group : scenario.groups) machines += group.group.machines;
  if (options.json) {
    printJson(boost::json::object{{"file", options.file},
                                  {"name", scenario.name},
                                  {"machines", machines},
                                  {"groups", scenario.groups.size()},
                                  {"expectations", scenario.expect.size()}});
  } else {
    fmt::print("{}: in order. \"{}\", {} machines in {} groups, {} expectations\n", options.file, scenario.name,
               machines, scenario.groups.size(), scenario.expect.size());
  }
  return Exit::held;
}

}  // namespace

void addScenario(Cli& cli) {
  auto* parent = cli.add(cli.root(),
                         {"scenario",
                          "check: a scenario file, without running it",
                          kPrepare,
                          {"vme scenario check scenarios/quickstart.yaml", "vme scenario check my.yaml --json"}},
                         nullptr);
  auto options = std::make_shared<CheckOptions>();
  auto* app = cli.add(parent,
                      {"check",
                       "checks a scenario file; every error names line, column and what was expected",
                       "",
                       {"vme scenario check scenarios/quickstart.yaml", "vme scenario check my.yaml --json"}},
                      [&cli, options] { return checkScenario(*options, cli.globals()); });
  app->add_option("FILE", options->file, "the scenario file")->type_name("FILE");
  app->add_option("--psk-out", options->pskOut,
                  "writes the fleet's PSK pairs, for a service point that starts before the run")
      ->type_name("FILE");
  app->add_flag("--json", options->json, "what it holds, as JSON");
  cli.addUnavailable(parent, "explain", "says in plain words what a scenario will do");
  cli.addUnavailable(parent, "new", "starts a scenario from a template");
}

}  // namespace vme::cli

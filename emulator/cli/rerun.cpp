#include "scenario/rerun.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <filesystem>
#include <sstream>

#include "base/error.hpp"
#include "cli/commands.hpp"
#include "cli/common.hpp"
#include "cli/run_one.hpp"

namespace vme::cli {
namespace {

struct RerunOptions {
  std::string results, machine;
  RunOptions run;
};

/// The machine's line of machines.jsonl beside the results; empty when there is none.
std::string endedBefore(const std::filesystem::path& results, const std::string& machine) {
  const auto file = results.parent_path() / "machines.jsonl";
  if (!std::filesystem::exists(file)) return {};
  std::istringstream lines(readFile(file.string(), file));
  for (std::string line; std::getline(lines, line);) {
    boost::system::error_code error;
    const auto value = boost::json::parse(line, error);
    if (error || !value.is_object()) continue;
    const auto text = [&](const char* key) {
      const auto* found = value.get_object().if_contains(key);
      return found && found->is_string() ? std::string(found->get_string()) : std::string();
    };
    if (text("name") == machine) return fmt::format("{} ({})", text("outcome"), text("reason"));
  }
  return {};
}

Exit rerun(const RerunOptions& options, const Cli& cli) {
  require(!options.results.empty(), "vme rerun", "no RESULTS given. name the results.json of a run");
  require(!options.machine.empty(), "vme rerun", "no --machine given. name one as GROUP/INDEX");
  auto file = std::filesystem::path(options.results);
  if (std::filesystem::is_directory(file)) file /= "results.json";
  auto overrides = overridesFrom(options.run, cli.globals());
  overrides.only = options.machine;
  auto scenario = scenario::rerunFrom(file.string(), readFile("vme rerun", file), overrides);
  const std::filesystem::path folder =
      options.run.report.empty() ? "vme-report/" + scenario.name + "-rerun" : options.run.report;
  if (const auto before = endedBefore(file, options.machine); !before.empty() && !cli.globals().quiet) {
    fmt::print(stderr, "{} ended as {} in the run before\n", options.machine, before);
  }
  return runAlone(std::move(scenario), options.run, folder, cli);
}

}  // namespace

void addRerun(Cli& cli) {
  auto options = std::make_shared<RerunOptions>();
  auto* app = cli.add(cli.root(),
                      {"rerun",
                       "one machine of a run again, in the same fleet",
                       kTest,
                       {"vme rerun vme-report/quickstart/results.json --machine by-pki/17",
                        "vme rerun vme-report/quickstart --machine by-pki/17 --set tls=period"}},
                      [&cli, options] { return rerun(*options, cli); });
  addOption(app, "RESULTS", options->results, "FILE", "results.json of the run, or its folder");
  addOption(app, "--machine", options->machine, "GROUP/INDEX", "which, as GROUP/INDEX");
  addRunOptions(cli, app, options->run);
}

}  // namespace vme::cli

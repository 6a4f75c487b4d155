#include "cli/run_one.hpp"

#include <fmt/format.h>

#include "cli/interrupt.hpp"
#include "cli/progress.hpp"
#include "cli/shown_command.hpp"
#include "cli/summary.hpp"
#include "scenario/runner.hpp"

namespace vme::cli {
namespace {

/// Files that the scenario names are in the folder of the results; those of options are where the user is.
void placeOutputs(scenario::Scenario& scenario, const RunOptions& options, const std::filesystem::path& folder) {
  scenario.capture = captureSpec(options.capture, std::move(scenario.capture));
  if (scenario.capture) scenario.capture->file = folder / scenario.capture->file;
  if (options.journal && !scenario.journal) scenario.journal.emplace();
  if (scenario.journal) scenario.journal->file = folder / scenario.journal->file;
}

}  // namespace

report::Results runOne(scenario::Scenario scenario, const RunOptions& options, const std::filesystem::path& folder,
                       const Cli& cli, const std::atomic<bool>& stop) {
  if (!options.pskOut.empty()) scenario.servicePoint.pskOut = options.pskOut;
  if (!options.state.empty()) scenario.stateFile = options.state;
  placeOutputs(scenario, options, folder);
  ProgressView view(scenario, cli.globals().quiet);
  auto results = scenario::run(scenario, stop, [&](const scenario::Progress& progress) { view.show(progress); });
  view.clear();
  results.environment.command = shownCommand(cli.arguments());
  report::write(folder, results);
  return results;
}

Exit runAlone(scenario::Scenario scenario, const RunOptions& options, const std::filesystem::path& folder,
              const Cli& cli) {
  const Interrupt interrupt;
  const auto results = runOne(std::move(scenario), options, folder, cli, interrupt.asked());
  const auto where = fmt::format("report: {}/", folder.string());
  if (options.json) {
    fmt::print("{}\n", report::toJson(results));
    fmt::print(stderr, "{}\n", where);
  } else {
    fmt::print("{}{}\n", summaryOf(results), where);
  }
  return exitFor(results.verdict);
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

}  // namespace vme::cli

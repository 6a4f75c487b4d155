#include <fmt/format.h>

#include <filesystem>

#include "base/error.hpp"
#include "cli/commands.hpp"
#include "cli/common.hpp"
#include "cli/progress.hpp"
#include "cli/summary.hpp"
#include "cli/terminal.hpp"
#include "report/diff.hpp"
#include "report/merge.hpp"
#include "report/parse.hpp"

namespace vme::cli {
namespace {

struct ReportOptions {
  std::vector<std::string> results;
  std::string folder, tolerance = "20%";
  bool json = false;
};

Exit show(const ReportOptions& options) {
  require(options.results.size() == 1, "vme report show", "wants one DIR. name the folder of a run's results");
  const auto results = report::read(options.results.front());
  fmt::print("{}", options.json ? report::toJson(results) : summaryOf(results));
  return Exit::held;
}

double toleranceOf(const std::string& text) {
  const auto percent = text.ends_with('%') ? text.substr(0, text.size() - 1) : std::string("?");
  return decimal("--tolerance", percent, 0, 10'000) / 100;
}

std::string lines(const std::string& title, const std::vector<std::string>& all, Paint paint) {
  std::string out;
  for (const auto& one : all) out += fmt::format("  {}\n", painted(stdout, paint, one));
  return out.empty() ? out : title + "\n" + out;
}

std::string stepLines(const std::string& title, const std::vector<report::Difference::Step>& steps) {
  std::string out;
  for (const auto& one : steps) {
    out += fmt::format("  {} {}: {} to {}\n", one.step, one.percentile, duration(one.before), duration(one.after));
  }
  return out.empty() ? out : title + "\n" + out;
}

std::string textOf(const report::Difference& difference) {
  constexpr std::size_t kShown = 20;
  std::string out;
  out += lines("newly failing", difference.newlyFailing, Paint::bad);
  out += lines("newly holding", difference.newlyHolding, Paint::good);
  out += lines("best practice newly broken", difference.practicesFailing, Paint::bad);
  out += lines("best practice newly kept", difference.practicesPassing, Paint::good);
  std::string outcomes;
  for (const auto& one : difference.outcomes) {
    outcomes += fmt::format("  {}: {} to {}\n", one.reason, one.before, one.after);
  }
  if (!outcomes.empty()) out += "machines by outcome\n" + outcomes;
  out += stepLines("slower", difference.slower) + stepLines("faster", difference.faster);
  std::string fates;
  for (std::size_t i = 0; i < std::min(kShown, difference.fates.size()); ++i) {
    const auto& one = difference.fates[i];
    fates += fmt::format("  {}: {}, was {}\n", one.machine, one.after, one.before);
  }
  if (!fates.empty()) out += fmt::format("machines with another end: {}\n{}", difference.fates.size(), fates);
  if (difference.fates.size() > kShown) out += "  ... (--json tells them all)\n";
  if (out.empty()) out = "nothing changed beyond the tolerance\n";
  return out + fmt::format("verdict: {}, was {}: {}\n", report::wordOf(difference.verdictAfter),
                           report::wordOf(difference.verdictBefore),
                           difference.isWorse() ? painted(stdout, Paint::bad, "worse")
                                                : painted(stdout, Paint::good, "not worse"));
}

Exit diff(const ReportOptions& options) {
  require(options.results.size() == 2, "vme report diff", "wants two: A B. name the results before and after");
  const auto difference = report::differenceOf(report::read(options.results[0]), report::read(options.results[1]),
                                               toleranceOf(options.tolerance));
  fmt::print("{}", options.json ? report::toJson(difference) + "\n" : textOf(difference));
  return difference.isWorse() ? Exit::expectationFailed : Exit::held;
}

Exit merge(const ReportOptions& options) {
  require(options.results.size() >= 2, "vme report merge", "wants two or more. name the results of several runs");
  require(!options.folder.empty(), "vme report merge", "no --report DIR given. name the folder for the results");
  std::vector<report::Results> runs;
  for (const auto& one : options.results) runs.push_back(report::read(one));
  const auto results = report::merged(runs, options.results);
  report::write(options.folder, results);
  fmt::print("{}report: {}/\n", options.json ? report::toJson(results) : summaryOf(results), options.folder);
  return Exit::held;
}

CLI::App* addResults(CLI::App* app, ReportOptions& options, const std::string& type) {
  addOption(app, "RESULTS", options.results, type, "the folder of a run's results, or its results.json");
  addFlag(app, "--json", options.json, "as JSON");
  return app;
}

}  // namespace

void addReport(Cli& cli) {
  auto options = std::make_shared<ReportOptions>();
  auto* app = cli.add(cli.root(),
                      {"report",
                       "shows, compares and puts together results",
                       kLookUp,
                       {"vme report show vme-report/quickstart", "vme report diff before after"}},
                      {});
  addResults(cli.add(app,
                     {"show",
                      "the summary of a run again",
                      "",
                      {"vme report show vme-report/quickstart", "vme report show results.json --json"}},
                     [options] { return show(*options); }),
             *options, "DIR");
  auto* compare = cli.add(app,
                          {"diff",
                           "what changed from one run to another; exit 1 when it got worse",
                           "",
                           {"vme report diff before after", "vme report diff before after --tolerance 50% --json"}},
                          [options] { return diff(*options); });
  addResults(compare, *options, "DIR");
  addOption(compare, "--tolerance", options->tolerance, "PERCENT", "by how much a step may take longer; default 20%");
  auto* together = cli.add(app,
                           {"merge",
                            "several runs of one scenario, such as its shards, as one",
                            "",
                            {"vme report merge shard-1 shard-2 --report all", "vme report merge shard-* --report all"}},
                           [options] { return merge(*options); });
  addResults(together, *options, "DIR");
  addOption(together, "--report", options->folder, "DIR", "where the results go");
}

}  // namespace vme::cli

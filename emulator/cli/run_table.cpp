#include "cli/run_table.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cli/progress.hpp"
#include "cli/terminal.hpp"
#include "net/replace_file.hpp"

namespace vme::cli {
namespace {

std::size_t countOf(const std::vector<report::Results>& runs, report::Verdict verdict) {
  return static_cast<std::size_t>(std::ranges::count(runs, verdict, &report::Results::verdict));
}

std::string fieldText(const report::Results& results) {
  return results.field ? fmt::format("{}", fmt::join(results.field->ids, " ")) : "";
}

}  // namespace

std::string whatFailed(const report::Results& results) {
  if (results.verdict == report::Verdict::held) return {};
  std::string text;
  std::size_t more = 0;
  for (const auto& expectation : results.expectations) {
    if (expectation.held) continue;
    if (text.empty()) {
      text = fmt::format("{} (seen {})", expectation.text, expectation.seen);
    } else {
      ++more;
    }
  }
  if (more > 0) text += fmt::format(" and {} more", more);
  if (!results.error.empty()) text += (text.empty() ? "" : "; ") + results.error;
  return text;
}

void RunTable::add(report::Results results) {
  runs_.push_back(std::move(results));
  if (quiet_) return;
  const auto& last = runs_.back();
  const auto failed = whatFailed(last);
  fmt::print(stderr, "{}/{} {}: {} in {}{}\n", runs_.size(), total_, last.scenario, report::wordOf(last.verdict),
             duration(last.wallMs), failed.empty() ? "" : "   " + failed);
}

std::string RunTable::text() const {
  const bool hasField = std::ranges::any_of(runs_, [](const auto& one) { return one.field.has_value(); });
  std::vector<std::vector<std::string>> rows{{"scenario", "verdict", "machines", "provisioned", "time"}};
  if (hasField) rows.front().emplace_back("field");
  rows.front().emplace_back("what failed");
  for (const auto& run : runs_) {
    rows.push_back({run.scenario, std::string(report::wordOf(run.verdict)), std::to_string(run.machines.total),
                    std::to_string(run.machines.provisioned), duration(run.wallMs)});
    if (hasField) rows.back().push_back(fieldText(run));
    rows.back().push_back(whatFailed(run));
  }
  auto out = table(rows);
  double wallMs = 0;
  for (const auto& run : runs_) wallMs += run.wallMs;
  const auto held = countOf(runs_, report::Verdict::held);
  const auto word = fmt::format("{} of {} scenarios held", held, total_);
  out += painted(stdout, held == total_ ? Paint::good : Paint::bad, word);
  if (runs_.size() < total_) out += fmt::format(", {} not run", total_ - runs_.size());
  return out + fmt::format("   in {}\n", duration(wallMs));
}

std::string RunTable::json() const {
  std::string out = "[";
  for (std::size_t i = 0; i < runs_.size(); ++i) out += (i > 0 ? ",\n" : "\n") + report::toJson(runs_[i]);
  return out + "]";
}

void RunTable::write(const std::filesystem::path& junit) const {
  net::replaceFile(junit, report::toJunit(runs_), 0644);
}

Exit RunTable::exit() const {
  if (countOf(runs_, report::Verdict::interrupted) > 0 || runs_.size() < total_) return Exit::interrupted;
  if (countOf(runs_, report::Verdict::failed) > 0) return Exit::expectationFailed;
  return countOf(runs_, report::Verdict::error) > 0 ? Exit::environment : Exit::held;
}

}  // namespace vme::cli

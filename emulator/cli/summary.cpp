#include "cli/summary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "base/reasons.hpp"
#include "base/utf8.hpp"
#include "cli/progress.hpp"
#include "cli/terminal.hpp"

namespace vme::cli {
namespace {

struct ProfileRow {
  std::string profile;
  std::string method;
  report::MachineCounts machines;
  double p50 = 0, p95 = 0;  // of the slowest group
};

void add(report::MachineCounts& sum, const report::MachineCounts& more) {
  sum.total += more.total;
  sum.provisioned += more.provisioned;
  sum.refused += more.refused;
  sum.failed += more.failed;
  sum.idle += more.idle;
}

std::vector<ProfileRow> byProfile(const std::vector<report::GroupResult>& groups) {
  std::vector<ProfileRow> rows;
  for (const auto& group : groups) {
    auto row = std::ranges::find(rows, group.profile, &ProfileRow::profile);
    if (row == rows.end()) row = rows.insert(rows.end(), ProfileRow{group.profile, group.provisioning, {}, 0, 0});
    if (row->method.find(group.provisioning) == std::string::npos) row->method += "+" + group.provisioning;
    add(row->machines, group.machines);
    row->p50 = std::max(row->p50, group.p50);
    row->p95 = std::max(row->p95, group.p95);
  }
  std::ranges::sort(rows, {}, &ProfileRow::profile);
  return rows;
}

std::vector<std::string> cells(const std::string& name, const std::string& method,
                               const report::MachineCounts& counts) {
  return {name,
          method,
          std::to_string(counts.total),
          std::to_string(counts.provisioned),
          std::to_string(counts.refused),
          std::to_string(counts.failed),
          std::to_string(counts.idle)};
}

std::string profileTable(const report::Results& results) {
  std::vector<std::vector<std::string>> rows{
      {"profile", "by", "machines", "provisioned", "refused", "failed", "idle", "p50 ms", "p95 ms"}};
  for (const auto& row : byProfile(results.groups)) {
    rows.push_back(cells(row.profile, row.method, row.machines));
    rows.back().push_back(fmt::format("{:.0f}", row.p50));
    rows.back().push_back(fmt::format("{:.0f}", row.p95));
  }
  rows.push_back(cells("all", "", results.machines));
  return table(rows);
}

std::string expectationLines(const report::Results& results) {
  std::string out;
  for (const auto& expectation : results.expectations) {
    const auto mark = expectation.held ? painted(stdout, Paint::good, "held  ") : painted(stdout, Paint::bad, "FAILED");
    out += fmt::format("  {}  {}  (seen {})", mark, expectation.text, expectation.seen);
    out += expectation.held ? "\n" : fmt::format(", wanted {}, {}\n", expectation.wanted, expectation.where);
  }
  return out.empty() ? out : "expectations\n" + out;
}

std::string failureLines(const report::Results& results) {
  std::string out;
  for (const auto& failure : results.failures) {
    const auto reason = reasonFromWord(failure.reason);
    out += fmt::format("  {} x {}: {}\n", failure.count, failure.reason, reason ? meaningOf(*reason) : "");
    out += fmt::format("      first {} {} at {}{}\n", failure.machine, failure.address,
                       failure.at.empty() ? "the start" : failure.at,
                       failure.trace.empty() ? "" : ": " + readable(failure.trace));
  }
  return out.empty() ? out : "refused and failed\n" + out;
}

/// The rules of the audit that failed, and how many did not.
std::string practiceLines(const report::Results& results) {
  using Result = report::PracticeResult::Result;
  if (results.bestPractice.empty()) return {};
  std::string out;
  std::size_t passed = 0, notSeen = 0;
  for (const auto& rule : results.bestPractice) {
    if (rule.result == Result::pass) ++passed;
    if (rule.result == Result::notSeen) ++notSeen;
    if (rule.result != Result::fail) continue;
    out += fmt::format("  {}  {}  {}\n", painted(stdout, Paint::bad, "FAILED"), rule.id, readable(rule.evidence));
  }
  const auto failed = results.bestPractice.size() - passed - notSeen;
  return fmt::format("best practice: {} passed, {} failed, {} not seen\n{}", passed, failed, notSeen, out);
}

}  // namespace

std::string summaryOf(const report::Results& results) {
  const auto good = results.verdict == report::Verdict::held;
  auto out = profileTable(results) + expectationLines(results) + practiceLines(results) + failureLines(results);
  out += fmt::format("verdict: {}   {} of {} provisioned in {}",
                     painted(stdout, good ? Paint::good : Paint::bad, report::wordOf(results.verdict)),
                     results.machines.provisioned, results.machines.total, duration(results.wallMs));
  if (results.provisionedBefore > 0) out += fmt::format(", {} of them before this run", results.provisionedBefore);
  if (!results.error.empty()) out += "   " + results.error;
  out += fmt::format("   seed {}, TLS {}, clock {}\n", results.seed, results.tls, results.clockSpeed);
  const auto unlike = report::notFaithful(results);
  return unlike.empty() ? out : out + unlike + "\n";
}

}  // namespace vme::cli

// JUnit's XML as CI servers read it: each expectation is a case, and each group with failed machines.

#include <fmt/format.h>

#include <map>

#include "report/escape.hpp"
#include "report/results.hpp"

namespace vme::report {
namespace {

struct Case {
  std::string kind;  // expectations, groups
  std::string name;
  std::string failure;  // empty: passed
  std::string output;
};

Case caseOf(const Expectation& expectation) {
  Case result{.kind = "expectations", .name = expectation.text, .failure = {}, .output = {}};
  if (expectation.held) {
    result.output = "seen " + expectation.seen;
  } else {
    result.failure = fmt::format("{}: wanted {}, seen {}", expectation.where, expectation.wanted, expectation.seen);
  }
  return result;
}

/// One case a group, over all its profiles. Failed machines that the expectations allow do not fail the case: exit
/// status and JUnit say the same.
std::vector<Case> groupCases(const Results& results) {
  std::map<std::string, std::pair<MachineCounts, std::map<std::string, std::uint64_t>>> groups;
  for (const auto& group : results.groups) {
    auto& [counts, outcomes] = groups[group.name];
    counts.total += group.machines.total;
    counts.failed += group.machines.failed;
    for (const auto& [reason, count] : group.outcomes) outcomes[reason] += count;
  }
  std::vector<Case> cases;
  for (const auto& [name, group] : groups) {
    const auto& [counts, outcomes] = group;
    if (counts.failed == 0) continue;
    std::string text = fmt::format("{} of {} machines failed:", counts.failed, counts.total);
    for (const auto& [reason, count] : outcomes) text += fmt::format(" {} x {}", count, reason);
    const bool held = results.verdict == Verdict::held;
    cases.push_back({.kind = "groups", .name = name, .failure = held ? "" : text, .output = held ? text : ""});
  }
  return cases;
}

}  // namespace

std::string toJunit(const Results& results) {
  std::vector<Case> cases;
  for (const auto& expectation : results.expectations) cases.push_back(caseOf(expectation));
  for (auto& group : groupCases(results)) cases.push_back(std::move(group));
  std::size_t failures = 0;
  std::string body;
  for (const auto& one : cases) {
    body += fmt::format("    <testcase classname=\"{}.{}\" name=\"{}\" time=\"{:.3f}\">", escaped(results.scenario),
                        one.kind, escaped(one.name), results.wallMs / 1000);
    if (!one.failure.empty()) {
      ++failures;
      body += fmt::format("<failure type=\"{}\" message=\"{}\"/>", one.kind, escaped(one.failure));
    }
    if (!one.output.empty()) body += fmt::format("<system-out>{}</system-out>", escaped(one.output));
    body += "</testcase>\n";
  }
  const bool broken = results.verdict == Verdict::interrupted || results.verdict == Verdict::error;
  if (broken) {
    body += fmt::format(
        "    <testcase classname=\"{}.run\" name=\"verdict\"><error type=\"{}\" message=\"{}\"/></testcase>\n",
        escaped(results.scenario), wordOf(results.verdict), escaped(results.error));
  }
  const auto attributes =
      fmt::format("name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" time=\"{:.3f}\"", escaped(results.scenario),
                  cases.size() + (broken ? 1 : 0), failures, broken ? 1 : 0, results.wallMs / 1000);
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites {0}>\n  <testsuite {0} timestamp=\"{1}\">\n"
      "{2}  </testsuite>\n</testsuites>\n",
      attributes, escaped(results.started), body);
}

}  // namespace vme::report

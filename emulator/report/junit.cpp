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

/// Of an element's text and attributes: a run of white space counts as one space there.
std::string token(std::string_view text) {
  std::string out;
  for (const auto c : text) {
    const bool space = c == ' ' || c == '\n' || c == '\t' || c == '\r';
    if (!space) out += c;
    if (space && !out.empty() && out.back() != ' ') out += ' ';
  }
  if (out.ends_with(' ')) out.pop_back();
  return escaped(out);
}

/// Without a zone, as Ant wants it. A run that never started has a time all the same.
std::string timestamp(const std::string& started) {
  return started.empty() ? "1970-01-01T00:00:00" : escaped(started.substr(0, started.find('Z')));
}

/// Both usual schemas take it: Ant's, which wants every attribute and has output only at the suite, and Jenkins'.
std::string suite(const Results& results, std::size_t id) {
  std::vector<Case> cases;
  for (const auto& expectation : results.expectations) cases.push_back(caseOf(expectation));
  for (auto& group : groupCases(results)) cases.push_back(std::move(group));
  std::size_t failures = 0;
  std::string body, output;
  const auto add = [&](const Case& one, std::string_view element) {
    body += fmt::format("    <testcase classname=\"{}.{}\" name=\"{}\" time=\"{:.3f}\">", token(results.scenario),
                        one.kind, token(one.name), results.wallMs / 1000);
    if (!one.failure.empty()) {
      body += fmt::format("<{0} type=\"{1}\" message=\"{2}\">{2}</{0}>", element, one.kind, escaped(one.failure));
    }
    body += "</testcase>\n";
    if (!one.output.empty()) output += fmt::format("{}: {}\n", one.name, one.output);
  };
  for (const auto& one : cases) {
    failures += one.failure.empty() ? 0U : 1U;
    add(one, "failure");
  }
  const bool broken = results.verdict == Verdict::interrupted || results.verdict == Verdict::error;
  if (broken) {
    const std::string why = results.error.empty() ? "the run did not come to its end" : results.error;
    add({.kind = std::string(wordOf(results.verdict)), .name = "verdict", .failure = why, .output = {}}, "error");
  }
  return fmt::format(
      "  <testsuite name=\"{0}\" package=\"{0}\" id=\"{1}\" hostname=\"localhost\" timestamp=\"{2}\" tests=\"{3}\" "
      "failures=\"{4}\" errors=\"{5}\" time=\"{6:.3f}\">\n    <properties>\n      <property name=\"seed\" "
      "value=\"{7}\"/>\n      <property name=\"tls\" value=\"{8}\"/>\n    </properties>\n{9}    "
      "<system-out>{10}</system-out>\n    <system-err>{11}</system-err>\n  </testsuite>\n",
      token(results.scenario), id, timestamp(results.started), cases.size() + (broken ? 1 : 0), failures,
      broken ? 1 : 0, results.wallMs / 1000, results.seed, escaped(results.tls), body, escaped(output),
      escaped(results.error));
}

}  // namespace

std::string toJunit(const std::vector<Results>& runs) {
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n";
  for (std::size_t i = 0; i < runs.size(); ++i) out += suite(runs[i], i);
  return out + "</testsuites>\n";
}

std::string toJunit(const Results& results) {
  return toJunit(std::vector{results});
}

}  // namespace vme::report

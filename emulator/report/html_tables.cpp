// The verdict and the tables of machines and expectations.

#include <fmt/format.h>

#include <algorithm>

#include "base/reasons.hpp"
#include "report/escape.hpp"
#include "report/html_parts.hpp"

namespace vme::report {
namespace {

std::string countCells(const MachineCounts& machines) {
  return numberCell(machines.total, "total") + numberCell(machines.provisioned, "provisioned", "good") +
         numberCell(machines.refused, "refused") + numberCell(machines.failed, "failed", "bad") +
         numberCell(machines.idle, "idle");
}

/// Of those that were provisioned; there may be none.
std::string timeOf(const GroupResult& group, double ms) {
  return group.machines.provisioned == 0 ? "–" : milliseconds(ms);
}

constexpr std::string_view kCountHeads =
    "<th class=\"n\">machines</th><th class=\"n\">provisioned</th><th class=\"n\">refused</th>"
    "<th class=\"n\">failed</th><th class=\"n\">idle</th><th class=\"n\">p50</th><th class=\"n\">p95</th>";

/// What did not hold, in words, each with what explains it.
std::string reasonsWhy(const Results& results) {
  std::string out;
  const auto add = [&](const std::string& text) { out += "<li>" + text + "</li>"; };
  if (!results.error.empty()) add(escaped(results.error));
  for (const auto& one : results.expectations) {
    if (one.held) continue;
    add(fmt::format("<b>{}</b> does not hold: seen {}, wanted {} <span class=\"soft\">{}</span>", escaped(one.text),
                    escaped(one.seen), escaped(one.wanted), escaped(one.where)));
  }
  for (const auto& rule : results.bestPractice) {
    if (rule.result == PracticeResult::Result::fail) {
      add(fmt::format("best practice <b>{}</b> was broken: {}", escaped(rule.id), escaped(rule.evidence)));
    }
  }
  if (!out.empty() && results.verdict != Verdict::held) {
    for (const auto& failure : results.failures) {
      const auto reason = reasonFromWord(failure.reason);
      add(fmt::format("{} × <a class=\"inner\" href=\"#failure-{}\">{}</a>{}", failure.count, escaped(failure.reason),
                      escaped(failure.reason), reason ? ": " + escaped(meaningOf(*reason)) : ""));
    }
  }
  return out.empty() ? "<p class=\"why good\">Everything that the scenario expects holds.</p>"
                     : "<ul class=\"why\">" + out + "</ul>";
}

}  // namespace

std::string verdictPart(const Results& results) {
  const auto word = wordOf(results.verdict);
  auto out = fmt::format(
      "<header data-verdict=\"{1}\"><h1>{0} <span class=\"verdict {1}\">{1}</span></h1>\n"
      "<p class=\"facts\">{2} · {3} · seed {4} · clock {5} · TLS {6} · vme {7}</p>\n",
      escaped(results.scenario), word, escaped(results.started), milliseconds(results.wallMs), results.seed,
      escaped(results.clockSpeed), escaped(results.tls),
      escaped(results.environment.version.empty() ? VME_VERSION : results.environment.version));
  out += reasonsWhy(results);
  if (!results.mergedFrom.empty()) {
    out += fmt::format(
        "<p class=\"soft\">{} runs put together. Percentiles come from added histograms and are up to 2 "
        "% too high; an expectation holds when it held in each run.</p>",
        results.mergedFrom.size());
  }
  const auto& machines = results.machines;
  out += "<div class=\"tiles\">";
  const std::pair<std::string_view, std::uint64_t> tiles[] = {{"total", machines.total},
                                                              {"provisioned", machines.provisioned},
                                                              {"refused", machines.refused},
                                                              {"failed", machines.failed},
                                                              {"idle", machines.idle}};
  for (const auto& [name, count] : tiles) {
    out += fmt::format("<div data-machines=\"{0}\" data-value=\"{1}\"><b>{1}</b>{2}</div>", name, count,
                       name == "total" ? "machines" : name);
  }
  return out + "</div></header>\n";
}

std::string expectationPart(const Results& results) {
  if (results.expectations.empty()) return {};
  std::string rows;
  for (const auto& one : results.expectations) {
    rows += fmt::format(
        "<tr data-held=\"{}\"><td class=\"{}\">{}</td><td>{}</td><td>{}</td><td>{}</td><td "
        "class=\"soft\">{}</td></tr>\n",
        one.held, one.held ? "good" : "bad", one.held ? "✓ held" : "✗ failed", escaped(one.text), escaped(one.wanted),
        escaped(one.seen), escaped(one.where));
  }
  return "<table id=\"expectations\"><thead><tr><th></th><th>expectation</th><th>wanted</th><th>seen</th><th>where</th>"
         "</tr></thead><tbody>\n" +
         rows + "</tbody></table>";
}

std::string tablePart(const std::vector<GroupResult>& groups, bool named) {
  if (groups.empty()) return {};
  std::string rows;
  for (const auto& group : groups) {
    rows += fmt::format(
        "<tr data-group=\"{}\" data-profile=\"{}\">{}<td>{}</td><td>{}</td>{}<td class=\"n\">{}</td>"
        "<td class=\"n\">{}</td></tr>\n",
        escaped(group.name), escaped(group.profile), named ? "<td>" + escaped(group.name) + "</td>" : "",
        escaped(group.profile), escaped(group.provisioning), countCells(group.machines), timeOf(group, group.p50),
        timeOf(group, group.p95));
  }
  return fmt::format(
      "<table id=\"{}\"><thead><tr>{}<th>profile</th><th>by</th>{}</tr></thead><tbody>\n{}</tbody></table>",
      named ? "groups" : "profiles", named ? "<th>group</th>" : "", kCountHeads, rows);
}

}  // namespace vme::report

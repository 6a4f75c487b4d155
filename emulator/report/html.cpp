// The report as one page for people.

#include <fmt/format.h>

#include <algorithm>

#include "base/reasons.hpp"
#include "report/escape.hpp"
#include "report/html_style.hpp"
#include "report/results.hpp"

namespace vme::report {
namespace {

std::string milliseconds(double ms) {
  if (ms >= 60'000) return fmt::format("{:.1f} min", ms / 60'000);
  if (ms >= 1000) return fmt::format("{:.2f} s", ms / 1000);
  return fmt::format("{:.{}f} ms", ms, ms < 10 ? 1 : 0);
}

std::string section(std::string_view title, const std::string& body) {
  return body.empty() ? "" : fmt::format("<section><h2>{}</h2>{}</section>\n", title, body);
}

std::string numberCell(std::uint64_t value, std::string_view look = {}) {
  if (value == 0) return "<td class=\"n soft\">0</td>";
  return fmt::format("<td class=\"n {}\">{}</td>", look, value);
}

std::string head(const Results& results) {
  const auto word = wordOf(results.verdict);
  auto out = fmt::format("<h1>{}<span class=\"verdict {}\">{}</span></h1>\n", escaped(results.scenario), word, word);
  out += fmt::format("<p class=\"facts\">{} · {} · seed {} · clock {} · TLS {} · vme {}</p>\n",
                     escaped(results.started), milliseconds(results.wallMs), results.seed, escaped(results.clockSpeed),
                     escaped(results.tls), VME_VERSION);
  if (!results.error.empty()) out += fmt::format("<p class=\"bad\">{}</p>\n", escaped(results.error));
  const auto& machines = results.machines;
  out += "<div class=\"tiles\">";
  const std::pair<std::string_view, std::uint64_t> tiles[] = {{"machines", machines.total},
                                                              {"provisioned", machines.provisioned},
                                                              {"refused", machines.refused},
                                                              {"failed", machines.failed},
                                                              {"idle", machines.idle}};
  for (const auto& [name, count] : tiles) out += fmt::format("<div><b>{}</b>{}</div>", count, name);
  return out + "</div>\n";
}

std::string expectationTable(const Results& results) {
  if (results.expectations.empty()) return {};
  std::string rows;
  for (const auto& one : results.expectations) {
    rows +=
        fmt::format("<tr><td class=\"{}\">{}</td><td>{}</td><td>{}</td><td>{}</td><td class=\"soft\">{}</td></tr>\n",
                    one.held ? "good" : "bad", one.held ? "held" : "failed", escaped(one.text), escaped(one.wanted),
                    escaped(one.seen), escaped(one.where));
  }
  return "<table><thead><tr><th></th><th>expectation</th><th>wanted</th><th>seen</th><th>where</th></tr></"
         "thead><tbody>\n" +
         rows + "</tbody></table>";
}

std::string countCells(const MachineCounts& machines) {
  return numberCell(machines.total) + numberCell(machines.provisioned, "good") + numberCell(machines.refused) +
         numberCell(machines.failed, "bad") + numberCell(machines.idle);
}

constexpr std::string_view kCountHeads =
    "<th class=\"n\">machines</th><th class=\"n\">provisioned</th><th class=\"n\">refused</th>"
    "<th class=\"n\">failed</th><th class=\"n\">idle</th><th class=\"n\">p50</th><th class=\"n\">p95</th>";

std::string groupTable(const std::vector<GroupResult>& groups, bool named) {
  if (groups.empty()) return {};
  std::string rows;
  for (const auto& group : groups) {
    rows += fmt::format("<tr>{}<td>{}</td><td>{}</td>{}<td class=\"n\">{}</td><td class=\"n\">{}</td></tr>\n",
                        named ? "<td>" + escaped(group.name) + "</td>" : "", escaped(group.profile),
                        escaped(group.provisioning), countCells(group.machines), milliseconds(group.p50),
                        milliseconds(group.p95));
  }
  return fmt::format("<table><thead><tr>{}<th>profile</th><th>by</th>{}</tr></thead><tbody>\n{}</tbody></table>",
                     named ? "<th>group</th>" : "", kCountHeads, rows);
}

/// A bar a step on one common scale: p50 dark, p95 light, a line to the maximum.
std::string stepBars(const std::vector<StepResult>& steps) {
  if (steps.empty()) return {};
  constexpr double kLeft = 190, kWidth = 470, kRow = 22;
  double longest = 0.001;
  for (const auto& step : steps) longest = std::max(longest, step.max);
  const auto length = [&](double ms) { return ms / longest * kWidth; };
  std::string rows;
  double y = 0;
  for (const auto& step : steps) {
    const double middle = y + 10;
    rows += fmt::format("<text x=\"0\" y=\"{:.0f}\">{}</text>", y + 14, escaped(step.step));
    rows += fmt::format("<line class=\"max\" x1=\"{0}\" x2=\"{1:.1f}\" y1=\"{2:.0f}\" y2=\"{2:.0f}\"/>", kLeft,
                        kLeft + length(step.max), middle);
    rows += fmt::format("<rect class=\"p95\" x=\"{}\" y=\"{:.0f}\" width=\"{:.1f}\" height=\"12\"/>", kLeft, y + 4,
                        length(step.p95));
    rows += fmt::format("<rect class=\"p50\" x=\"{}\" y=\"{:.0f}\" width=\"{:.1f}\" height=\"12\"/>", kLeft, y + 4,
                        length(step.p50));
    rows += fmt::format("<text class=\"soft\" x=\"{}\" y=\"{:.0f}\">{} / {} / {} / {} × {}</text>\n",
                        kLeft + kWidth + 12, y + 14, milliseconds(step.p50), milliseconds(step.p95),
                        milliseconds(step.p99), milliseconds(step.max), step.count);
    y += kRow;
  }
  return fmt::format(
      "<p class=\"soft\">p50 (dark), p95 (light), maximum (line); at the right p50 / p95 / p99 / max × count"
      "</p><svg viewBox=\"0 0 1000 {:.0f}\" role=\"img\" aria-label=\"time of each step\">\n{}</svg>",
      y + 4, rows);
}

std::string failureTable(const std::vector<FailureResult>& failures) {
  if (failures.empty()) return {};
  std::string rows;
  for (const auto& failure : failures) {
    const auto reason = reasonFromWord(failure.reason);
    rows += fmt::format(
        "<tr><td class=\"n\">{}</td><td><b>{}</b><br><span class=\"soft\">{}</span></td>"
        "<td><code>{}</code> {}<br>{}{}</td></tr>\n",
        failure.count, escaped(failure.reason), reason ? escaped(meaningOf(*reason)) : "", escaped(failure.machine),
        escaped(failure.address), failure.at.empty() ? "" : "at " + escaped(failure.at) + ": ", escaped(failure.trace));
  }
  return "<table><thead><tr><th class=\"n\">machines</th><th>reason</th><th>first example</th></tr></thead><tbody>\n" +
         rows + "</tbody></table>";
}

std::string healthTable(const Health& health) {
  const auto row = [](std::string_view name, const std::string& value) {
    return fmt::format("<tr><td class=\"soft\">{}</td><td>{}</td></tr>", name, value);
  };
  return "<table><tbody>" + row("limited by", escaped(health.limitedBy)) +
         row("fleet",
             fmt::format("{:.0f} % of a core, {:.2f} CPU s", health.fleetCpuShare * 100, health.fleetCpuSeconds)) +
         row("service point", fmt::format("{:.0f} % of a core, {:.2f} CPU s", health.servicePointCpuShare * 100,
                                          health.servicePointCpuSeconds)) +
         row("worst delay of an event loop", milliseconds(health.loopLagMs)) +
         row("late timers", fmt::format("{}", health.lateTimers)) +
         row("descriptors", fmt::format("{} of {}", health.descriptorsUsed, health.descriptorsLimit)) +
         "</tbody></table>";
}

std::string faithfulness(const Results& results) {
  const auto text = notFaithful(results);
  return text.empty() ? text : "<p>" + escaped(text) + "</p>";
}

}  // namespace

std::string toHtml(const Results& results) {
  return fmt::format(
             "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
             "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>{}: {}</title>\n"
             "<style>{}</style></head><body><main>\n",
             escaped(results.scenario), wordOf(results.verdict), kStyle) +
         head(results) + section("Expectations", expectationTable(results)) +
         section("By profile", groupTable(results.profiles, false)) +
         section("By group", groupTable(results.groups, true)) +
         section("Refused and failed", failureTable(results.failures)) +
         section("Time of each step", stepBars(results.steps)) + section("Health", healthTable(results.health)) +
         section("Not as the firmware was", faithfulness(results)) + "</main></body></html>\n";
}

}  // namespace vme::report

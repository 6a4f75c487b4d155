// The drawn parts: states over time, arrival against completion, how long each step took.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ranges>

#include "report/escape.hpp"
#include "report/html_parts.hpp"
#include "report/plot.hpp"

namespace vme::report {
namespace {

struct State {
  std::string_view look, name;
  std::uint64_t TimelinePoint::* count;
};
// From the bottom of the stack: what a run is for comes first.
constexpr std::array kStates{State{"operational", "operational", &TimelinePoint::operational},
                             State{"in-setup", "in set-up", &TimelinePoint::inSetup},
                             State{"factory", "factory, come up", &TimelinePoint::factory},
                             State{"waiting", "still to come", &TimelinePoint::waiting}};

std::string legend(const std::vector<std::pair<std::string, std::string>>& entries) {
  std::string out = "<p class=\"legend\">";
  for (const auto& [look, name] : entries) out += fmt::format("<span><i class=\"{}\"></i>{}</span>", look, name);
  return out + "</p>";
}

/// A layer of the stack: along its upper edge, back along its lower one.
std::string layer(const std::vector<TimelinePoint>& points, const TimePlot& plot, std::size_t state) {
  const auto upTo = [&](const TimelinePoint& point, std::size_t count) {
    double sum = 0;
    for (std::size_t i = 0; i < count; ++i) sum += static_cast<double>(point.*kStates[i].count);
    return sum;
  };
  std::string path;
  for (const auto& point : points) {
    path += fmt::format("{:.1f},{:.1f} ", plot.x(point.ms), plot.y(upTo(point, state + 1)));
  }
  for (const auto& point : points | std::views::reverse) {
    path += fmt::format("{:.1f},{:.1f} ", plot.x(point.ms), plot.y(upTo(point, state)));
  }
  return fmt::format("<polygon class=\"{0}\" points=\"{1}\"><title>{2}</title></polygon>", kStates[state].look, path,
                     kStates[state].name);
}

std::string curve(const std::vector<TimelinePoint>& points, const TimePlot& plot, std::string_view look,
                  std::uint64_t TimelinePoint::* count) {
  std::string path;
  for (const auto& point : points) {
    path += fmt::format("{:.1f},{:.1f} ", plot.x(point.ms), plot.y(static_cast<double>(point.*count)));
  }
  return fmt::format("<polyline class=\"{}\" points=\"{}\"/>", look, path);
}

struct Row {
  std::string name;
  const StepResult* step;
};

/// A line a row on one logarithmic scale: p50 full, p95 hollow, a bar at p99, the line on to the maximum.
std::string durations(const std::vector<Row>& rows, const std::string& label) {
  constexpr double kLeft = 232, kWidth = 430, kRow = 22, kTop = 4, kText = 684;
  double least = 1e9, most = 1;
  for (const auto& row : rows) {
    least = std::min(least, row.step->p50);
    most = std::max(most, row.step->max);
  }
  const DurationScale scale(least, most, kLeft, kWidth);
  const double bottom = kTop + kRow * static_cast<double>(rows.size()) + 4;
  std::string out = scale.axis(kTop, bottom);
  double y = kTop + kRow / 2;
  for (const auto& [name, step] : rows) {
    out += fmt::format("<text x=\"0\" y=\"{:g}\">{}</text>", y + 4, escaped(name));
    out += fmt::format("<line class=\"span\" x1=\"{:.1f}\" x2=\"{:.1f}\" y1=\"{:g}\" y2=\"{:g}\"/>", scale.x(step->p50),
                       scale.x(step->max), y, y);
    out += fmt::format("<line class=\"p99\" x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1:g}\" y2=\"{2:g}\"/>",
                       scale.x(step->p99), y - 5, y + 5);
    out += fmt::format("<circle class=\"p95\" cx=\"{:.1f}\" cy=\"{:g}\" r=\"4.5\"/>", scale.x(step->p95), y);
    out += fmt::format("<circle class=\"p50\" cx=\"{:.1f}\" cy=\"{:g}\" r=\"4.5\"/>", scale.x(step->p50), y);
    out += fmt::format("<text class=\"soft\" x=\"{:g}\" y=\"{:g}\">{} / {} / {}</text>", kText, y + 4,
                       milliseconds(step->p50), milliseconds(step->p95), milliseconds(step->max));
    y += kRow;
  }
  const double height = bottom + 22;
  return fmt::format("<svg viewBox=\"0 0 900 {:g}\" role=\"img\" aria-label=\"{}\">{}</svg>", height, label, out);
}

const std::string& durationLegend() {
  static const auto kLegend =
      legend({{"dot p50", "p50"}, {"dot p95", "p95"}, {"bar p99", "p99"}, {"bar span", "to the maximum"}}) +
      "<p class=\"soft note\">Logarithmic scale. At the right p50 / p95 / maximum.</p>";
  return kLegend;
}

std::string stepCells(const StepResult& step) {
  return fmt::format(
      "<td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td "
      "class=\"n\">{}</td>",
      step.count, milliseconds(step.p50), milliseconds(step.p95), milliseconds(step.p99), milliseconds(step.max));
}

std::string stepData(const StepResult& step) {
  return fmt::format(
      "data-step=\"{}\" data-count=\"{}\" data-p50=\"{:.3f}\" data-p95=\"{:.3f}\" data-p99=\"{:.3f}\" "
      "data-max=\"{:.3f}\"",
      escaped(step.step), step.count, step.p50, step.p95, step.p99, step.max);
}

constexpr std::string_view kStepHeads =
    "<th class=\"n\">count</th><th class=\"n\">p50</th><th class=\"n\">p95</th><th class=\"n\">p99</th>"
    "<th class=\"n\">max</th>";

}  // namespace

std::string timelinePart(const Results& results) {
  const auto& points = results.timeline;
  if (points.size() < 2) return {};
  const TimePlot plot(points.back().ms, static_cast<double>(results.machines.total));
  std::string layers, last;
  std::vector<std::pair<std::string, std::string>> entries;
  for (std::size_t i = 0; i < kStates.size(); ++i) {
    layers += layer(points, plot, i);
    const auto end = points.back().*kStates[i].count;
    last += fmt::format(" data-{}=\"{}\"", kStates[i].look, end);
    entries.emplace_back(kStates[i].look, fmt::format("{} <b>{}</b>", kStates[i].name, end));
  }
  return fmt::format("<div id=\"timeline\" data-points=\"{}\"{}>", points.size(), last) + legend(entries) +
         plot.svg("machines by state over the run", layers + plot.axes("machines")) +
         "<p class=\"soft note\">Numbers: at the end of the run.</p></div>";
}

std::string throughputPart(const Results& results) {
  const auto& points = results.timeline;
  if (points.size() < 2) return {};
  const TimePlot plot(points.back().ms, static_cast<double>(results.machines.total));
  const auto& end = points.back();
  return fmt::format("<div id=\"throughput\" data-arrivals=\"{}\" data-completions=\"{}\">", end.arrivals,
                     end.completions) +
         legend({{"line arrivals", fmt::format("come up <b>{}</b>", end.arrivals)},
                 {"line completions", fmt::format("settled <b>{}</b>", end.completions)}}) +
         plot.svg("machines that came up against machines that were settled",
                  plot.axes("machines, so far") + curve(points, plot, "arrivals", &TimelinePoint::arrivals) +
                      curve(points, plot, "completions", &TimelinePoint::completions)) +
         "<p class=\"soft note\">Settled: provisioned, refused, or failed for good. The distance between the curves is "
         "what waits.</p></div>";
}

std::string stepPart(const std::vector<StepResult>& steps) {
  if (steps.empty()) return {};
  std::vector<Row> rows;
  std::string table;
  for (const auto& step : steps) {
    rows.push_back({step.step, &step});
    table += fmt::format("<tr {}><td>{}</td>{}</tr>\n", stepData(step), escaped(step.step), stepCells(step));
  }
  return durationLegend() + durations(rows, "time of each step") +
         fmt::format(
             "<details><summary>As a table</summary><table id=\"steps\"><thead><tr><th>step</th>{}</tr></thead>"
             "<tbody>\n{}</tbody></table></details>",
             kStepHeads, table);
}

std::string profileStepPart(const std::vector<GroupResult>& profiles) {
  std::vector<Row> rows;
  std::string table;
  for (const auto& profile : profiles) {
    for (const auto& step : profile.steps) {
      if (step.step == "whole") rows.push_back({profile.profile, &step});
      table += fmt::format("<tr data-profile=\"{0}\" {1}><td>{0}</td><td>{2}</td>{3}</tr>\n", escaped(profile.profile),
                           stepData(step), escaped(step.step), stepCells(step));
    }
  }
  if (table.empty()) return {};
  const auto plot = rows.empty() ? std::string() : durationLegend() + durations(rows, "whole time by profile");
  return plot + fmt::format(
                    "<details class=\"long\"><summary>Each step of each profile</summary><table "
                    "id=\"profile-steps\"><thead><tr><th>"
                    "profile</th><th>step</th>{}</tr></thead><tbody>\n{}</tbody></table></details>",
                    kStepHeads, table);
}

}  // namespace vme::report

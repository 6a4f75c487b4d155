#include "scenario/expectation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>

#include "base/nearest.hpp"
#include "scenario/judgement.hpp"

namespace vme::scenario {
namespace {

using Compare = Expect::Compare;

constexpr std::array<std::string_view, 5> kSigns{"", "< ", "<= ", "> ", ">= "};
constexpr std::array<std::pair<std::string_view, Fate>, 4> kSubjects{
    {{"provisioned", Fate::provisioned}, {"refused", Fate::refused}, {"failed", Fate::failed}, {"idle", Fate::idle}}};
constexpr std::array<std::pair<std::string_view, double>, 4> kQuantiles{
    {{"p50", 0.50}, {"p95", 0.95}, {"p99", 0.99}, {"max", 1.0}}};

}  // namespace

bool holds(Compare compare, double seen, double wanted) {
  constexpr double kRounding = 1e-6;  // of a share times a number of machines
  switch (compare) {
    case Compare::less:
      return seen < wanted - kRounding;
    case Compare::lessEqual:
      return seen <= wanted + kRounding;
    case Compare::greater:
      return seen > wanted + kRounding;
    case Compare::greaterEqual:
      return seen >= wanted - kRounding;
    case Compare::equal:
      break;
  }
  // A share of 33 % of 10 machines is 3 machines.
  return std::llround(seen) == std::llround(wanted);
}

std::string wantedText(const Expect& expect, std::string_view unit) {
  const double value = expect.isShare ? expect.wanted * 100 : expect.wanted;
  return fmt::format("{}{:.6g}{}", kSigns.at(std::to_underlying(expect.compare)), value, expect.isShare ? "%" : unit);
}

bool isAbout(const Expect& expect, const MachineFact& machine) {
  if (expect.machine) return machine.index == *expect.machine;
  return !expect.group || *expect.group == machine.group;
}

namespace {

bool isCounted(const Expect& expect, const MachineFact& machine) {
  if (expect.subject == "state") return machine::nameOf(machine.state) == expect.detail;
  if (expect.subject == "outcome") return wordOf(machine.reason) == expect.detail;
  for (const auto& [name, fate] : kSubjects) {
    if (name == expect.subject) return machine.fate == fate;
  }
  return false;
}

/// `none`: what is seen when nothing could be measured.
report::Expectation evaluateTimes(const Expect& expect, std::vector<double> times, std::string none) {
  report::Expectation result{.text = expect.text, .held = false, .seen = {}, .wanted = {}, .where = expect.where};
  result.wanted = wantedText(expect, " ms");
  if (times.empty()) {
    result.seen = std::move(none);
    return result;
  }
  double p = 1;
  for (const auto& [name, value] : kQuantiles) {
    if (name == expect.detail) p = value;
  }
  const double seen = report::quantile(times, p);
  result.held = holds(expect.compare, seen, expect.wanted);
  result.seen = fmt::format("{:.0f} ms", seen);
  return result;
}

report::Expectation evaluateTimeToProvision(const Expect& expect, const std::vector<MachineFact>& machines) {
  std::vector<double> times;
  bool before = false;
  for (const auto& machine : machines) {
    if (!isAbout(expect, machine)) continue;
    if (machine.wholeMs >= 0) times.push_back(machine.wholeMs);
    before = before || machine.before;
  }
  const bool isDone = times.empty() && before;
  auto result = evaluateTimes(expect, std::move(times),
                              isDone ? "all were provisioned before this run" : "no machine was provisioned");
  // A run that finds its work done has nothing to measure, and nothing to blame.
  result.held = result.held || isDone;
  return result;
}

report::Expectation evaluateStep(const Expect& expect, const std::vector<MachineFact>& machines,
                                 const Evidence& evidence) {
  std::vector<double> times;
  const bool isHello = expect.step == "hello", isWhole = expect.step == "whole";
  for (const auto& machine : machines) {
    if (!(isHello || isWhole) || !isAbout(expect, machine)) continue;
    if (expect.profile && *expect.profile != machine.profile) continue;
    const double ms = isHello ? machine.helloMs : machine.wholeMs;
    if (ms >= 0) times.push_back(ms);
  }
  if (!isHello && !isWhole && evidence.log) times = evidence.log->stepTimes(evidence.expect);
  std::vector<std::string> names;
  if (evidence.run) {
    for (const auto& step : evidence.run->steps) names.push_back(step.step);
  }
  const bool isKnown = std::ranges::find(names, expect.step) != names.end();
  return evaluateTimes(expect, std::move(times),
                       isKnown ? "no such machine took that step"
                               : fmt::format("no step \"{}\" was taken.{} there were {}", expect.step,
                                             didYouMean(expect.step, names), fmt::join(names, ", ")));
}

}  // namespace

report::Expectation evaluate(const Expect& expect, const std::vector<MachineFact>& machines, const Evidence& evidence) {
  if (expect.subject == "time_to_provision") return evaluateTimeToProvision(expect, machines);
  if (expect.subject == "step") return evaluateStep(expect, machines, evidence);
  if (!expect.events.empty() || expect.subject == "fired" || expect.subject == "best_practice") {
    return evaluateEvents(expect, machines, evidence);
  }
  std::uint64_t total = 0, counted = 0;
  for (const auto& machine : machines) {
    if (!isAbout(expect, machine)) continue;
    ++total;
    if (isCounted(expect, machine)) ++counted;
  }
  const double wanted = expect.isShare ? expect.wanted * static_cast<double>(total) : expect.wanted;
  return {.text = expect.text,
          .held = holds(expect.compare, static_cast<double>(counted), wanted),
          .seen = fmt::format("{} of {}", counted, total),
          .wanted = wantedText(expect, ""),
          .where = expect.where};
}

}  // namespace vme::scenario

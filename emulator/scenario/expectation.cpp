#include "scenario/expectation.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <optional>
#include <utility>

#include "scenario/judgement.hpp"

namespace vme::scenario {
namespace {

using Compare = Expect::Compare;

constexpr std::array<std::string_view, 5> kSigns{"", "< ", "<= ", "> ", ">= "};
constexpr std::array<std::pair<std::string_view, Fate>, 4> kSubjects{
    {{"provisioned", Fate::provisioned}, {"refused", Fate::refused}, {"failed", Fate::failed}, {"idle", Fate::idle}}};
constexpr std::array<std::pair<std::string_view, double>, 4> kQuantiles{
    {{"p50", 0.50}, {"p95", 0.95}, {"p99", 0.99}, {"max", 1.0}}};

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

bool isCounted(const Expect& expect, const MachineFact& machine) {
  if (expect.subject == "outcome") return wordOf(machine.reason) == expect.detail;
  for (const auto& [name, fate] : kSubjects) {
    if (name == expect.subject) return machine.fate == fate;
  }
  return false;
}

report::Expectation evaluateTime(const Expect& expect, std::vector<double> times, std::uint64_t before) {
  report::Expectation result{.text = expect.text, .held = false, .seen = {}, .wanted = {}, .where = expect.where};
  result.wanted = wantedText(expect, " ms");
  double p = 1;
  for (const auto& [name, value] : kQuantiles) {
    if (name == expect.detail) p = value;
  }
  if (times.empty()) {
    // A run that finds its work done has nothing to measure, and nothing to blame.
    result.held = before > 0;
    result.seen = before > 0 ? "all were provisioned before this run" : "no machine was provisioned";
    return result;
  }
  const double seen = report::quantile(times, p);
  result.held = holds(expect.compare, seen, expect.wanted);
  result.seen = fmt::format("{:.0f} ms", seen);
  return result;
}

}  // namespace

report::Expectation evaluate(const Expect& expect, const std::vector<MachineFact>& machines) {
  std::uint64_t total = 0, counted = 0, before = 0;
  std::vector<double> times;
  for (const auto& machine : machines) {
    if (expect.group && *expect.group != machine.group) continue;
    ++total;
    if (isCounted(expect, machine)) ++counted;
    if (machine.before) ++before;
    if (machine.wholeMs >= 0) times.push_back(machine.wholeMs);
  }
  if (expect.subject == "time_to_provision") return evaluateTime(expect, std::move(times), before);
  const double wanted = expect.isShare ? expect.wanted * static_cast<double>(total) : expect.wanted;
  return {.text = expect.text,
          .held = holds(expect.compare, static_cast<double>(counted), wanted),
          .seen = fmt::format("{} of {}", counted, total),
          .wanted = wantedText(expect, ""),
          .where = expect.where};
}

}  // namespace vme::scenario

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/nearest.hpp"
#include "scenario/expectation.hpp"
#include "scenario/machine_names.hpp"

namespace vme::scenario {
namespace {

report::Expectation begun(const Expect& expect) {
  return {.text = expect.text, .held = false, .seen = {}, .wanted = {}, .where = expect.where};
}

std::uint32_t numberOf(const Evidence& evidence, const MachineFact& machine) {
  return evidence.log ? evidence.log->numberOf(evidence.expect, machine.index) : 0;
}

std::string nameOf(const Evidence& evidence, std::uint32_t machine) {
  return evidence.scenario ? machineName(*evidence.scenario, machine) : std::to_string(machine);
}

std::string exampleText(const Evidence& evidence) {
  if (!evidence.log) return {};
  const auto& example = evidence.log->exampleOf(evidence.expect);
  if (!example) return {};
  return fmt::format(", first {}{}{}", nameOf(evidence, example->machine), example->text.empty() ? "" : ": ",
                     example->text);
}

report::Expectation evaluateOrder(const Expect& expect, const std::vector<MachineFact>& machines,
                                  const Evidence& evidence) {
  auto result = begun(expect);
  std::uint64_t total = 0, inOrder = 0;
  std::string stopped;
  for (const auto& machine : machines) {
    if (!isAbout(expect, machine)) continue;
    ++total;
    const auto reached = numberOf(evidence, machine);
    if (reached >= expect.events.size()) {
      ++inOrder;
    } else if (stopped.empty()) {
      stopped = fmt::format(", {} not as far as {}", nameOf(evidence, machine.index), expect.events[reached].word);
    }
  }
  const double wanted = expect.isShare ? expect.wanted * static_cast<double>(total) : expect.wanted;
  result.held = holds(expect.compare, static_cast<double>(inOrder), wanted);
  result.seen = fmt::format("{} of {}{}", inOrder, total, stopped);
  result.wanted = wantedText(expect, "");
  return result;
}

/// What must never be reached is a limit on each machine.
report::Expectation evaluateNever(const Expect& expect, const std::vector<MachineFact>& machines,
                                  const Evidence& evidence) {
  auto result = begun(expect);
  std::uint64_t total = 0, broken = 0;
  std::string first;
  for (const auto& machine : machines) {
    if (!isAbout(expect, machine)) continue;
    ++total;
    const auto number = numberOf(evidence, machine);
    if (!holds(expect.compare, number, expect.wanted)) continue;
    if (++broken == 1) first = fmt::format("{} {} times", nameOf(evidence, machine.index), number);
  }
  result.held = broken == 0;
  result.wanted = "never";
  result.seen = broken == 0 ? fmt::format("never, on {} machines", total)
                            : fmt::format("on {} of {} machines, as {}{}", broken, total, first, exampleText(evidence));
  return result;
}

report::Expectation evaluateCount(const Expect& expect, const std::vector<MachineFact>& machines,
                                  const Evidence& evidence) {
  auto result = begun(expect);
  std::uint64_t sum = 0, broken = 0, most = 0;
  std::string first;
  for (const auto& machine : machines) {
    if (!isAbout(expect, machine)) continue;
    const auto number = numberOf(evidence, machine);
    sum += number;
    most = std::max<std::uint64_t>(most, number);
    if (expect.perMachine && !holds(expect.compare, number, expect.wanted) && ++broken == 1) {
      first = fmt::format("{} {}", nameOf(evidence, machine.index), number);
    }
  }
  result.held = expect.perMachine ? broken == 0 : holds(expect.compare, static_cast<double>(sum), expect.wanted);
  result.wanted = wantedText(expect, expect.perMachine ? " each" : "");
  result.seen = !expect.perMachine ? fmt::format("{} in all", sum)
                : broken == 0      ? fmt::format("at most {} on a machine", most)
                                   : fmt::format("otherwise on {} machines, as {}", broken, first);
  return result;
}

report::Expectation evaluateFired(const Expect& expect, const Evidence& evidence) {
  auto result = begun(expect);
  result.wanted = wantedText(expect, "");
  std::vector<std::string> ids;
  if (evidence.run) {
    for (const auto& fault : evidence.run->faults) ids.push_back(fault.id);
    for (const auto& fault : evidence.run->faults) {
      if (fault.id != expect.detail) continue;
      result.held = holds(expect.compare, static_cast<double>(fault.fired), expect.wanted);
      result.seen = fmt::format("{} times, on {} machines that it was drawn for", fault.fired, fault.asked);
      return result;
    }
  }
  result.seen = fmt::format("no fault \"{}\" in this run.{}", expect.detail, didYouMean(expect.detail, ids));
  return result;
}

report::Expectation evaluatePractice(const Expect& expect, const Evidence& evidence) {
  using Result = report::PracticeResult::Result;
  auto result = begun(expect);
  result.wanted = "pass";
  const bool isAll = expect.detail == "all";
  std::vector<std::string> ids;
  std::uint64_t passed = 0, failed = 0, notSeen = 0;
  std::string evidenceText;
  if (evidence.run) {
    for (const auto& rule : evidence.run->bestPractice) {
      ids.push_back(rule.id);
      if (!isAll && rule.id != expect.detail) continue;
      ++(rule.result == Result::pass ? passed : rule.result == Result::fail ? failed : notSeen);
      if (rule.result == Result::fail) {
        evidenceText += fmt::format("{}{}: {}", evidenceText.empty() ? "" : "; ", rule.id, rule.evidence);
      }
    }
  }
  // Of all rules, those that the run gave no occasion for say nothing; one that is asked for by name must be seen.
  result.held = failed == 0 && passed > 0;
  if (passed + failed + notSeen == 0) {
    result.seen = isAll ? "no rule was judged"
                        : fmt::format("there is no rule \"{}\".{}", expect.detail, didYouMean(expect.detail, ids));
  } else if (failed > 0) {
    result.seen = std::move(evidenceText);
  } else {
    result.seen = fmt::format("{} passed, {} not seen", passed, notSeen);
  }
  return result;
}

}  // namespace

report::Expectation evaluateEvents(const Expect& expect, const std::vector<MachineFact>& machines,
                                   const Evidence& evidence) {
  if (expect.subject == "order") return evaluateOrder(expect, machines, evidence);
  if (expect.subject == "never") return evaluateNever(expect, machines, evidence);
  if (expect.subject == "fired") return evaluateFired(expect, evidence);
  if (expect.subject == "best_practice") return evaluatePractice(expect, evidence);
  return evaluateCount(expect, machines, evidence);
}

}  // namespace vme::scenario

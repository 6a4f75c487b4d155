#include "report/diff.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>
#include <map>

#include "base/json_text.hpp"

namespace vme::report {
namespace {

namespace json = boost::json;

constexpr double kLeastMs = 1;

void compareExpectations(const Results& before, const Results& after, Difference& difference) {
  for (const auto& now : after.expectations) {
    const auto then = std::ranges::find(before.expectations, now.text, &Expectation::text);
    const bool isNew = then == before.expectations.end();
    if (!now.held && (isNew || then->held)) difference.newlyFailing.push_back(now.text);
    if (now.held && !isNew && !then->held) difference.newlyHolding.push_back(now.text);
  }
}

void comparePractices(const Results& before, const Results& after, Difference& difference) {
  using enum PracticeResult::Result;
  for (const auto& now : after.bestPractice) {
    const auto then = std::ranges::find(before.bestPractice, now.id, &PracticeResult::id);
    const auto was = then == before.bestPractice.end() ? notSeen : then->result;
    if (now.result == fail && was != fail) difference.practicesFailing.push_back(now.id);
    if (now.result == pass && was == fail) difference.practicesPassing.push_back(now.id);
  }
}

void compareOutcomes(const Results& before, const Results& after, Difference& difference) {
  std::map<std::string, Difference::Count> counts;
  for (const auto& group : before.groups) {
    for (const auto& [reason, count] : group.outcomes) counts[reason].before += count;
  }
  for (const auto& group : after.groups) {
    for (const auto& [reason, count] : group.outcomes) counts[reason].after += count;
  }
  for (auto& [reason, count] : counts) {
    if (count.before == count.after) continue;
    count.reason = reason;
    difference.outcomes.push_back(count);
  }
}

void compareSteps(const Results& before, const Results& after, double tolerance, Difference& difference) {
  const auto compare = [&](const StepResult& now, const std::string& percentile, double was, double is) {
    if (std::abs(is - was) < std::max(kLeastMs, was * tolerance)) return;
    (is > was ? difference.slower : difference.faster).push_back({now.step, percentile, was, is});
  };
  for (const auto& now : after.steps) {
    const auto then = std::ranges::find(before.steps, now.step, &StepResult::step);
    if (then == before.steps.end()) continue;
    compare(now, "p50", then->p50, now.p50);
    compare(now, "p95", then->p95, now.p95);
  }
}

std::string fateOf(const MachineResult& machine) {
  return machine.outcome == machine.reason ? machine.outcome : machine.outcome + ": " + machine.reason;
}

void compareMachines(const Results& before, const Results& after, Difference& difference) {
  std::map<std::string, std::string> then;
  for (const auto& machine : before.machinesDetail) then[machine.name] = fateOf(machine);
  for (const auto& machine : after.machinesDetail) {
    const auto was = then.find(machine.name);
    const auto is = fateOf(machine);
    if (was == then.end()) {
      difference.fates.push_back({machine.name, "absent", is});
      continue;
    }
    if (was->second != is) difference.fates.push_back({machine.name, was->second, is});
    then.erase(was);
  }
  for (const auto& [name, was] : then) difference.fates.push_back({name, was, "absent"});
}

json::array texts(const std::vector<std::string>& all) {
  return json::array(all.begin(), all.end());
}

json::array stepsOf(const std::vector<Difference::Step>& steps) {
  json::array rows;
  for (const auto& one : steps) {
    rows.push_back(
        json::object{{"step", one.step}, {"percentile", one.percentile}, {"before", one.before}, {"after", one.after}});
  }
  return rows;
}

}  // namespace

bool Difference::isWorse() const {
  return !newlyFailing.empty() || !practicesFailing.empty() || verdictAfter > verdictBefore;
}

Difference differenceOf(const Results& before, const Results& after, double tolerance) {
  Difference difference;
  difference.verdictBefore = before.verdict;
  difference.verdictAfter = after.verdict;
  compareExpectations(before, after, difference);
  comparePractices(before, after, difference);
  compareOutcomes(before, after, difference);
  compareSteps(before, after, tolerance, difference);
  compareMachines(before, after, difference);
  return difference;
}

std::string toJson(const Difference& difference) {
  json::array outcomes, fates;
  for (const auto& one : difference.outcomes) {
    outcomes.push_back(json::object{{"reason", one.reason}, {"before", one.before}, {"after", one.after}});
  }
  for (const auto& one : difference.fates) {
    fates.push_back(json::object{{"machine", one.machine}, {"before", one.before}, {"after", one.after}});
  }
  return jsonLine(json::object{{"worse", difference.isWorse()},
                               {"verdict", json::object{{"before", jsonText(wordOf(difference.verdictBefore))},
                                                        {"after", jsonText(wordOf(difference.verdictAfter))}}},
                               {"expectations", json::object{{"newly_failing", texts(difference.newlyFailing)},
                                                             {"newly_holding", texts(difference.newlyHolding)}}},
                               {"best_practice", json::object{{"newly_failing", texts(difference.practicesFailing)},
                                                              {"newly_passing", texts(difference.practicesPassing)}}},
                               {"outcomes", std::move(outcomes)},
                               {"slower", stepsOf(difference.slower)},
                               {"faster", stepsOf(difference.faster)},
                               {"machines", std::move(fates)}});
}

}  // namespace vme::report

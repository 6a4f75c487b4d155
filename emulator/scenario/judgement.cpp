#include "scenario/judgement.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/asio/ip/address_v4.hpp>
#include <set>
#include <tuple>
#include <utility>

#include "scenario/expectation.hpp"

namespace vme::scenario {
namespace {

constexpr std::array<std::string_view, 4> kFates{"provisioned", "refused", "failed", "idle"};

std::string addressText(std::uint32_t ipv4) {
  return boost::asio::ip::address_v4(ipv4).to_string();
}

void count(report::MachineCounts& counts, Fate fate) {
  ++counts.total;
  switch (fate) {
    case Fate::provisioned:
      ++counts.provisioned;
      break;
    case Fate::refused:
      ++counts.refused;
      break;
    case Fate::failed:
      ++counts.failed;
      break;
    case Fate::idle:
      ++counts.idle;
      break;
  }
}

/// One row of a table: counts, reasons and the times of those that were provisioned.
struct Tally {
  report::GroupResult row;
  std::vector<double> times;

  void add(const Judged& judged, double wholeMs) {
    count(row.machines, judged.fate);
    ++row.outcomes[std::string(wordOf(judged.reason))];
    if (judged.fate == Fate::provisioned && wholeMs >= 0) times.push_back(wholeMs);
  }
  report::GroupResult take() {
    row.p50 = report::quantile(times, 0.50);
    row.p95 = report::quantile(times, 0.95);
    return std::move(row);
  }
};

class Assembly {
 public:
  Assembly(report::Results& results, const Scenario& scenario, const Roster& roster, const Recorder& recorder,
           const EventLog* log)
      : results_(results), scenario_(scenario), roster_(roster), recorder_(recorder), log_(log) {
    for (const auto& spec : scenario.groups) {
      Tally tally;
      tally.row.name = spec.group.name;
      tally.row.profile = spec.group.profile->name;
      tally.row.compat = spec.group.profile->compat;
      tally.row.provisioning = spec.method.empty() ? spec.provisioning : spec.method;
      groups_.push_back(std::move(tally));
    }
  }

  void add(const runtime::MachineView& view) {
    const auto& record = recorder_.machines()[view.index];
    const auto judged = judge(record, view, scenario_.servicePoint.proof());
    const auto& spec = roster_.groupOf(view.index);
    groups_[roster_.groupIndex(view.index)].add(judged, record.wholeMs);
    auto& profile = profiles_[spec.group.profile->name];
    profile.add(judged, record.wholeMs);
    methods_[spec.group.profile->name].insert(spec.method.empty() ? spec.provisioning : spec.method);
    count(results_.machines, judged.fate);
    const bool before = judged.fate == Fate::provisioned && record.operationalBefore && !record.outcome;
    facts_.push_back({.group = spec.group.name,
                      .fate = judged.fate,
                      .reason = judged.reason,
                      .wholeMs = judged.fate == Fate::provisioned ? record.wholeMs : -1,
                      .before = before,
                      .index = view.index,
                      .state = view.state,
                      .helloMs = record.helloDelayMs,
                      .profile = spec.group.profile->name});
    for (auto* ends : {&ends_, &endsOfProfile_[spec.group.profile->name]}) {
      if (record.helloDelayMs >= 0) ends->hellos.push_back(record.helloDelayMs);
      if (record.wholeMs >= 0) ends->wholes.push_back(record.wholeMs);
    }
    if (judged.disagreement) ++disagreements_;
    if (before) ++results_.provisionedBefore;
    if (judged.fate == Fate::refused || judged.fate == Fate::failed) addFailure(judged, view);
    results_.machinesDetail.push_back({.name = roster_.nameOf(view.index),
                                       .profile = spec.group.profile->name,
                                       .uuid = view.uuid.text(),
                                       .address = addressText(view.ipv4),
                                       .arrivalMs = roster_.arrivalMs(view.index),
                                       .outcome = std::string(kFates.at(std::to_underlying(judged.fate))),
                                       .reason = std::string(wordOf(judged.reason))});
  }

  void finish(bool interrupted) {
    for (auto& group : groups_) results_.groups.push_back(group.take());
    for (auto& [name, tally] : profiles_) {
      tally.row.profile = name;
      tally.row.provisioning = fmt::format("{}", fmt::join(methods_[name], "+"));
      results_.profiles.push_back(tally.take());
    }
    for (auto& [reason, failure] : failures_) results_.failures.push_back(std::move(failure));
    std::ranges::sort(results_.failures, [](const report::FailureResult& a, const report::FailureResult& b) {
      return std::tie(b.count, a.reason) < std::tie(a.count, b.reason);
    });
    fillSteps();
    Evidence evidence{.scenario = &scenario_, .log = log_, .run = &results_, .expect = 0};
    for (const auto& expect : scenario_.expect) {
      results_.expectations.push_back(evaluate(expect, facts_, evidence));
      ++evidence.expect;
    }
    const bool held = disagreements_ == 0 && std::ranges::all_of(results_.expectations, &report::Expectation::held);
    results_.verdict = interrupted ? report::Verdict::interrupted
                       : held      ? report::Verdict::held
                                   : report::Verdict::failed;
    if (interrupted) results_.error = "the run was stopped before its end";
    if (!recorder_.unreachable().empty()) {
      results_.error = fmt::format("{} machines did not reach the service point: {}", recorder_.unreachable().size(),
                                   recorder_.unreachable().begin()->second);
    }
    if (disagreements_ == 0) return;
    results_.error =
        fmt::format("{} machines that the service point reports as provisioned are not operational", disagreements_);
  }

 private:
  void addFailure(const Judged& judged, const runtime::MachineView& view) {
    auto& failure = failures_[judged.reason];
    if (failure.count++ > 0) return;
    failure.reason = wordOf(judged.reason);
    failure.machine = roster_.nameOf(view.index);
    failure.index = view.index;
    failure.address = addressText(view.ipv4);
    const auto trouble = recorder_.troubles().find(view.index);
    if (trouble != recorder_.troubles().end()) {
      failure.at = trouble->second.step;
      failure.trace = trouble->second.text;
    }
    if (judged.disagreement) {
      failure.trace = fmt::format("the service point reports it as provisioned, but the machine is {}",
                                  machine::nameOf(view.state));
    }
    if (view.lastRefusal != Reason::none && view.lastRefusal != judged.reason) {
      failure.trace +=
          fmt::format("{}the machine says {}", failure.trace.empty() ? "" : "; ", wordOf(view.lastRefusal));
    }
  }

  struct Ends {
    std::vector<double> hellos, wholes;
  };

  /// hello, the service point's steps in the order in which they come, whole.
  static std::vector<report::StepResult> stepsOf(Ends& ends, const std::map<std::string, StepSamples>& between) {
    std::vector<std::pair<double, std::string>> order;
    for (const auto& [name, samples] : between) {
      const auto position = static_cast<double>(samples.positionSum) / static_cast<double>(samples.machines);
      order.emplace_back(position, name);
    }
    std::ranges::sort(order);
    std::vector<report::StepResult> steps;
    if (!ends.hellos.empty()) steps.push_back(report::stepOf("hello", ends.hellos));
    for (const auto& [position, name] : order) {
      auto values = between.at(name).ms;
      steps.push_back(report::stepOf(name, values));
    }
    if (!ends.wholes.empty()) steps.push_back(report::stepOf("whole", ends.wholes));
    return steps;
  }

  void fillSteps() {
    results_.steps = stepsOf(ends_, recorder_.steps());
    static const std::map<std::string, StepSamples> kNone;
    for (auto& profile : results_.profiles) {
      const auto between = recorder_.stepsByProfile().find(profile.profile);
      profile.steps = stepsOf(endsOfProfile_[profile.profile],
                              between == recorder_.stepsByProfile().end() ? kNone : between->second);
    }
  }

  report::Results& results_;
  const Scenario& scenario_;
  const Roster& roster_;
  const Recorder& recorder_;
  const EventLog* log_;
  std::vector<Tally> groups_;
  std::map<std::string, Tally> profiles_;
  std::map<std::string, std::set<std::string>> methods_;
  std::map<Reason, report::FailureResult> failures_;
  std::vector<MachineFact> facts_;
  Ends ends_;
  std::map<std::string, Ends> endsOfProfile_;
  std::uint64_t disagreements_ = 0;
};

/// Nothing came of the machine.
Judged judgeIdle(const runtime::MachineView& view) {
  if (isSilence(view.lastRefusal)) return {Fate::idle, view.lastRefusal, false};
  if (view.hellosSent > 0) return {Fate::idle, Reason::stillWaiting, false};
  return {Fate::idle, isUsbKeyRefusal(view.lastRefusal) ? view.lastRefusal : Reason::neverStarted, false};
}

/// Without a service point that tells its side: by the machine's state, and by what it last refused.
Judged judgeAlone(const runtime::MachineView& view) {
  if (view.state == machine::State::operational) return {Fate::provisioned, Reason::provisioned, false};
  if (view.lastRefusal == Reason::none || isUsbKeyRefusal(view.lastRefusal) || isSilence(view.lastRefusal)) {
    return judgeIdle(view);
  }
  return {Fate::failed, view.lastRefusal, false};
}

}  // namespace

Judged judge(const MachineRecord& record, const runtime::MachineView& view, Proof proof) {
  if (proof == Proof::login && view.state == machine::State::operational && !record.loggedIn) {
    return {Fate::failed, Reason::notVerified, false};
  }
  if (proof != Proof::outcome) return judgeAlone(view);
  if (!record.outcome) {
    // An earlier run of the state file provisioned it, or let its window pass.
    if (record.operationalBefore && view.state == machine::State::operational) {
      return {Fate::provisioned, Reason::provisioned, false};
    }
    if (record.takenOver && view.state == machine::State::operational) return {Fate::failed, Reason::takenOver, false};
    if (record.restored && !view.hasDeadline) return {Fate::idle, Reason::windowClosed, false};
    return judgeIdle(view);
  }
  switch (*record.outcome) {
    case servicepoint::Result::provisioned:
      if (view.state == machine::State::operational) return {Fate::provisioned, Reason::provisioned, false};
      return {Fate::failed, Reason::notOperational, true};
    case servicepoint::Result::refused:
      return {Fate::refused, record.reason, false};
    case servicepoint::Result::failed:
      break;
  }
  return {Fate::failed, record.reason, false};
}

void fillResults(report::Results& results, const Scenario& scenario, const Roster& roster, const Recorder& recorder,
                 const EventLog* log, const std::vector<runtime::MachineView>& views, bool interrupted) {
  std::vector<std::pair<std::int64_t, std::size_t>> order;
  for (std::size_t i = 0; i < views.size(); ++i) {
    if (!scenario.only || views[i].index == *scenario.only) order.emplace_back(roster.arrivalMs(views[i].index), i);
  }
  std::ranges::sort(order);
  Assembly assembly(results, scenario, roster, recorder, log);
  for (const auto& [arrival, i] : order) assembly.add(views[i]);
  assembly.finish(interrupted);
}

}  // namespace vme::scenario

#include "scenario/recorder.hpp"

#include <algorithm>
#include <set>
#include <string_view>

namespace vme::scenario {
namespace {

using Kind = runtime::Happening::Kind;

constexpr std::size_t kRecent = 5;

double milliseconds(Clock::duration duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

/// As opposed to what somebody declined by their own judgement.
bool wentWrong(Reason reason) {
  using enum Reason;
  const bool atServicePoint = reason >= connectFailed && reason <= interrupted;
  return atServicePoint || reason == heciFailed || reason == policyServerUnreachable || reason == requestFailed ||
         reason == updateFailed || reason == agentKilled;
}

}  // namespace

Recorder::Recorder(const Roster& roster, Proof proof)
    : roster_(roster), proof_(proof), machines_(roster.size()), settledFlags_(roster.size(), false) {}

void Recorder::setStart(MeTime arrivalsFrom, MeTime takenUpAt, double speed) {
  arrivalsFrom_ = arrivalsFrom;
  takenUpAt_ = takenUpAt;
  speed_ = speed;
}

void Recorder::restored(const runtime::MachineView& view) {
  const std::lock_guard lock(mutex_);
  auto& record = machines_[view.index];
  record.restored = true;
  record.operational = record.operationalBefore = view.state == machine::State::operational;
  record.loggedIn = record.operationalBefore;  // as far as the earlier run could tell
  const bool hasAgent = roster_.groupOf(view.index).provisioning == "agent" && !record.operationalBefore;
  if (!view.hasDeadline && !hasAgent) markSettled(view.index);
}

bool Recorder::wants(Kind kind) const {
  // What the machines refused is all there is to tell when the service point is another program.
  if (kind == Kind::handshakeRefused || kind == Kind::requestRefused) return proof_ != Proof::outcome;
  if (kind == Kind::loggedIn) return proof_ == Proof::login;
  return kind == Kind::helloSent || kind == Kind::helloFailed || kind == Kind::stateChanged || kind == Kind::note ||
         kind == Kind::agentBegan || kind == Kind::agentEnded;
}

void Recorder::happened(const runtime::Happening& happening) {
  const std::lock_guard lock(mutex_);
  if (happening.machine >= machines_.size()) return;
  const bool hasAgent = roster_.groupOf(happening.machine).provisioning == "agent";
  switch (happening.kind) {
    case Kind::helloSent:
      helloSent(happening.machine, happening);
      break;
    case Kind::helloFailed:
      helloFailed(happening.machine, happening);
      break;
    case Kind::handshakeRefused:
    case Kind::requestRefused:
      refused(happening.machine, happening);
      break;
    case Kind::stateChanged:
      stateChanged(happening.machine, happening);
      break;
    case Kind::loggedIn:
      loggedIn(happening.machine, happening);
      break;
    case Kind::agentBegan:
      machines_[happening.machine].agentBegan = happening.at;
      break;
    case Kind::agentEnded:
      agentEnded(happening.machine, happening);
      break;
    case Kind::note:
      // Nothing will come of the machine, as far as it goes by itself.
      if (happening.reason == Reason::neverStarted || (happening.reason == Reason::windowClosed && !hasAgent)) {
        markSettled(happening.machine);
      }
      break;
    default:
      break;
  }
}

void Recorder::helloSent(std::uint32_t machine, const runtime::Happening& happening) {
  auto& record = machines_[machine];
  unreachable_.erase(machine);
  if (record.helloDelayMs >= 0) return;
  record.firstHello = happening.at;
  const auto arrived = arrivalsFrom_ + MeDuration{roster_.arrivalMs(machine)};
  const auto cameUp = record.restored ? takenUpAt_ : std::max(arrived, takenUpAt_);
  const auto delay = static_cast<double>((happening.meTime - cameUp).ms) / speed_;
  record.helloDelayMs = std::max(delay, 0.0);
  record.helloTold = true;
  if (proof_ == Proof::outcome) settle(machine);
}

void Recorder::helloFailed(std::uint32_t machine, const runtime::Happening& happening) {
  auto& record = machines_[machine];
  if (record.helloDelayMs < 0) unreachable_[machine] = happening.text;
  record.helloTold = true;
  if (proof_ == Proof::outcome) settle(machine);
}

void Recorder::refused(std::uint32_t machine, const runtime::Happening& happening) {
  // A challenge is the ordinary way into every login.
  if (happening.reason == Reason::noCredentials || happening.reason == Reason::digestStale) return;
  troubles_[machine] = {happening.kind == Kind::requestRefused ? "request" : "handshake", happening.text};
  noteRecent(machine, happening.reason);
}

void Recorder::stateChanged(std::uint32_t machine, const runtime::Happening& happening) {
  auto& record = machines_[machine];
  record.operational = happening.text == machine::nameOf(machine::State::operational);
  record.loggedIn = false;
  // It has lost what the service point gave it; what comes next is another story.
  if (!record.operational && record.outcome == servicepoint::Result::provisioned) record.outcome.reset();
  if (!record.operational) return;
  record.helloTold = true;  // it sends none any more, and the one that brought this about may have been another's
  if (proof_ == Proof::operational) finish(machine, happening.at);
  if (proof_ == Proof::outcome) settle(machine);
}

void Recorder::loggedIn(std::uint32_t machine, const runtime::Happening& happening) {
  machines_[machine].loggedIn = true;
  finish(machine, happening.at);
}

/// The agent knows why it stopped; that the machine is provisioned, the service point knows better.
void Recorder::agentEnded(std::uint32_t machine, const runtime::Happening& happening) {
  auto& record = machines_[machine];
  record.agentEnded = true;
  if (happening.agent) addSteps(machine, happening.agent->steps);
  if (happening.reason != Reason::provisioned) {
    record.outcome = wentWrong(happening.reason) ? servicepoint::Result::failed : servicepoint::Result::refused;
    record.reason = happening.reason;
    troubles_[machine] = {"agent", happening.text};
    noteRecent(machine, happening.reason);
  } else if (record.outcome && *record.outcome != servicepoint::Result::provisioned) {
    record.outcome.reset();  // of an attempt before: the service point has still to say its word on this one
  }
  finish(machine, happening.at);
}

void Recorder::finish(std::uint32_t machine, Clock::time_point at) {
  auto& record = machines_[machine];
  const bool hasStart = record.agentBegan || record.helloDelayMs >= 0;
  if (hasStart && record.wholeMs < 0) record.wholeMs = milliseconds(at - record.agentBegan.value_or(record.firstHello));
  settle(machine);
}

bool Recorder::isProvisioned(const MachineRecord& record) const {
  switch (proof_) {
    case Proof::outcome:
      if (record.operationalBefore && !record.outcome) return record.operational;
      return record.outcome == servicepoint::Result::provisioned;
    case Proof::operational:
      return record.operational;
    case Proof::login:
      break;
  }
  return record.operational && record.loggedIn;
}

void Recorder::settle(std::uint32_t machine) {
  const auto& record = machines_[machine];
  if (roster_.groupOf(machine).provisioning == "agent") {
    if (record.agentEnded && (proof_ != Proof::outcome || record.outcome)) markSettled(machine);
    return;
  }
  // The service point may be done with a hello before the fleet tells that it went out.
  if (proof_ == Proof::outcome && (!record.outcome || !record.helloTold)) return;
  markSettled(machine);
}

void Recorder::markSettled(std::uint32_t machine) {
  if (settledFlags_[machine] || roster_.groupOf(machine).group.start != runtime::Start::bareMetal) return;
  settledFlags_[machine] = true;
  ++settled_;
}

void Recorder::outcome(const servicepoint::Outcome& outcome) {
  // The hello of a machine whose agent is to start it tells nothing of what becomes of it.
  if (outcome.reason == Reason::awaitingAgent) return;
  const auto machine = roster_.find(outcome.uuid, outcome.address.to_uint());
  const std::lock_guard lock(mutex_);
  addSteps(machine, outcome.steps);
  if (!machine) return;
  auto& record = machines_[*machine];
  // A machine that has its outcome may have sent another hello just before the end.
  if (outcome.reason == Reason::interrupted && record.outcome) return;
  record.outcome = outcome.result;
  record.reason = outcome.reason;
  record.wholeMs = milliseconds(outcome.finishedAt - record.agentBegan.value_or(outcome.helloAt));
  if (outcome.result == servicepoint::Result::provisioned) {
    troubles_.erase(*machine);
  } else {
    noteRecent(*machine, outcome.reason);
    troubles_[*machine] = {outcome.steps.empty() ? "hello" : outcome.steps.back().name, outcome.text};
  }
  settle(*machine);
}

void Recorder::rogueOutcome(const servicepoint::Outcome& outcome) {
  if (outcome.result != servicepoint::Result::provisioned) return;
  const auto machine = roster_.find(outcome.uuid);
  if (!machine) return;
  const std::lock_guard lock(mutex_);
  machines_[*machine].takenOver = true;
  markSettled(*machine);
}

template <typename Steps>
void Recorder::addSteps(std::optional<std::uint32_t> machine, const Steps& steps) {
  std::vector<std::map<std::string, StepSamples>*> tables{&steps_};
  if (machine) tables.push_back(&stepsByProfile_[roster_.groupOf(*machine).group.profile->name]);
  for (auto* table : tables) {
    std::set<std::string_view> seen;
    for (std::size_t i = 0; i < steps.size(); ++i) {
      auto& samples = (*table)[steps[i].name];
      samples.ms.push_back(milliseconds(steps[i].took));
      if (!seen.insert(steps[i].name).second) continue;
      samples.positionSum += i;
      ++samples.machines;
    }
  }
}

void Recorder::noteRecent(std::uint32_t machine, Reason reason) {
  recent_.push_front({machine, reason});
  if (recent_.size() > kRecent) recent_.pop_back();
}

std::vector<Recorder::Recent> Recorder::recentTroubles() const {
  const std::lock_guard lock(mutex_);
  return {recent_.begin(), recent_.end()};
}

std::uint32_t Recorder::settled() const {
  const std::lock_guard lock(mutex_);
  return settled_;
}

std::uint64_t Recorder::provisioned() const {
  const std::lock_guard lock(mutex_);
  return static_cast<std::uint64_t>(
      std::ranges::count_if(machines_, [this](const MachineRecord& record) { return isProvisioned(record); }));
}

std::vector<double> Recorder::timesToProvision() const {
  const std::lock_guard lock(mutex_);
  std::vector<double> times;
  for (const auto& record : machines_) {
    if (isProvisioned(record) && record.wholeMs >= 0) times.push_back(record.wholeMs);
  }
  return times;
}

}  // namespace vme::scenario

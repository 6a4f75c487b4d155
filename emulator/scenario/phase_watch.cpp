#include "scenario/phase_watch.hpp"

#include <algorithm>

namespace vme::scenario {
namespace {

using Kind = runtime::Happening::Kind;
using Of = Condition::Of;
using servicepoint::Result;

machine::State stateFrom(std::string_view name) {
  for (const auto state : {machine::State::factory, machine::State::operational}) {
    if (machine::nameOf(state) == name) return state;
  }
  return machine::State::inSetup;
}

std::uint64_t laterThan(const std::vector<std::uint64_t>& moments, std::uint64_t since) {
  return static_cast<std::uint64_t>(moments.end() - std::ranges::upper_bound(moments, since));
}

}  // namespace

bool PhaseWatch::wants(Kind kind) const {
  return kind == Kind::stateChanged || kind == Kind::helloSent || kind == Kind::updated || kind == Kind::note ||
         kind == Kind::helloFailed || kind == Kind::agentEnded || kind == Kind::handshakeRefused;
}

void PhaseWatch::happened(const runtime::Happening& happening) {
  const std::lock_guard lock(mutex_);
  auto& seen = machines_.at(happening.machine);
  ++moment_;
  if (happening.kind == Kind::stateChanged) seen.state = stateFrom(happening.text);
  if (byState_ && happening.kind == Kind::stateChanged && seen.state == machine::State::operational) {
    seen.result = Result::provisioned;
    seen.resultAt = moment_;
  }
  if (happening.kind == Kind::helloSent) seen.hellos.push_back(moment_);
  if (happening.kind == Kind::updated) seen.updates.push_back(moment_);
  if (happening.reason == Reason::none) return;
  seen.reason = happening.reason;
  seen.reasonAt = moment_;
}

void PhaseWatch::outcome(std::uint32_t machine, const servicepoint::Outcome& outcome) {
  const std::lock_guard lock(mutex_);
  auto& seen = machines_.at(machine);
  seen.resultAt = seen.reasonAt = ++moment_;
  seen.result = outcome.result;
  seen.reason = outcome.reason;
}

std::uint64_t PhaseWatch::now() const {
  const std::lock_guard lock(mutex_);
  return moment_;
}

bool PhaseWatch::meets(const Seen& seen, const Condition& condition, std::uint64_t since) const {
  const auto ended = [&](Result result) { return seen.result == result && seen.resultAt > since; };
  switch (condition.of) {
    case Of::provisioned:
      return ended(Result::provisioned);
    case Of::refused:
      return ended(Result::refused);
    case Of::failed:
      return ended(Result::failed);
    case Of::outcome:
      return seen.reason == condition.reason && seen.reasonAt > since;
    case Of::state:
      return seen.state == condition.state;
    case Of::updated:
      return laterThan(seen.updates, since) > 0;
    case Of::hellos:
    case Of::settled:
      break;
  }
  return false;
}

std::uint64_t PhaseWatch::count(const Condition& condition, std::span<const std::uint32_t> machines,
                                std::uint64_t since) const {
  const std::lock_guard lock(mutex_);
  std::uint64_t sum = 0;
  for (const auto machine : machines) {
    const auto& seen = machines_.at(machine);
    if (condition.of == Of::hellos) {
      sum += laterThan(seen.hellos, since);
    } else if (meets(seen, condition, since)) {
      ++sum;
    }
  }
  return sum;
}

}  // namespace vme::scenario

#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/reasons.hpp"
#include "machine/lifecycle.hpp"
#include "report/results.hpp"
#include "scenario/event_log.hpp"
#include "scenario/scenario.hpp"

namespace vme::scenario {

enum class Fate : std::uint8_t;  // scenario/judgement.hpp

/// What expectations may ask about one machine.
struct MachineFact {
  std::string_view group;
  Fate fate{};
  Reason reason = Reason::none;
  double wholeMs = -1;  // of a provisioned machine: first hello to verified
  bool before = false;  // provisioned by an earlier run, which has its time
  std::uint32_t index = 0;
  machine::State state = machine::State::factory;  // at the end
  double helloMs = -1;                             // arrival to first hello sent
  std::string_view profile;
};

/// What expectations ask beside the machines' outcomes.
struct Evidence {
  const Scenario* scenario = nullptr;
  const EventLog* log = nullptr;         // null: no expectation asks for events or steps
  const report::Results* run = nullptr;  // faults and best practice are filled
  std::size_t expect = 0;                // number of the expectation in its scenario
};

report::Expectation evaluate(const Expect& expect, const std::vector<MachineFact>& machines,
                             const Evidence& evidence = {});

// Shared by the parts of it.
bool holds(Expect::Compare compare, double seen, double wanted);
std::string wantedText(const Expect& expect, std::string_view unit);
/// Whether the expectation is about that machine.
bool isAbout(const Expect& expect, const MachineFact& machine);
/// Of an order, never, events, requests, connections, fired, best_practice (scenario/expectation_events.cpp).
report::Expectation evaluateEvents(const Expect& expect, const std::vector<MachineFact>& machines,
                                   const Evidence& evidence);

}  // namespace vme::scenario

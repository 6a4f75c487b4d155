#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/reasons.hpp"
#include "report/results.hpp"
#include "scenario/scenario.hpp"

namespace vme::scenario {

enum class Fate : std::uint8_t;  // scenario/judgement.hpp

/// What expectations may ask about one machine.
struct MachineFact {
  std::string_view group;
  Fate fate;
  Reason reason = Reason::none;
  double wholeMs = -1;  // of a provisioned machine: first hello to verified
  bool before = false;  // provisioned by an earlier run, which has its time
};

report::Expectation evaluate(const Expect& expect, const std::vector<MachineFact>& machines);

}  // namespace vme::scenario

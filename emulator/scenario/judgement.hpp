#pragma once
// From what was taken down during a run to its results: what became of each machine, whether each expectation held.

#include <vector>

#include "report/results.hpp"
#include "scenario/event_log.hpp"
#include "scenario/recorder.hpp"
#include "scenario/roster.hpp"

namespace vme::scenario {

enum class Fate : std::uint8_t { provisioned, refused, failed, idle };

/// What became of one machine, by the service point's word and the machine's own state together.
struct Judged {
  Fate fate = Fate::idle;
  Reason reason = Reason::none;
  bool disagreement = false;  // the service point says provisioned, the machine is not operational
};
Judged judge(const MachineRecord& record, const runtime::MachineView& view, Proof proof);

/// Fills machines, groups, profiles, expectations, steps, failures, machinesDetail and the verdict. `log` is null when
/// no expectation asks for events. Faults and best practice are filled before, for those who ask for them.
void fillResults(report::Results& results, const Scenario& scenario, const Roster& roster, const Recorder& recorder,
                 const EventLog* log, const std::vector<runtime::MachineView>& views, bool interrupted);

}  // namespace vme::scenario

#pragma once
// Carries out a scenario's phases while its fleet runs. Used on the thread of the run.

#include <cstdint>
#include <string>
#include <vector>

#include "scenario/embedded_service_point.hpp"
#include "scenario/phase_watch.hpp"
#include "scenario/practice.hpp"
#include "scenario/roster.hpp"

namespace vme::scenario {

class PhasesRun {
 public:
  PhasesRun(const Scenario& scenario, const Roster& roster);

  runtime::Observer& observer() { return watch_; }
  void outcome(const servicepoint::Outcome& outcome);

  /// Before the fleet starts: the phases before everything. `point` and `practice` may be null.
  void begin(runtime::Fleet& fleet, EmbeddedServicePoint* point, Practice* practice);
  /// Looks what is due now. `settled` of `expected` machines are; the clock may jump to the next moment at which a
  /// phase is due, and not beyond. Whether nothing more is to come; `allSettled`: nothing but phases can still happen.
  bool look(std::uint32_t settled, std::uint32_t expected, bool allSettled);
  /// The run ends: what is wrong with the phases, with places; empty when nothing is.
  std::string problems() const;

 private:
  enum class Stage : std::uint8_t { untriggered, due, errands, waits, over, unmet };
  struct State {
    std::vector<std::uint32_t> machines;
    Stage stage = Stage::untriggered;
    MeTime at;                // due: then; waits: until then
    std::uint64_t since = 0;  // moment of its deeds
  };

  std::vector<std::uint32_t> select(const Selection& whom, std::uint64_t phase) const;
  bool isTriggered(std::size_t n) const;
  bool holds(const Condition& condition, const State& state, std::uint64_t since) const;
  void advance(std::size_t n);
  void carryOut(std::size_t n);
  void carryOut(const FaultAct& act, const Selection& whom);
  void carryOut(const ServerAct& act, const State& state);
  MeTime nextMoment() const;

  const Scenario& scenario_;
  const Roster& roster_;
  PhaseWatch watch_;
  std::vector<State> states_;
  runtime::Fleet* fleet_ = nullptr;
  EmbeddedServicePoint* point_ = nullptr;
  Practice* practice_ = nullptr;
  std::uint32_t settled_ = 0, expected_ = 0;
  bool allSettled_ = false;
};

}  // namespace vme::scenario

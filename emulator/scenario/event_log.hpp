#pragma once
// Takes down, machine by machine, what a scenario's expectations ask of a run beside its outcome, and nothing else: a
// number for each machine and expectation about events, and the times of the steps that are asked for.

#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "runtime/fleet.hpp"
#include "scenario/roster.hpp"
#include "servicepoint/service_point.hpp"

namespace vme::scenario {

class EventLog final : public runtime::Observer {
 public:
  /// Both must outlive it.
  EventLog(const Scenario& scenario, const Roster& roster);
  static bool isNeeded(const Scenario& scenario);

  bool wants(runtime::Happening::Kind kind) const override;
  void happened(const runtime::Happening& happening) override;
  /// The embedded service point's steps.
  void outcome(const servicepoint::Outcome& outcome);

  // After both sides have stopped; `expect` is an index into the scenario's expectations.

  /// Of an order: how many of its events a machine showed one after the other. Else how often the event came.
  std::uint32_t numberOf(std::size_t expect, std::uint32_t machine) const;
  /// What happened first, and the text that came with it.
  struct Example {
    std::uint32_t machine = 0;
    std::string text;
  };
  const std::optional<Example>& exampleOf(std::size_t expect) const;
  std::vector<double> stepTimes(std::size_t expect) const;

 private:
  struct Watch {
    std::size_t expect = 0;
    std::uint32_t first = 0;  // machine
    std::vector<std::uint32_t> numbers;
    std::optional<Example> example;
    std::vector<double> stepMs;
  };
  const Watch* watchOf(std::size_t expect) const;
  template <typename Steps>
  void addSteps(std::uint32_t machine, const Steps& steps);

  const Scenario& scenario_;
  const Roster& roster_;
  std::vector<Watch> watches_;
  std::mutex mutex_;  // of examples and step times; a machine's numbers are written by its shard alone
};

/// Whether an expectation is about events or steps.
bool isOfEvents(const Expect& expect);
/// The machines that the expectation is about, one after the other: the first, and how many.
std::pair<std::uint32_t, std::uint32_t> machinesOf(const Expect& expect, const Scenario& scenario);

}  // namespace vme::scenario

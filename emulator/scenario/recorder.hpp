#pragma once
// Takes down what the fleet and the embedded service point tell during a run, from their threads.

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "runtime/fleet.hpp"
#include "scenario/roster.hpp"
#include "servicepoint/service_point.hpp"

namespace vme::scenario {

using Clock = std::chrono::steady_clock;

/// What is known of one machine.
struct MachineRecord {
  std::optional<servicepoint::Result> outcome;  // the service point's last word
  Reason reason = Reason::none;
  double helloDelayMs = -1;  // arrival to first hello sent; -1: none sent
  double wholeMs = -1;       // first hello to the end of provisioning; -1: not ended
  Clock::time_point firstHello;
  bool helloTold = false;  // the fleet told of a hello, whether it got through or not, or none will come
  bool agentEnded = false;
  std::optional<Clock::time_point> agentBegan;
  bool operational = false;
  bool loggedIn = false;           // since it is operational
  bool restored = false;           // from the state file
  bool operationalBefore = false;  // and operational there
  bool takenOver = false;          // set up by the rogue
};

/// Where and how a machine was refused or failed.
struct Trouble {
  std::string step;
  std::string text;
};

struct StepSamples {
  std::vector<double> ms;
  // To put the steps in their order: where in a machine's list the step came first, summed over the machines.
  std::uint64_t positionSum = 0;
  std::uint64_t machines = 0;
};

class Recorder final : public runtime::Observer {
 public:
  Recorder(const Roster& roster, Proof proof);

  /// The fleet's times from which arrivals count and at which this run took it up, and how fast it runs.
  void setStart(MeTime arrivalsFrom, MeTime takenUpAt, double speed);
  /// A machine of the state file. It settles at once when it will do nothing more by itself.
  void restored(const runtime::MachineView& view);

  bool wants(runtime::Happening::Kind kind) const override;
  void happened(const runtime::Happening& happening) override;
  void outcome(const servicepoint::Outcome& outcome);
  /// What the rogue made of a machine.
  void rogueOutcome(const servicepoint::Outcome& outcome);

  /// Of the machines that are expected to settle.
  std::uint32_t settled() const;
  /// Those that were refused or failed last, newest first.
  struct Recent {
    std::uint32_t machine = 0;
    Reason reason = Reason::none;
  };
  std::vector<Recent> recentTroubles() const;
  std::uint64_t provisioned() const;
  /// Copies; for the live view.
  std::vector<double> timesToProvision() const;

  // After both sides have stopped.
  const std::vector<MachineRecord>& machines() const { return machines_; }
  const std::map<std::uint32_t, Trouble>& troubles() const { return troubles_; }
  const std::map<std::string, StepSamples>& steps() const { return steps_; }
  /// The same by the firmware build of the machine's group.
  const std::map<std::string, std::map<std::string, StepSamples>>& stepsByProfile() const { return stepsByProfile_; }
  /// Machines none of whose hellos got through, and why.
  const std::map<std::uint32_t, std::string>& unreachable() const { return unreachable_; }

 private:
  void settle(std::uint32_t machine);
  void markSettled(std::uint32_t machine);
  template <typename Steps>
  void addSteps(std::optional<std::uint32_t> machine, const Steps& steps);
  void noteRecent(std::uint32_t machine, Reason reason);
  void helloSent(std::uint32_t machine, const runtime::Happening& happening);
  void helloFailed(std::uint32_t machine, const runtime::Happening& happening);
  void refused(std::uint32_t machine, const runtime::Happening& happening);
  void stateChanged(std::uint32_t machine, const runtime::Happening& happening);
  void finish(std::uint32_t machine, Clock::time_point at);
  void loggedIn(std::uint32_t machine, const runtime::Happening& happening);
  void agentEnded(std::uint32_t machine, const runtime::Happening& happening);
  bool isProvisioned(const MachineRecord& record) const;

  const Roster& roster_;
  const Proof proof_;
  MeTime arrivalsFrom_, takenUpAt_;
  double speed_ = 1;
  mutable std::mutex mutex_;
  std::vector<MachineRecord> machines_;
  std::vector<bool> settledFlags_;
  std::uint32_t settled_ = 0;
  std::map<std::uint32_t, Trouble> troubles_;
  std::map<std::string, StepSamples> steps_;
  std::map<std::string, std::map<std::string, StepSamples>> stepsByProfile_;
  std::deque<Recent> recent_;
  std::map<std::uint32_t, std::string> unreachable_;
};

}  // namespace vme::scenario

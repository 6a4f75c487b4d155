#pragma once
// What the conditions of phases ask of the machines: their states, hellos, updates and outcomes, each with when it was,
// so that a wait can ask for what came since.

#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "runtime/fleet.hpp"
#include "scenario/phase.hpp"

namespace vme::scenario {

class PhaseWatch final : public runtime::Observer {
 public:
  /// `byState`: no service point tells its side; a machine that is operational counts as provisioned.
  PhaseWatch(std::uint32_t machines, bool byState) : machines_(machines), byState_(byState) {}

  bool wants(runtime::Happening::Kind kind) const override;
  void happened(const runtime::Happening& happening) override;
  void outcome(std::uint32_t machine, const servicepoint::Outcome& outcome);

  /// A moment: what comes later has a greater number.
  std::uint64_t now() const;
  /// Of those machines: how many meet the condition by what came after `since`; hellos and updates are summed up.
  /// Not for Of::settled.
  std::uint64_t count(const Condition& condition, std::span<const std::uint32_t> machines, std::uint64_t since) const;

 private:
  struct Seen {
    machine::State state = machine::State::factory;
    std::optional<servicepoint::Result> result;
    Reason reason = Reason::none;
    std::uint64_t resultAt = 0, reasonAt = 0;  // moments
    std::vector<std::uint64_t> hellos, updates;
  };
  bool meets(const Seen& seen, const Condition& condition, std::uint64_t since) const;

  mutable std::mutex mutex_;
  std::uint64_t moment_ = 0;
  std::vector<Seen> machines_;
  bool byState_;
};

}  // namespace vme::scenario

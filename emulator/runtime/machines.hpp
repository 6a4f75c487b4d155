#pragma once
// The machines of one shard, and the views on them. A machine is an index; references do not outlive a call.

#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "machine/image.hpp"
#include "runtime/fleet.hpp"
#include "runtime/moved_addresses.hpp"

namespace vme::runtime {

/// Of a whole fleet, the same for all shards.
struct FleetPlan {
  FleetOptions options;
  std::vector<Group> groups;
  std::vector<std::uint32_t> firstOfGroup;  // index of each group's first machine
  std::uint32_t machines = 0;
  /// Of a fleet that runs; null elsewhere.
  std::shared_ptr<MovedAddresses> moved = nullptr;

  std::uint32_t groupOf(std::uint32_t index) const;
  machine::Identity identityOf(std::uint32_t index) const;
  std::uint32_t addressOf(std::uint32_t index) const;
  /// Who has that address now.
  std::optional<std::uint32_t> indexOf(std::uint32_t address) const;
  /// Since the run's start, in the fleet's time.
  MeDuration arrivalOf(std::uint32_t index) const;
};

/// What the runtime remembers of a machine beside its hot record.
struct Remembered {
  std::uint32_t hellosSent = 0;
  Reason lastRefusal = Reason::none;
  bool arrived = false;
  bool restored = false;
  bool agentStarted = false;
  bool agentKilled = false;    // it stops at its next step
  bool agentAgain = false;     // and another starts then
  std::uint8_t agentRuns = 0;  // begun so far, this one included
  std::uint8_t agents = 0;     // that run
  std::uint8_t build = 0;      // 0: the group's own, else the n-th of its upgrades
};

class Machines {
 public:
  /// Those with index % shards == shard.
  Machines(const FleetPlan& plan, unsigned shard);

  std::uint32_t count() const { return static_cast<std::uint32_t>(hot_.size()); }
  std::uint32_t globalIndex(std::uint32_t local) const { return local * plan_.options.shards + shard_; }
  std::uint32_t localIndex(std::uint32_t global) const { return global / plan_.options.shards; }
  const Group& groupOf(std::uint32_t local) const { return plan_.groups[plan_.groupOf(globalIndex(local))]; }

  /// The firmware that it runs now.
  const profile::Profile& profileOf(std::uint32_t local) const { return *sharedProfileOf(local); }
  const std::shared_ptr<const profile::Profile>& sharedProfileOf(std::uint32_t local) const;
  /// The number, from 1, of that build among the upgrades of the machine's group; nothing when it is none of them.
  std::optional<std::uint8_t> findUpgrade(std::uint32_t local, std::string_view profile) const;
  /// The machine runs that upgrade from now on.
  void setBuild(std::uint32_t local, std::uint8_t build);
  /// The machine's surroundings, which it shares with its group until it gets its own.
  const machine::Environment& environmentOf(std::uint32_t local) const;
  machine::Environment& ownEnvironment(std::uint32_t local);

  /// A machine at a moment; lives for one call. The identity comes from the caller, who may keep it.
  machine::Me view(std::uint32_t local, const machine::Identity& identity, MeTime now);

  machine::HotRecord& hot(std::uint32_t local) { return hot_[local]; }
  Remembered& remembered(std::uint32_t local) { return remembered_[local]; }
  MachineView snapshot(std::uint32_t local) const;

  /// What is to be written to the state file: machines that changed since they were last taken, by a bit each.
  void trackChanges() { isChanged_.resize(hot_.size()); }
  void noteChange(std::uint32_t local);
  std::vector<std::uint32_t> takeChanges(std::size_t most);
  Bytes image(std::uint32_t local) const;
  /// The error: its firmware is none that this fleet knows.
  Result<void> restore(std::uint32_t local, machine::Image image);

 private:
  const FleetPlan& plan_;
  unsigned shard_;
  std::vector<machine::HotRecord> hot_;
  std::vector<std::unique_ptr<machine::Nvram>> overlays_;
  std::vector<Remembered> remembered_;
  std::unordered_map<std::uint32_t, machine::Environment> environments_;  // of those that have their own
  std::vector<bool> isChanged_;                                           // empty: nobody asks
  std::vector<std::uint32_t> changed_;
};

}  // namespace vme::runtime

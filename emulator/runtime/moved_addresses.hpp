#pragma once
// Machines that are found at another address than the plan's. All shards ask on every connection, so that a fleet in
// which nobody moved pays for one flag.

#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <unordered_map>

namespace vme::runtime {

class MovedAddresses {
 public:
  void move(std::uint32_t machine, std::uint32_t address) {
    const std::lock_guard lock(mutex_);
    if (const auto old = addressOf_.find(machine); old != addressOf_.end()) machineAt_.erase(old->second);
    addressOf_[machine] = address;
    machineAt_[address] = machine;
    any_ = true;
  }
  /// `planned`: the machine that the plan has at the address.
  std::optional<std::uint32_t> machineAt(std::uint32_t address, std::optional<std::uint32_t> planned) const {
    if (!any_) return planned;
    const std::lock_guard lock(mutex_);
    if (const auto found = machineAt_.find(address); found != machineAt_.end()) return found->second;
    return planned && addressOf_.contains(*planned) ? std::nullopt : planned;
  }
  std::uint32_t addressOf(std::uint32_t machine, std::uint32_t planned) const {
    if (!any_) return planned;
    const std::lock_guard lock(mutex_);
    const auto found = addressOf_.find(machine);
    return found == addressOf_.end() ? planned : found->second;
  }

 private:
  std::atomic<bool> any_{false};
  mutable std::mutex mutex_;
  std::unordered_map<std::uint32_t, std::uint32_t> machineAt_, addressOf_;
};

}  // namespace vme::runtime

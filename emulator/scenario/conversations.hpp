#pragma once
// The last things that happened to machines that came to no good end, for the report's examples. Machines that are
// provisioned are forgotten, and of those that fail for one reason only the first to arrive are kept: memory is
// bounded, whatever the fleet's size.

#include <chrono>
#include <deque>
#include <map>
#include <mutex>
#include <set>
#include <utility>
#include <vector>

#include "report/results.hpp"
#include "runtime/fleet.hpp"
#include "scenario/roster.hpp"

namespace vme::scenario {

class Conversations final : public runtime::Observer {
 public:
  explicit Conversations(const Roster& roster) : roster_(roster) {}

  /// From when `ms` counts. Before the fleet starts.
  void setStart(std::chrono::steady_clock::time_point start) { start_ = start; }

  bool wants(runtime::Happening::Kind kind) const override;
  void happened(const runtime::Happening& happening) override;
  /// What the service point says of a machine; Reason::provisioned: there is nothing to explain.
  void ended(std::uint32_t machine, Reason reason);

  /// After the fleet has stopped; empty for a machine that is not kept.
  std::vector<report::Utterance> of(std::uint32_t machine) const;

 private:
  struct Entry {
    double ms = 0;
    runtime::Happening::Kind kind{};
    Reason reason = Reason::none;
    std::string text;
    std::string operation, request, response;
    unsigned status = 0;

    std::size_t size() const;
  };
  struct Kept {
    std::deque<Entry> entries;
    Reason ended = Reason::none;
  };
  void drop(std::uint32_t machine);
  void forgetEnd(std::uint32_t machine, const Kept& kept);

  const Roster& roster_;
  std::chrono::steady_clock::time_point start_;
  mutable std::mutex mutex_;
  std::map<std::uint32_t, Kept> machines_;
  std::map<Reason, std::set<std::pair<std::int64_t, std::uint32_t>>> byReason_;  // in the order of arrival
  std::size_t bytes_ = 0;
};

}  // namespace vme::scenario

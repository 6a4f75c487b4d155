#pragma once
// Decides which rules act on an event of a machine, and counts. One for each shard; every decision comes from the seed,
// the machine and that machine's own counts, so that neither shards nor the order of machines change it.

#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "fault/plan.hpp"

namespace vme::fault {

struct Machine {
  std::uint32_t index = 0;   // in the fleet
  std::uint32_t number = 0;  // in its group
};

struct Event {
  Point point = Point::request;
  std::string_view name;
  MeDuration up;          // since the machine came up
  std::string_view body;  // of a call
};

/// A rule that acts; the rule lives as long as the ledger.
struct Firing {
  const Rule* rule = nullptr;
  MeDuration delay;
  std::uint64_t number = 0;  // of the rule's firings on the machine, from 0
};

class Ledger {
 public:
  explicit Ledger(std::uint64_t seed) : seed_(seed) {}

  /// Makes the plan known, before its first event; a rule whose id was known goes on counting.
  void adopt(const PlanPtr& plan);
  /// The machine has this plan now, and had `before`: counts it for each rule that is drawn for it and was not then.
  void assign(const Machine& machine, const Plan& plan, const Plan* before);
  bool isDrawn(const Rule& rule, const Machine& machine) const;

  /// In the order of the plan.
  std::vector<Firing> ask(const Plan& plan, const Machine& machine, const Event& event);
  bool cares(const Plan& plan, Point point) const;
  /// Ends rules that wait for that.
  void mended(const Plan& plan, const Machine& machine, Mend mend);

  /// By id, over the whole shard.
  const std::map<std::string, Tally, std::less<>>& tallies() const { return tallies_; }

 private:
  struct Count {
    std::uint32_t seen = 0, fired = 0;
    bool mended = false;
  };
  Count& countOf(const Plan& plan, std::size_t rule, const Machine& machine);

  std::uint64_t seed_;
  std::map<std::string, std::uint32_t, std::less<>> keys_;  // of a rule's id and its position among those of that id
  std::unordered_map<const Plan*, std::vector<std::uint32_t>> keysOf_;
  std::vector<PlanPtr> kept_;
  std::unordered_map<std::uint64_t, Count> counts_;
  std::map<std::string, Tally, std::less<>> tallies_;
};

}  // namespace vme::fault

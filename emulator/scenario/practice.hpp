#pragma once
// The best-practice audit of a run: watches the fleet, and judges once both sides have stopped.

#include <vector>

#include "audit/auditor.hpp"
#include "audit/watch.hpp"
#include "net/pki.hpp"
#include "scenario/roster.hpp"
#include "servicepoint/service_point.hpp"

namespace vme::scenario {

class Practice {
 public:
  /// Both outlive it.
  Practice(const Scenario& scenario, const Roster& roster);

  runtime::Observer& observer() { return watch_; }
  /// Tells of a machine whose approval changes while the run goes on.
  void ruled(std::uint32_t machine, servicepoint::Approval::Rule rule, std::chrono::steady_clock::time_point at) {
    ruled_[machine] = {rule, at};
  }
  /// `revoked`: serial numbers; nothing for an external service point, whose revocations are not known.
  std::vector<report::PracticeResult> judge(const runtime::Fleet& fleet,
                                            const std::optional<std::vector<Bytes>>& revoked,
                                            const std::optional<net::ProvisioningPki>& pki) const;

 private:
  audit::Case caseOf(std::uint32_t machine) const;

  const Scenario& scenario_;
  const Roster& roster_;
  audit::Watch watch_;
  struct Ruled {
    servicepoint::Approval::Rule rule;
    std::chrono::steady_clock::time_point at;
  };
  std::map<std::uint32_t, Ruled> ruled_;  // the last word on each
};

}  // namespace vme::scenario

#pragma once
// Whether the numbers of a run can be trusted: CPU, delays, descriptors, and what held the run back.

#include <chrono>
#include <cstdint>

#include "report/results.hpp"
#include "runtime/fleet.hpp"
#include "servicepoint/service_point.hpp"

namespace vme::scenario {

struct Descriptors {
  std::uint64_t used = 0;
  std::uint64_t limit = 0;
};
Descriptors descriptors();

/// Raises the process's limit as far as it may go by itself when `needed` more are wanted. EnvironmentError when even
/// that is not enough.
void reserveDescriptors(std::uint64_t needed);

/// Sampled while the run goes on.
class HealthWatch {
 public:
  explicit HealthWatch(unsigned shards) : shards_(shards) {}

  void sample(const servicepoint::Counters& servicePoint);
  /// `busyMs` is the run's real time; `arrivalMs` the part of it in which machines were still to come.
  report::Health finish(const runtime::FleetCounters& fleet, const servicepoint::Counters& servicePoint, double busyMs,
                        double arrivalMs);

 private:
  unsigned shards_;
  std::uint64_t samples_ = 0;
  std::uint64_t queued_ = 0;  // samples in which machines waited for the service point
  std::uint64_t mostDescriptors_ = 0;
};

}  // namespace vme::scenario

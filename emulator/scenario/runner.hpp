#pragma once
// Runs a scenario: a fleet, a service point (or an external one), the verdict.

#include <atomic>
#include <functional>

#include "report/results.hpp"
#include "runtime/fleet.hpp"
#include "scenario/scenario.hpp"

namespace vme::scenario {

struct Progress {
  double elapsedMs = 0;
  runtime::FleetCounters fleet;
  servicepoint::Counters servicePoint;                          // embedded only
  double rate = 0;                                              // provisioned a second over the last seconds
  double p50 = 0, p95 = 0;                                      // time to provision so far, ms
  std::optional<double> leftMs;                                 // estimate
  double hellosRate = 0, handshakesRate = 0, requestsRate = 0;  // a second, as rate
  std::vector<std::string> troubles;  // machines refused or failed last, newest first: `desktops/3: psk-refused`
};

/// Runs to its end: every machine settled, the deadline, or `stop` (verdict interrupted). `onProgress` is called about
/// twice a second on the calling thread. EnvironmentError when it cannot start.
report::Results run(const Scenario& scenario, const std::atomic<bool>& stop,
                    const std::function<void(const Progress&)>& onProgress);

}  // namespace vme::scenario

#include "scenario/health.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <thread>

#include "base/error.hpp"
#include "net/descriptor_limit.hpp"

namespace vme::scenario {
namespace {

constexpr double kSaturated = 0.85;  // of what a thread can use

/// The rule, first match wins: a side whose threads are busy, or the busier side when the whole machine is; the service
/// point when machines waited for it in most samples; the clock when machines were still arriving most of the time.
std::string limitedBy(const report::Health& health, unsigned shards, bool queued, double arrivalShare) {
  const double cores = std::max(1U, std::thread::hardware_concurrency());
  const double fleet = health.fleetCpuShare, point = health.servicePointCpuShare;
  const bool fleetFull = fleet >= kSaturated * shards, pointFull = point >= kSaturated;
  const bool machineFull = fleet + point >= kSaturated * cores;
  if (fleetFull || pointFull || machineFull) return fleet / shards > point ? "fleet" : "service-point";
  if (queued) return "service-point";
  return arrivalShare >= 0.8 ? "clock" : "nothing";
}

}  // namespace

Descriptors descriptors() {
  Descriptors result;
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) result.limit = limit.rlim_cur;
  std::error_code error;
  for (std::filesystem::directory_iterator entry("/proc/self/fd", error), end; !error && entry != end;
       entry.increment(error)) {
    ++result.used;
  }
  return result;
}

void reserveDescriptors(std::uint64_t needed) {
  const auto limit = net::descriptorLimit();
  const auto wanted = descriptors().used + needed;
  if (wanted <= limit) return;
  throw EnvironmentError("descriptors", fmt::format("the run needs {}, the process may have {}. raise the limit with "
                                                    "`ulimit -n {}`, or lower service_point.concurrency",
                                                    wanted, limit, wanted));
}

void HealthWatch::sample(const servicepoint::Counters& servicePoint) {
  ++samples_;
  if (servicePoint.waiting > 0) ++queued_;
  mostDescriptors_ = std::max(mostDescriptors_, descriptors().used);
}

report::Health HealthWatch::finish(const runtime::FleetCounters& fleet, const servicepoint::Counters& servicePoint,
                                   double busyMs, double arrivalMs) {
  const double seconds = std::max(busyMs, 1.0) / 1000;
  report::Health health;
  health.loopLagMs = fleet.loopLagMs;
  health.fleetCpuSeconds = fleet.cpuSeconds;
  health.servicePointCpuSeconds = servicePoint.cpuSeconds;
  health.fleetCpuShare = fleet.cpuSeconds / seconds;
  health.servicePointCpuShare = servicePoint.cpuSeconds / seconds;
  health.descriptorsUsed = std::max(mostDescriptors_, descriptors().used);
  health.descriptorsLimit = descriptors().limit;
  health.lateTimers = fleet.lateTimers;
  health.limitedBy = limitedBy(health, shards_, queued_ * 2 > samples_, arrivalMs / std::max(busyMs, 1.0));
  return health;
}

}  // namespace vme::scenario

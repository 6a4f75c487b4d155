#include "report/merge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "base/error.hpp"

namespace vme::report {
namespace {

constexpr std::size_t kPoints = 100;

void checkTogether(const std::vector<Results>& runs, const std::vector<std::string>& files) {
  std::map<std::pair<std::uint64_t, std::string>, std::size_t> seen;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    if (runs[i].scenario != runs.front().scenario) {
      throw ConfigError(files[i], fmt::format("is a run of \"{}\", and {} one of \"{}\". merge runs of one scenario",
                                              runs[i].scenario, files.front(), runs.front().scenario));
    }
    for (const auto& machine : runs[i].machinesDetail) {
      const auto [there, isNew] = seen.try_emplace({runs[i].seed, machine.name}, i);
      if (isNew) continue;
      throw ConfigError(files[i], fmt::format("has the machine {} of seed {}, as {} has. merge runs of different "
                                              "machines: shards, or other seeds",
                                              machine.name, runs[i].seed, files[there->second]));
    }
  }
}

void add(MachineCounts& sum, const MachineCounts& more) {
  sum.total += more.total;
  sum.provisioned += more.provisioned;
  sum.refused += more.refused;
  sum.failed += more.failed;
  sum.idle += more.idle;
}

double quantileOf(const std::map<int, std::uint64_t>& buckets, double max, double p) {
  std::uint64_t all = 0, soFar = 0;
  for (const auto& [bucket, count] : buckets) all += count;
  for (const auto& [bucket, count] : buckets) {
    soFar += count;
    if (static_cast<double>(soFar) >= p * static_cast<double>(all)) return std::min(max, bucketLimit(bucket));
  }
  return max;
}

void setPercentiles(StepResult& step) {
  if (step.buckets.empty()) return;  // written by a version that kept none: what stands there is the worst of the runs
  step.p50 = quantileOf(step.buckets, step.max, 0.50);
  step.p95 = quantileOf(step.buckets, step.max, 0.95);
  step.p99 = quantileOf(step.buckets, step.max, 0.99);
}

void add(std::vector<StepResult>& sum, const std::vector<StepResult>& more) {
  for (const auto& step : more) {
    const auto found = std::ranges::find(sum, step.step, &StepResult::step);
    if (found == sum.end()) {
      // Before "whole", which comes last.
      const auto place = !sum.empty() && sum.back().step == "whole" ? std::prev(sum.end()) : sum.end();
      sum.insert(place, step);
      continue;
    }
    found->count += step.count;
    found->p50 = std::max(found->p50, step.p50);
    found->p95 = std::max(found->p95, step.p95);
    found->p99 = std::max(found->p99, step.p99);
    found->max = std::max(found->max, step.max);
    for (const auto& [bucket, count] : step.buckets) found->buckets[bucket] += count;
  }
}

void add(std::vector<GroupResult>& sum, const std::vector<GroupResult>& more) {
  for (const auto& group : more) {
    const auto found = std::ranges::find_if(
        sum, [&](const GroupResult& one) { return one.name == group.name && one.profile == group.profile; });
    if (found == sum.end()) {
      sum.push_back(group);
      continue;
    }
    add(found->machines, group.machines);
    for (const auto& [reason, count] : group.outcomes) found->outcomes[reason] += count;
    found->p50 = std::max(found->p50, group.p50);  // of the slowest run; whole steps have the fleet's own
    found->p95 = std::max(found->p95, group.p95);
    add(found->steps, group.steps);
  }
}

void add(std::vector<Expectation>& sum, const std::vector<Expectation>& more) {
  for (const auto& one : more) {
    const auto found = std::ranges::find(sum, one.text, &Expectation::text);
    if (found == sum.end()) {
      sum.push_back(one);
      continue;
    }
    found->held = found->held && one.held;
    found->seen += "; " + one.seen;
  }
}

void add(std::vector<FailureResult>& sum, const std::vector<FailureResult>& more) {
  for (const auto& one : more) {
    const auto found = std::ranges::find(sum, one.reason, &FailureResult::reason);
    if (found == sum.end()) {
      sum.push_back(one);
    } else {
      found->count += one.count;
    }
  }
}

void add(std::vector<FaultResult>& sum, const std::vector<FaultResult>& more) {
  for (const auto& one : more) {
    const auto found = std::ranges::find(sum, one.id, &FaultResult::id);
    if (found == sum.end()) {
      sum.push_back(one);
      continue;
    }
    found->asked += one.asked;
    found->fired += one.fired;
  }
}

/// A rule fails when it failed in one run; it passed when it did in one and failed in none.
void add(std::vector<PracticeResult>& sum, const std::vector<PracticeResult>& more) {
  using enum PracticeResult::Result;
  for (const auto& one : more) {
    const auto found = std::ranges::find(sum, one.id, &PracticeResult::id);
    if (found == sum.end()) {
      sum.push_back(one);
    } else if (one.result == fail || (one.result == pass && found->result == notSeen)) {
      *found = found->result == fail ? *found : one;
    }
  }
}

void add(Health& sum, const Health& more) {
  sum.loopLagMs = std::max(sum.loopLagMs, more.loopLagMs);
  sum.fleetCpuSeconds += more.fleetCpuSeconds;
  sum.servicePointCpuSeconds += more.servicePointCpuSeconds;
  sum.fleetCpuShare += more.fleetCpuShare;
  sum.servicePointCpuShare += more.servicePointCpuShare;
  sum.descriptorsUsed = std::max(sum.descriptorsUsed, more.descriptorsUsed);
  sum.lateTimers += more.lateTimers;
  if (sum.limitedBy == "nothing") sum.limitedBy = more.limitedBy;
}

/// The last point not after that moment; before the first one, the machines have still to come.
TimelinePoint pointAt(const Results& run, double ms) {
  TimelinePoint point{.waiting = run.machines.total};
  for (const auto& one : run.timeline) {
    if (one.ms > ms) break;
    point = one;
  }
  return point;
}

std::vector<TimelinePoint> timelineOf(const std::vector<Results>& runs) {
  double end = 0;
  for (const auto& run : runs) end = std::max(end, run.timeline.empty() ? 0 : run.timeline.back().ms);
  std::vector<TimelinePoint> points;
  for (std::size_t i = 0; end > 0 && i <= kPoints; ++i) {
    TimelinePoint sum{.ms = end * static_cast<double>(i) / static_cast<double>(kPoints)};
    for (const auto& run : runs) {
      const auto point = pointAt(run, sum.ms);
      sum.waiting += point.waiting;
      sum.factory += point.factory;
      sum.inSetup += point.inSetup;
      sum.operational += point.operational;
      sum.arrivals += point.arrivals;
      sum.completions += point.completions;
    }
    points.push_back(sum);
  }
  return points;
}

}  // namespace

Results merged(const std::vector<Results>& runs, const std::vector<std::string>& files) {
  checkTogether(runs, files);
  Results sum = runs.front();
  for (std::size_t i = 1; i < runs.size(); ++i) {
    const auto& run = runs[i];
    sum.started = std::min(sum.started, run.started);
    sum.wallMs = std::max(sum.wallMs, run.wallMs);
    sum.verdict = std::max(sum.verdict, run.verdict);
    if (sum.error.empty()) sum.error = run.error;
    if (sum.tls != run.tls) sum.tls = "modern and period";
    sum.provisionedBefore += run.provisionedBefore;
    add(sum.machines, run.machines);
    add(sum.groups, run.groups);
    add(sum.profiles, run.profiles);
    add(sum.expectations, run.expectations);
    add(sum.steps, run.steps);
    add(sum.failures, run.failures);
    add(sum.faults, run.faults);
    add(sum.bestPractice, run.bestPractice);
    add(sum.health, run.health);
    sum.machinesDetail.insert(sum.machinesDetail.end(), run.machinesDetail.begin(), run.machinesDetail.end());
  }
  for (auto& step : sum.steps) setPercentiles(step);
  for (auto& profile : sum.profiles) {
    for (auto& step : profile.steps) setPercentiles(step);
  }
  std::ranges::sort(sum.failures, [](const FailureResult& a, const FailureResult& b) {
    return std::tie(b.count, a.reason) < std::tie(a.count, b.reason);
  });
  sum.timeline = timelineOf(runs);
  sum.mergedFrom = files;
  sum.rerun.clear();  // of the first run alone
  return sum;
}

}  // namespace vme::report

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>

#include "base/json_text.hpp"
#include "report/print.hpp"
#include "report/results.hpp"

namespace vme::report {
namespace {

namespace json = boost::json;

/// Milliseconds and shares with three decimals are enough, and stay readable.
json::value rounded(double value) {
  if (!std::isfinite(value)) return nullptr;
  return std::round(value * 1000.0) / 1000.0;
}

json::object toObject(const MachineCounts& counts) {
  return {{"total", counts.total},
          {"provisioned", counts.provisioned},
          {"refused", counts.refused},
          {"failed", counts.failed},
          {"idle", counts.idle}};
}

json::object toObject(const StepResult& step) {
  json::array histogram;
  for (const auto& [bucket, count] : step.buckets) {
    histogram.push_back(bucket);
    histogram.push_back(static_cast<std::int64_t>(count));
  }
  return {{"step", step.step},        {"count", step.count},      {"p50", rounded(step.p50)},
          {"p95", rounded(step.p95)}, {"p99", rounded(step.p99)}, {"max", rounded(step.max)},
          {"histogram", histogram}};
}

template <typename Row>
json::array toArray(const std::vector<Row>& rows);

json::object toObject(const GroupResult& group) {
  json::object outcomes;
  for (const auto& [reason, count] : group.outcomes) outcomes[reason] = count;
  return {{"name", group.name},
          {"profile", group.profile},
          {"provisioning", group.provisioning},
          {"compat", json::array(group.compat.begin(), group.compat.end())},
          {"machines", toObject(group.machines)},
          {"outcomes", std::move(outcomes)},
          {"p50", rounded(group.p50)},
          {"p95", rounded(group.p95)}};
}

json::array profilesOf(const std::vector<GroupResult>& profiles) {
  json::array rows;
  for (const auto& profile : profiles) {
    auto row = toObject(profile);
    row.erase("name");
    row["steps"] = toArray(profile.steps);
    rows.push_back(std::move(row));
  }
  return rows;
}

json::object toObject(const FieldNote& field) {
  return {{"id", json::array(field.ids.begin(), field.ids.end())},
          {"provisioning", json::array(field.provisioning.begin(), field.provisioning.end())},
          {"symptom", field.symptom},
          {"correct", field.correct},
          {"naive", field.naive},
          {"why", field.why}};
}

json::object toObject(const Expectation& expectation) {
  return {{"text", expectation.text},
          {"held", expectation.held},
          {"seen", expectation.seen},
          {"wanted", expectation.wanted},
          {"where", expectation.where}};
}

json::object toObject(const TimelinePoint& point) {
  return {{"ms", rounded(point.ms)},         {"waiting", point.waiting},         {"factory", point.factory},
          {"in_setup", point.inSetup},       {"operational", point.operational}, {"arrivals", point.arrivals},
          {"completions", point.completions}};
}

json::object toObject(const Utterance& one) {
  json::object row{{"ms", rounded(one.ms)}, {"direction", one.direction}, {"what", one.what}};
  if (one.status != 0) row["status"] = one.status;
  if (!one.text.empty()) row["text"] = one.text;
  if (!one.request.empty()) row["request"] = one.request;
  if (!one.response.empty()) row["response"] = one.response;
  return row;
}

json::object toObject(const FailureResult& failure) {
  return {{"reason", failure.reason},
          {"count", failure.count},
          {"example", json::object{{"machine", failure.machine},
                                   {"address", failure.address},
                                   {"at", failure.at},
                                   {"trace", failure.trace},
                                   {"conversation", toArray(failure.conversation)}}}};
}

json::object toObject(const FaultResult& fault) {
  return {{"id", fault.id}, {"asked", fault.asked}, {"fired", fault.fired}};
}

json::object toObject(const PracticeResult& practice) {
  return {
      {"id", practice.id}, {"why", practice.why}, {"result", wordOf(practice.result)}, {"evidence", practice.evidence}};
}

json::object toObject(const Environment& environment) {
  return {{"version", environment.version},
          {"compiler", environment.compiler},
          {"openssl", environment.openssl},
          {"kernel", environment.kernel},
          {"cores", environment.cores},
          {"descriptors_limit", environment.descriptorsLimit},
          {"command", json::array(environment.command.begin(), environment.command.end())}};
}

json::object toObject(const Health& health) {
  return {{"loop_lag_ms", rounded(health.loopLagMs)},
          {"fleet_cpu_share", rounded(health.fleetCpuShare)},
          {"fleet_cpu_s", rounded(health.fleetCpuSeconds)},
          {"service_point_cpu_share", rounded(health.servicePointCpuShare)},
          {"service_point_cpu_s", rounded(health.servicePointCpuSeconds)},
          {"descriptors", json::object{{"used", health.descriptorsUsed}, {"limit", health.descriptorsLimit}}},
          {"late_timers", health.lateTimers},
          {"limited_by", health.limitedBy}};
}

json::object toObject(const MachineResult& machine) {
  return {{"name", machine.name},       {"profile", machine.profile},      {"uuid", machine.uuid},
          {"address", machine.address}, {"arrival_ms", machine.arrivalMs}, {"outcome", machine.outcome},
          {"reason", machine.reason}};
}

template <typename Row>
json::array toArray(const std::vector<Row>& rows) {
  json::array array;
  for (const auto& row : rows) array.push_back(toObject(row));
  return array;
}

}  // namespace

std::string toJson(const Results& results) {
  json::object all{{"schema", 1},
                   {"tool", "vme " VME_VERSION},
                   {"scenario", results.scenario},
                   {"seed", results.seed},
                   {"started", results.started},
                   {"wall_ms", rounded(results.wallMs)},
                   {"clock_speed", results.clockSpeed},
                   {"tls", results.tls},
                   {"verdict", wordOf(results.verdict)},
                   {"error", results.error},
                   {"machines", toObject(results.machines)},
                   {"provisioned_before", results.provisionedBefore},
                   {"groups", toArray(results.groups)},
                   {"profiles", profilesOf(results.profiles)},
                   {"expectations", toArray(results.expectations)},
                   {"steps", toArray(results.steps)},
                   {"timeline", toArray(results.timeline)},
                   {"failures", toArray(results.failures)},
                   {"faults", toArray(results.faults)},
                   {"best_practice", toArray(results.bestPractice)},
                   {"health", toObject(results.health)},
                   {"environment", toObject(results.environment)},
                   {"files", json::object{{"capture", results.capture}, {"journal", results.journal}}},
                   {"merged_from", json::array(results.mergedFrom.begin(), results.mergedFrom.end())}};
  if (results.field) all["field"] = toObject(*results.field);
  if (!results.rerun.empty()) all["rerun"] = json::parse(results.rerun);
  return printed(all);
}

std::string toJsonLines(const Results& results) {
  std::string out;
  for (const auto& machine : results.machinesDetail) out += jsonLine(toObject(machine)) + "\n";
  return out;
}

}  // namespace vme::report

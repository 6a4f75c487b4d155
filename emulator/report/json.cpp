#include <fmt/format.h>

#include <boost/json.hpp>
#include <cmath>

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

json::object toObject(const GroupResult& group) {
  json::object outcomes;
  for (const auto& [reason, count] : group.outcomes) outcomes[reason] = count;
  return {{"name", group.name},
          {"profile", group.profile},
          {"provisioning", group.provisioning},
          {"compat", json::array(group.compat.begin(), group.compat.end())},
          {"machines", toObject(group.machines)},
          {"outcomes", std::move(outcomes)}};
}

json::object toObject(const Expectation& expectation) {
  return {{"text", expectation.text},
          {"held", expectation.held},
          {"seen", expectation.seen},
          {"wanted", expectation.wanted},
          {"where", expectation.where}};
}

json::object toObject(const StepResult& step) {
  return {{"step", step.step},        {"count", step.count},      {"p50", rounded(step.p50)},
          {"p95", rounded(step.p95)}, {"p99", rounded(step.p99)}, {"max", rounded(step.max)}};
}

json::object toObject(const FailureResult& failure) {
  return {
      {"reason", failure.reason},
      {"count", failure.count},
      {"example",
       json::object{
           {"machine", failure.machine}, {"address", failure.address}, {"at", failure.at}, {"trace", failure.trace}}}};
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

// Boost.JSON writes 12.5 as 1.25E1 and everything on one line; people read this file.
void print(std::string& out, const json::value& value, std::size_t depth);

template <typename Items, typename One>
void printItems(std::string& out, const Items& items, char open, char close, std::size_t depth, One&& one) {
  out += open;
  bool first = true;
  for (const auto& item : items) {
    out += first ? "\n" : ",\n";
    first = false;
    out.append(2 * (depth + 1), ' ');
    one(item);
  }
  if (!first) out += "\n" + std::string(2 * depth, ' ');
  out += close;
}

void print(std::string& out, const json::value& value, std::size_t depth) {
  if (const auto* object = value.if_object()) {
    printItems(out, *object, '{', '}', depth, [&](const json::key_value_pair& item) {
      out += json::serialize(json::string_view(item.key())) + ": ";
      print(out, item.value(), depth + 1);
    });
  } else if (const auto* array = value.if_array()) {
    printItems(out, *array, '[', ']', depth, [&](const json::value& item) { print(out, item, depth + 1); });
  } else if (const auto* number = value.if_double()) {
    out += fmt::format("{}", *number);
  } else {
    out += json::serialize(value);
  }
}

}  // namespace

std::string toJson(const Results& results) {
  const json::object all{{"schema", 1},
                         {"tool", "vme " VME_VERSION},
                         {"scenario", results.scenario},
                         {"seed", results.seed},
                         {"started", results.started},
                         {"wall_ms", rounded(results.wallMs)},
                         {"clock_speed", results.clockSpeed},
                         {"verdict", wordOf(results.verdict)},
                         {"machines", toObject(results.machines)},
                         {"provisioned_before", results.provisionedBefore},
                         {"groups", toArray(results.groups)},
                         {"expectations", toArray(results.expectations)},
                         {"steps", toArray(results.steps)},
                         {"failures", toArray(results.failures)},
                         {"faults", json::array{}},
                         {"best_practice", json::array{}},
                         {"health", toObject(results.health)}};
  std::string out;
  print(out, all, 0);
  return out + "\n";
}

std::string toJsonLines(const Results& results) {
  std::string out;
  for (const auto& machine : results.machinesDetail) out += json::serialize(toObject(machine)) + "\n";
  return out;
}

}  // namespace vme::report

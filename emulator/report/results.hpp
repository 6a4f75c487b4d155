#pragma once
// What a run showed: the value behind results.json, junit.xml and report.html. Keys and meaning: the interface's
// section on results; the schema is scenarios/schema/results.schema.json. All times in milliseconds.

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vme::report {

enum class Verdict : std::uint8_t { held, failed, interrupted, error };
std::string_view wordOf(Verdict verdict);

struct MachineCounts {
  std::uint64_t total = 0, provisioned = 0, refused = 0, failed = 0, idle = 0;
};

struct GroupResult {
  std::string name;
  std::string profile;
  std::string provisioning;         // psk, pki; of what the group was set up by
  std::vector<std::string> compat;  // what was added to its firmware: such machines are not faithful
  MachineCounts machines;
  std::map<std::string, std::uint64_t> outcomes;  // reason word -> machines
  double p50 = 0, p95 = 0;                        // first hello to verified
};

struct Expectation {
  std::string text;
  bool held = false;
  std::string seen;
  std::string wanted;
  std::string where;  // file:line:column
};

struct StepResult {
  std::string step;
  std::uint64_t count = 0;
  double p50 = 0, p95 = 0, p99 = 0, max = 0;
};

struct FailureResult {
  std::string reason;
  std::uint64_t count = 0;
  std::string machine, address, at, trace;  // of the first one; `at` is the step
};

struct Health {
  double loopLagMs = 0;
  double fleetCpuSeconds = 0, servicePointCpuSeconds = 0;
  double fleetCpuShare = 0, servicePointCpuShare = 0;  // of one core, over the run
  std::uint64_t descriptorsUsed = 0, descriptorsLimit = 0;
  std::uint64_t lateTimers = 0;
  std::string limitedBy;  // fleet, service-point, clock, nothing
};

/// One machine as planned and as it ended. Equal in two runs of one seed, whatever the sockets' order was.
struct MachineResult {
  std::string name;  // GROUP/INDEX
  std::string profile;
  std::string uuid, address;
  std::int64_t arrivalMs = 0;  // planned, in the fleet's time since the start
  std::string outcome;         // provisioned, refused, failed, idle
  std::string reason;          // of that outcome, a word of base/reasons
};

struct Results {
  std::string scenario;
  std::uint64_t seed = 0;
  std::string started;  // ISO 8601, UTC
  double wallMs = 0;
  std::string clockSpeed;
  std::string tls;  // period, modern
  Verdict verdict = Verdict::error;
  std::string error;  // verdict error: why
  MachineCounts machines;
  std::uint64_t provisionedBefore = 0;  // of these, by an earlier run of the same state file
  std::vector<GroupResult> groups;      // a row for each profile of each of the scenario's groups
  std::vector<GroupResult> profiles;    // the same machines by profile alone; `name` is empty
  std::vector<Expectation> expectations;
  std::vector<StepResult> steps;
  std::vector<FailureResult> failures;
  Health health;
  std::vector<MachineResult> machinesDetail;  // in the order of arrival
};

/// Which groups are not as their firmware really was, and why; empty when all are.
std::string notFaithful(const Results& results);

std::string toJson(const Results& results);
/// machinesDetail, one JSON object a line.
std::string toJsonLines(const Results& results);
std::string toJunit(const Results& results);
/// One self-contained page; opens without a network.
std::string toHtml(const Results& results);
/// results.json, machines.jsonl, junit.xml, report.html in that folder, which is made when missing. Throws
/// EnvironmentError.
void write(const std::filesystem::path& folder, const Results& results);

/// The p-th quantile (0..1) of the values by nearest rank; 0 without values. Sorts them.
double quantile(std::vector<double>& values, double p);

}  // namespace vme::report

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

/// How long a step took. The values are counted in buckets too, so that several runs can be put together.
struct StepResult {
  std::string step;
  std::uint64_t count = 0;
  double p50 = 0, p95 = 0, p99 = 0, max = 0;
  std::map<int, std::uint64_t> buckets;  // durationBucket -> values
};

struct GroupResult {
  std::string name;
  std::string profile;
  std::string provisioning;         // psk, pki; of what the group was set up by
  std::vector<std::string> compat;  // what was added to its firmware: such machines are not faithful
  MachineCounts machines;
  std::map<std::string, std::uint64_t> outcomes;  // reason word -> machines
  double p50 = 0, p95 = 0;                        // first hello to verified
  std::vector<StepResult> steps;                  // of `profiles` only
};

struct Expectation {
  std::string text;
  bool held = false;
  std::string seen;
  std::string wanted;
  std::string where;  // file:line:column
};

/// One moment of a machine's conversation with its peers. Bodies are shortened; passwords, keys and digests are out.
struct Utterance {
  double ms = 0;          // since the run's start
  std::string direction;  // in: the machine was asked; out: it dialled, as for a hello; self: its own doing
  std::string what;       // the operation, the request line, or the event
  unsigned status = 0;    // of HTTP; 0: no answer, or no request
  std::string text;       // the event's particulars
  std::string request, response;
};

struct FailureResult {
  std::string reason;
  std::uint64_t count = 0;
  std::string machine, address, at, trace;  // of the first one; `at` is the step
  std::vector<Utterance> conversation;      // its last ones
  std::optional<std::uint32_t> index;       // of that machine, while the run is known
};

/// The machines by what they were at one moment of the run, each machine once in the first four.
struct TimelinePoint {
  double ms = 0;  // since the run's start, real time
  std::uint64_t waiting = 0, factory = 0, inSetup = 0, operational = 0;
  std::uint64_t arrivals = 0, completions = 0;  // so far; completed: provisioned, refused or failed for good
};

/// What the run ran on.
struct Environment {
  std::string version, compiler, openssl, kernel;
  unsigned cores = 0;
  std::uint64_t descriptorsLimit = 0;
  std::vector<std::string> command;  // without secrets
};

/// How often a fault or quirk of the scenario acted.
struct FaultResult {
  std::string id;
  std::uint64_t asked = 0;  // machines that it was drawn for
  std::uint64_t fired = 0;
};

/// One rule of the best-practice audit.
struct PracticeResult {
  enum class Result : std::uint8_t { pass, fail, notSeen };
  std::string id;
  std::string why;
  Result result = Result::notSeen;
  std::string evidence;  // what the server did to which machine
};

std::string_view wordOf(PracticeResult::Result result);

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

/// What a scenario that reproduces a failure from the field says of it.
struct FieldNote {
  std::vector<std::string> ids, provisioning;
  std::string symptom, correct, naive, why;
};

struct Results {
  std::string scenario;
  std::optional<FieldNote> field;
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
  std::vector<TimelinePoint> timeline;
  std::vector<FailureResult> failures;
  std::vector<FaultResult> faults;
  std::vector<PracticeResult> bestPractice;
  Health health;
  Environment environment;
  std::vector<std::string> mergedFrom;        // several runs put together; of these files
  std::string capture, journal;               // files beside the results, or where the user wanted them; empty: none
  std::vector<MachineResult> machinesDetail;  // in the order of arrival
  std::string rerun;                          // what `vme rerun` needs, as a JSON object; empty: nothing
};

/// Which groups are not as their firmware really was, and why; empty when all are.
std::string notFaithful(const Results& results);

std::string toJson(const Results& results);
/// machinesDetail, one JSON object a line.
std::string toJsonLines(const Results& results);
std::string toJunit(const Results& results);
/// Several runs in one file.
std::string toJunit(const std::vector<Results>& runs);
/// One self-contained page; opens without a network.
std::string toHtml(const Results& results);
/// results.json, machines.jsonl, junit.xml, report.html in that folder, which is made when missing. Throws
/// EnvironmentError.
void write(const std::filesystem::path& folder, const Results& results);

/// Percentiles and buckets of these durations. Sorts them.
StepResult stepOf(std::string name, std::vector<double>& ms);
/// Buckets are 2 % wide: the n-th reaches up to 1.02^n ms; what is shorter than a microsecond is in that of one.
int durationBucket(double ms);
double bucketLimit(int bucket);

/// The p-th quantile (0..1) of the values by nearest rank; 0 without values. Sorts them.
double quantile(std::vector<double>& values, double p);

}  // namespace vme::report

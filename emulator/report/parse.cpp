#include "report/parse.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <cmath>
#include <fstream>
#include <iterator>

#include "base/json_text.hpp"

namespace vme::report {
namespace {

namespace json = boost::json;

constexpr std::size_t kMostBytes = 256U << 20U;

/// A value and where it stands. The first thing that is wrong is kept; what is asked for after that is empty.
class In {
 public:
  In(const json::value& value, std::string path, std::optional<Error>& wrong)
      : value_(value), path_(std::move(path)), wrong_(wrong) {
    if (!value_.is_object()) complain(path_, "an object");
  }

  std::string text(std::string_view key) const {
    const auto* value = find(key);
    if (value && !value->is_string()) complain(at(key), "a text");
    return value && value->is_string() ? std::string(value->as_string()) : std::string();
  }
  std::uint64_t number(std::string_view key) const {
    const auto* value = find(key);
    return value ? wholeNumber(*value, at(key)) : 0;
  }
  std::int64_t integer(std::string_view key) const {
    const auto* value = find(key);
    boost::system::error_code error;
    const auto number = value ? value->to_number<std::int64_t>(error) : 0;
    if (error) complain(at(key), "a whole number");
    return error ? 0 : number;
  }
  double decimal(std::string_view key) const {
    const auto* value = find(key);
    if (!value) return 0;
    const double number = value->is_number() ? value->to_number<double>() : NAN;
    if (!std::isfinite(number)) complain(at(key), "a number");
    return std::isfinite(number) ? number : 0;
  }
  bool flag(std::string_view key) const {
    const auto* value = find(key);
    if (value && !value->is_bool()) complain(at(key), "true or false");
    return value && value->is_bool() && value->as_bool();
  }
  std::vector<std::string> texts(std::string_view key) const {
    std::vector<std::string> all;
    for (const auto& item : list(key)) {
      if (!item.is_string()) complain(at(key), "a list of texts");
      if (item.is_string()) all.emplace_back(item.as_string());
    }
    return all;
  }
  std::vector<std::int64_t> numbers(std::string_view key) const {
    std::vector<std::int64_t> all;
    for (const auto& item : list(key)) {
      if (!item.is_int64()) complain(at(key), "a list of whole numbers");
      all.push_back(item.is_int64() ? item.as_int64() : 0);
    }
    return all;
  }
  std::map<std::string, std::uint64_t> counts(std::string_view key) const {
    std::map<std::string, std::uint64_t> all;
    const auto* value = find(key);
    if (value && !value->is_object()) complain(at(key), "an object");
    if (!value || !value->is_object()) return all;
    for (const auto& [name, count] : value->as_object()) {
      all[std::string(name)] = wholeNumber(count, at(key) + "." + std::string(name));
    }
    return all;
  }
  /// The value as it stands there, as JSON again; empty when there is none.
  std::string verbatim(std::string_view key) const {
    const auto* value = find(key);
    if (value && !value->is_object()) complain(at(key), "an object");
    return value ? jsonLine(*value) : std::string();
  }
  bool has(std::string_view key) const { return find(key) != nullptr; }
  In child(std::string_view key) const {
    static const json::value kNothing = json::object();
    const auto* value = find(key);
    return {value ? *value : kNothing, at(key), wrong_};
  }
  template <typename Row, typename Read>
  std::vector<Row> rows(std::string_view key, Read read) const {
    std::vector<Row> all;
    std::size_t index = 0;
    for (const auto& item : list(key)) all.push_back(read(In(item, fmt::format("{}[{}]", at(key), index++), wrong_)));
    return all;
  }
  void require(std::string_view key) const {
    if (!find(key)) complain(at(key), "there");
  }
  void complain(const std::string& place, std::string_view wanted) const {
    if (!wrong_) wrong_ = Error{place, fmt::format("is not {}", wanted)};
  }
  std::string at(std::string_view key) const {
    return path_.empty() ? std::string(key) : path_ + "." + std::string(key);
  }

 private:
  const json::value* find(std::string_view key) const {
    const auto* object = value_.if_object();
    const auto* value = object ? object->if_contains(jsonText(key)) : nullptr;
    return value && value->is_null() ? nullptr : value;
  }
  const json::array& list(std::string_view key) const {
    static const json::array kNone;
    const auto* value = find(key);
    if (value && !value->is_array()) complain(at(key), "a list");
    return value && value->is_array() ? value->as_array() : kNone;
  }
  std::uint64_t wholeNumber(const json::value& value, const std::string& place) const {
    boost::system::error_code error;
    const auto number = value.to_number<std::uint64_t>(error);
    if (error) complain(place, "a whole number");
    return error ? 0 : number;
  }

  const json::value& value_;
  std::string path_;
  std::optional<Error>& wrong_;
};

MachineCounts countsFrom(const In& in) {
  return {.total = in.number("total"),
          .provisioned = in.number("provisioned"),
          .refused = in.number("refused"),
          .failed = in.number("failed"),
          .idle = in.number("idle")};
}

StepResult stepFrom(const In& in) {
  StepResult step{.step = in.text("step"),
                  .count = in.number("count"),
                  .p50 = in.decimal("p50"),
                  .p95 = in.decimal("p95"),
                  .p99 = in.decimal("p99"),
                  .max = in.decimal("max")};
  const auto histogram = in.numbers("histogram");
  if (histogram.size() % 2 != 0) in.complain(in.at("histogram"), "a list of pairs");
  for (std::size_t i = 0; i + 1 < histogram.size(); i += 2) {
    const bool fits = histogram[i] >= -10'000 && histogram[i] <= 10'000 && histogram[i + 1] >= 0;
    if (!fits) in.complain(in.at("histogram"), "a list of buckets and counts");
    if (fits) step.buckets[static_cast<int>(histogram[i])] = static_cast<std::uint64_t>(histogram[i + 1]);
  }
  return step;
}

GroupResult groupFrom(const In& in) {
  return {.name = in.text("name"),
          .profile = in.text("profile"),
          .provisioning = in.text("provisioning"),
          .compat = in.texts("compat"),
          .machines = countsFrom(in.child("machines")),
          .outcomes = in.counts("outcomes"),
          .p50 = in.decimal("p50"),
          .p95 = in.decimal("p95"),
          .steps = in.rows<StepResult>("steps", stepFrom)};
}

Expectation expectationFrom(const In& in) {
  return {.text = in.text("text"),
          .held = in.flag("held"),
          .seen = in.text("seen"),
          .wanted = in.text("wanted"),
          .where = in.text("where")};
}

TimelinePoint pointFrom(const In& in) {
  return {.ms = in.decimal("ms"),
          .waiting = in.number("waiting"),
          .factory = in.number("factory"),
          .inSetup = in.number("in_setup"),
          .operational = in.number("operational"),
          .arrivals = in.number("arrivals"),
          .completions = in.number("completions")};
}

Utterance utteranceFrom(const In& in) {
  return {.ms = in.decimal("ms"),
          .direction = in.text("direction"),
          .what = in.text("what"),
          .status = static_cast<unsigned>(in.number("status")),
          .text = in.text("text"),
          .request = in.text("request"),
          .response = in.text("response")};
}

FailureResult failureFrom(const In& in) {
  const auto example = in.child("example");
  return {.reason = in.text("reason"),
          .count = in.number("count"),
          .machine = example.text("machine"),
          .address = example.text("address"),
          .at = example.text("at"),
          .trace = example.text("trace"),
          .conversation = example.rows<Utterance>("conversation", utteranceFrom)};
}

FaultResult faultFrom(const In& in) {
  return {.id = in.text("id"), .asked = in.number("asked"), .fired = in.number("fired")};
}

PracticeResult practiceFrom(const In& in) {
  using enum PracticeResult::Result;
  PracticeResult practice{.id = in.text("id"), .why = in.text("why"), .evidence = in.text("evidence")};
  const auto word = in.text("result");
  for (const auto result : {pass, fail, notSeen}) {
    if (wordOf(result) == word) practice.result = result;
  }
  if (wordOf(practice.result) != word) in.complain(in.at("result"), "pass, fail or not-seen");
  return practice;
}

Health healthFrom(const In& in) {
  const auto descriptors = in.child("descriptors");
  return {.loopLagMs = in.decimal("loop_lag_ms"),
          .fleetCpuSeconds = in.decimal("fleet_cpu_s"),
          .servicePointCpuSeconds = in.decimal("service_point_cpu_s"),
          .fleetCpuShare = in.decimal("fleet_cpu_share"),
          .servicePointCpuShare = in.decimal("service_point_cpu_share"),
          .descriptorsUsed = descriptors.number("used"),
          .descriptorsLimit = descriptors.number("limit"),
          .lateTimers = in.number("late_timers"),
          .limitedBy = in.text("limited_by")};
}

Environment environmentFrom(const In& in) {
  return {.version = in.text("version"),
          .compiler = in.text("compiler"),
          .openssl = in.text("openssl"),
          .kernel = in.text("kernel"),
          .cores = static_cast<unsigned>(in.number("cores")),
          .descriptorsLimit = in.number("descriptors_limit"),
          .command = in.texts("command")};
}

FieldNote fieldFrom(const In& in) {
  return {.ids = in.texts("id"),
          .provisioning = in.texts("provisioning"),
          .symptom = in.text("symptom"),
          .correct = in.text("correct"),
          .naive = in.text("naive"),
          .why = in.text("why")};
}

Verdict verdictFrom(const In& in) {
  using enum Verdict;
  const auto word = in.text("verdict");
  for (const auto verdict : {held, failed, interrupted, error}) {
    if (wordOf(verdict) == word) return verdict;
  }
  in.complain(in.at("verdict"), "held, failed, interrupted or error");
  return error;
}

Results resultsFrom(const In& in) {
  for (const auto* key : {"schema", "scenario", "verdict", "machines"}) in.require(key);
  if (in.number("schema") != 1) in.complain(in.at("schema"), "1, the only version there is");
  Results results;
  results.scenario = in.text("scenario");
  results.seed = in.number("seed");
  results.started = in.text("started");
  results.wallMs = in.decimal("wall_ms");
  results.clockSpeed = in.text("clock_speed");
  results.tls = in.text("tls");
  results.verdict = verdictFrom(in);
  results.error = in.text("error");
  results.machines = countsFrom(in.child("machines"));
  results.provisionedBefore = in.number("provisioned_before");
  results.groups = in.rows<GroupResult>("groups", groupFrom);
  results.profiles = in.rows<GroupResult>("profiles", groupFrom);
  results.expectations = in.rows<Expectation>("expectations", expectationFrom);
  results.steps = in.rows<StepResult>("steps", stepFrom);
  results.timeline = in.rows<TimelinePoint>("timeline", pointFrom);
  results.failures = in.rows<FailureResult>("failures", failureFrom);
  results.faults = in.rows<FaultResult>("faults", faultFrom);
  results.bestPractice = in.rows<PracticeResult>("best_practice", practiceFrom);
  results.health = healthFrom(in.child("health"));
  results.environment = environmentFrom(in.child("environment"));
  results.capture = in.child("files").text("capture");
  results.journal = in.child("files").text("journal");
  results.mergedFrom = in.texts("merged_from");
  if (in.has("field")) results.field = fieldFrom(in.child("field"));
  results.rerun = in.verbatim("rerun");
  return results;
}

MachineResult machineFrom(const In& in) {
  return {.name = in.text("name"),
          .profile = in.text("profile"),
          .uuid = in.text("uuid"),
          .address = in.text("address"),
          .arrivalMs = in.integer("arrival_ms"),
          .outcome = in.text("outcome"),
          .reason = in.text("reason")};
}

Result<json::value> parseJson(std::string_view text) {
  if (text.size() > kMostBytes) return fail({}, "is larger than 256 MiB");
  boost::system::error_code error;
  auto value = json::parse(jsonText(text), error);
  if (error) return fail({}, "is no JSON: " + error.message());
  return value;
}

std::string textOf(const std::filesystem::path& file, std::string_view mend) {
  std::ifstream in(file, std::ios::binary);
  if (!in || std::filesystem::is_directory(file)) {
    throw ConfigError(file.string(), fmt::format("cannot be read. {}", mend));
  }
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

Result<Results> parseResults(std::string_view text) {
  const auto value = parseJson(text);
  if (!value) return std::unexpected(value.error());
  std::optional<Error> wrong;
  auto results = resultsFrom(In(*value, "", wrong));
  if (wrong) return std::unexpected(std::move(*wrong));
  return results;
}

Result<std::vector<MachineResult>> parseMachines(std::string_view lines) {
  std::vector<MachineResult> machines;
  for (std::size_t number = 1; !lines.empty(); ++number) {
    const auto line = lines.substr(0, lines.find('\n'));
    lines.remove_prefix(std::min(lines.size(), line.size() + 1));
    if (line.empty()) continue;
    const auto place = fmt::format("line {}", number);
    const auto value = parseJson(line);
    if (!value) return fail(place, value.error().message());
    std::optional<Error> wrong;
    machines.push_back(machineFrom(In(*value, "", wrong)));
    if (wrong) return fail(place, wrong->message());
  }
  return machines;
}

Results read(const std::filesystem::path& folderOrFile) {
  const bool isFolder = std::filesystem::is_directory(folderOrFile);
  const auto file = isFolder ? folderOrFile / "results.json" : folderOrFile;
  auto results =
      parseResults(textOf(file, "name a folder that `vme run` wrote (--report DIR), or the results.json in it"));
  if (!results) {
    throw ConfigError(file.string(), results.error().message() + ". name a results.json as `vme run` wrote it");
  }
  const auto beside = file.parent_path() / "machines.jsonl";
  if (!std::filesystem::exists(beside)) return std::move(*results);
  auto machines = parseMachines(textOf(beside, "check your permissions"));
  if (!machines) {
    throw ConfigError(beside.string(), machines.error().message() + ". restore the file that `vme run` wrote");
  }
  results->machinesDetail = std::move(*machines);
  return std::move(*results);
}

}  // namespace vme::report

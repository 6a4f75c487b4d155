#include "scenario/load_arrival.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "base/error.hpp"
#include "scenario/files.hpp"

namespace vme::scenario {
namespace {

using fleet::ArrivalShape;
using profile::YamlCursor;

constexpr std::array<std::pair<std::string_view, ArrivalShape>, 4> kShapes{{{"together", ArrivalShape::together},
                                                                            {"even", ArrivalShape::even},
                                                                            {"random", ArrivalShape::random},
                                                                            {"ramp", ArrivalShape::ramp}}};
constexpr std::uint64_t kMostWaves = 100'000;
constexpr double kFastest = 1e6, kSlowest = 1e-6;  // machines a second
constexpr std::uintmax_t kLargestTrace = 64U << 20U;
constexpr double kLastMs = 1e13;

const Section& wavesSection() {
  static const Section section{
      "waves",
      {{"count", "how many waves", {shape::integer(1, kMostWaves)}, true},
       {"every", "from the start of one wave to the start of the next", {shape::duration()}, true},
       {"over", "within which the machines of one wave come up; default 0", {shape::duration()}},
       {"shape", "how they come within it; default even", {shape::wordOf(kShapes)}}}};
  return section;
}

const Section& poissonSection() {
  static const Section section{"poisson",
                               {{"rate", "machines a second, in the mean", {shape::above(0, kFastest)}, true}}};
  return section;
}

void readSpread(const YamlCursor& map, fleet::Arrival& arrival) {
  if (const auto over = map.find("over")) arrival.over = MeDuration::milliseconds(over->durationMs());
  if (const auto shape = map.find("shape")) arrival.shape = shape->choice<ArrivalShape>(kShapes);
}

void readWaves(const YamlCursor& map, fleet::Arrival& arrival) {
  const auto count = static_cast<std::uint32_t>(map.at("count").number(1, kMostWaves));
  const auto every = MeDuration::milliseconds(map.at("every").durationMs());
  arrival.waves = fleet::Waves{count, every};
  readSpread(map, arrival);
  finish(map, wavesSection());
  if (arrival.over.ms > every.ms && count > 1) {
    map.at("over").fail(
        fmt::format("{}.over is longer than every, so that waves run into each other. shorten it", map.path()));
  }
}

void readPoisson(const YamlCursor& map, fleet::Arrival& arrival) {
  const auto rate = map.at("rate");
  arrival.poissonRate = rate.decimal(0, kFastest);
  if (*arrival.poissonRate < kSlowest) {
    rate.fail(fmt::format("{} is too slow for anybody to come. write machines a second, as 0.5", rate.path()));
  }
  finish(map, poissonSection());
}

std::string_view trimmed(std::string_view text) {
  const auto from = text.find_first_not_of(" \t\r\"");
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(" \t\r\"") - from + 1);
}

std::optional<std::int64_t> offsetOf(std::string_view word) {
  if (const auto duration = profile::parseDuration(word)) return duration;
  double seconds = 0;
  const auto* end = word.data() + word.size();
  const auto [stopped, error] = std::from_chars(word.data(), end, seconds);
  if (error != std::errc{} || stopped != end || !(seconds >= 0) || seconds * 1000 > kLastMs) return std::nullopt;
  return std::llround(seconds * 1000);
}

}  // namespace

std::vector<std::int64_t> parseTrace(const std::string& place, std::string_view text) {
  std::vector<std::int64_t> offsets;
  std::size_t number = 0;
  bool mayBeHeading = true;
  while (!text.empty()) {
    const auto end = text.find('\n');
    const auto line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    ++number;
    const auto word = trimmed(line.substr(0, line.find(',')));
    if (word.empty() || word.front() == '#') continue;
    const auto offset = offsetOf(word);
    const auto isHeading = mayBeHeading && !offset;
    mayBeHeading = false;
    if (isHeading) continue;
    const auto column = static_cast<std::size_t>(word.data() - line.data()) + 1;
    const auto where = fmt::format("{}:{}:{}", place, number, column);
    if (!offset) {
      throw ConfigError(
          where, fmt::format("\"{}\" is no offset. write a duration such as 1.5s, or a number of seconds", word));
    }
    if (!offsets.empty() && *offset < offsets.back()) {
      throw ConfigError(where, fmt::format("\"{}\" is before the line above. put the offsets in their order", word));
    }
    offsets.push_back(*offset);
  }
  if (offsets.empty()) throw ConfigError(place, "holds no offsets. write one a line, as 1.5s");
  return offsets;
}

const Section& arrivalSection() {
  static const Section section{
      "arrival",
      {{"over", "time within which all come up; default 0", {shape::duration()}},
       {"shape", "how they are spread over it; default even", {shape::wordOf(kShapes)}},
       {"waves", "several waves, over which the machines are dealt evenly", {shape::map(wavesSection)}},
       {"poisson", "at random with a mean rate, as independent users come", {shape::map(poissonSection)}},
       {"trace",
        "a CSV of offsets from the scenario's folder, over whose lines the machines are dealt evenly",
        {shape::text()}}}};
  return section;
}

fleet::Arrival readArrival(const YamlCursor& map, const std::filesystem::path& folder) {
  fleet::Arrival arrival;
  readSpread(map, arrival);
  if (const auto waves = map.find("waves")) readWaves(*waves, arrival);
  if (const auto poisson = map.find("poisson")) readPoisson(*poisson, arrival);
  if (const auto trace = map.find("trace")) {
    const auto text = readNamedFile(*trace, folder, kLargestTrace, "a CSV of offsets");
    arrival.traceMs =
        std::make_shared<const std::vector<std::int64_t>>(parseTrace((folder / trace->text()).string(), text));
  }
  finish(map, arrivalSection());
  std::vector<std::string_view> kinds;
  for (const std::string_view key : {"waves", "poisson", "trace"}) {
    if (map.has(key)) kinds.push_back(key);
  }
  const bool isSpread = map.has("over") || map.has("shape");
  if (kinds.size() + (isSpread ? 1 : 0) > 1) {
    map.fail(fmt::format("{} says in more than one way when machines come. keep one of {}{}", map.path(),
                         isSpread ? "over and shape, " : "", fmt::join(kinds, ", ")));
  }
  return arrival;
}

}  // namespace vme::scenario

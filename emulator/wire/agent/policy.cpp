#include "wire/agent/policy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <charconv>
#include <utility>

#include "base/json_text.hpp"
#include "wire/agent/json_members.hpp"

namespace vme::wire::agent {
namespace {

constexpr std::array<std::string_view, 5> kSteps{"upgrade-driver", "upgrade-firmware", "reboot", "rng-seed-creator",
                                                 "provision"};
constexpr std::array<std::string_view, 2> kLevels{"old", "current"};
constexpr std::array<std::string_view, 2> kKinds{"firmware", "driver"};

constexpr std::size_t kMaxSteps = 32;
constexpr std::size_t kMaxRows = 64;
constexpr std::size_t kMaxPackages = 256;
constexpr std::int64_t kMaxSeconds = 10LL * 365 * 24 * 3600;
constexpr std::int64_t kMaxPackageBytes = 1LL << 32U;
constexpr unsigned kMaxNumber = 65535;

template <typename Enum, std::size_t size>
std::optional<Enum> fromWord(const std::array<std::string_view, size>& words, std::string_view word) {
  const auto found = std::ranges::find(words, word);
  if (found == words.end()) return std::nullopt;
  return static_cast<Enum>(found - words.begin());
}

template <typename Enum, std::size_t size>
Enum needWord(JsonMembers& members, std::string_view name, const std::array<std::string_view, size>& words) {
  const auto value = fromWord<Enum>(words, members.text(name));
  if (!value) members.refuse(name, fmt::format("none of {}", fmt::join(words, ", ")));
  return value.value_or(Enum{});
}

Version needVersion(JsonMembers& members, std::string_view name) {
  const auto version = parseVersion(members.text(name));
  if (!version) members.refuse(name, "no version");
  return version.value_or(Version{});
}

/// Each element of the array as an object; the first bad one spoils `members`.
template <typename Read>
void eachObject(JsonMembers& members, std::string_view name, std::size_t most, Read read) {
  for (const auto& element : members.array(name, most)) {
    const auto* object = element.if_object();
    if (!object) {
      members.refuse(name, "an element is no object");
      return;
    }
    JsonMembers inner(*object);
    read(inner);
    if (!inner.good()) members.refuse(name, inner.error().message());
  }
}

PackageFacts packageFrom(JsonMembers& members) {
  PackageFacts package;
  package.name = members.text("name");
  package.kind = needWord<PackageKind>(members, "kind", kKinds);
  package.profile = members.optionalText("profile");
  package.version = members.text("version");
  package.chipset = members.optionalText("chipset");
  package.bytes = static_cast<std::uint64_t>(members.number("bytes", 0, kMaxPackageBytes));
  package.sha256 = members.text("sha256");
  return package;
}

boost::json::object jsonOf(const PackageFacts& package) {
  boost::json::object object{{"name", package.name},
                             {"kind", jsonText(kKinds.at(std::to_underlying(package.kind)))},
                             {"version", package.version}};
  if (package.kind == PackageKind::firmware) {
    object["profile"] = package.profile;
    object["chipset"] = package.chipset;
  }
  object["bytes"] = package.bytes;
  object["sha256"] = package.sha256;
  return object;
}

}  // namespace

std::string_view wordOf(TaskStep step) {
  return kSteps.at(std::to_underlying(step));
}

std::optional<TaskStep> taskStepFrom(std::string_view word) {
  return fromWord<TaskStep>(kSteps, word);
}

std::vector<TaskStep> wholeSequence() {
  using enum TaskStep;
  return {upgradeDriver, upgradeFirmware, reboot, rngSeedCreator, provision};
}

std::string Version::text() const {
  return fmt::format("{}.{}.{}", major, minor, hotfix);
}

std::optional<Version> parseVersion(std::string_view text) {
  std::array<unsigned, 4> numbers{};
  std::size_t count = 0;
  const auto* at = text.data();
  const auto* end = at + text.size();
  for (;; ++at) {
    if (count == numbers.size()) return std::nullopt;
    const auto [next, error] = std::from_chars(at, end, numbers.at(count));
    if (error != std::errc() || numbers.at(count) > kMaxNumber) return std::nullopt;
    ++count;
    at = next;
    if (at == end) break;
    if (*at != '.') return std::nullopt;
  }
  if (count < 2) return std::nullopt;
  return Version{numbers[0], numbers[1], numbers[2]};
}

std::vector<MinimumFirmware> fieldMinimums() {
  return {{{2, 0, 0}, {2, 2, 20}},
          {{2, 5, 0}, {2, 6, 20}},
          {{3, 0, 0}, {3, 2, 2}},
          {{4, 0, 0}, {4, 0, 0}},
          {{5, 0, 0}, {5, 0, 0}}};
}

std::optional<Version> minimumFor(std::span<const MinimumFirmware> rows, const Version& version) {
  const MinimumFirmware* best = nullptr;
  for (const auto& row : rows) {
    if (row.from <= version && (!best || row.from > best->from)) best = &row;
  }
  if (!best) return std::nullopt;
  return best->minimum;
}

std::string encode(const Policy& policy) {
  boost::json::array steps;
  for (const auto step : policy.sequence) steps.emplace_back(jsonText(wordOf(step)));
  boost::json::array minimums;
  for (const auto& row : policy.minimumFirmware) {
    minimums.push_back(boost::json::object{{"from", row.from.text()}, {"minimum", row.minimum.text()}});
  }
  boost::json::array packages;
  for (const auto& package : policy.packages) packages.push_back(jsonOf(package));
  return jsonLine(
      boost::json::object{{"policy", jsonText(kAutomaticProvisioning)},
                          {"collection", policy.collection},
                          {"task_sequence", std::move(steps)},
                          {"minimum_firmware", std::move(minimums)},
                          {"minimum_driver", jsonText(kLevels.at(std::to_underlying(policy.minimumDriver)))},
                          {"packages", std::move(packages)},
                          {"retry_s", policy.retryS},
                          {"otp_lifetime_s", policy.otpLifetimeS}});
}

Result<Policy> parsePolicy(std::string_view body) {
  const auto object = parseObject(body);
  if (!object) return std::unexpected(object.error());
  JsonMembers members(*object);
  Policy policy;
  if (members.text("policy") != kAutomaticProvisioning) members.refuse("policy", "another policy");
  policy.collection = members.text("collection");
  for (const auto& element : members.array("task_sequence", kMaxSteps)) {
    const auto* word = element.if_string();
    const auto step = word ? taskStepFrom({word->data(), word->size()}) : std::nullopt;
    if (!step) members.refuse("task_sequence", "an unknown step");
    policy.sequence.push_back(step.value_or(TaskStep::provision));
  }
  eachObject(members, "minimum_firmware", kMaxRows, [&](JsonMembers& row) {
    const auto from = needVersion(row, "from");
    policy.minimumFirmware.push_back({from, needVersion(row, "minimum")});
  });
  policy.minimumDriver = needWord<DriverLevel>(members, "minimum_driver", kLevels);
  eachObject(members, "packages", kMaxPackages, [&](JsonMembers& row) { policy.packages.push_back(packageFrom(row)); });
  policy.retryS = members.number("retry_s", 1, kMaxSeconds);
  policy.otpLifetimeS = members.number("otp_lifetime_s", 1, kMaxSeconds);
  if (!members.good()) return std::unexpected(members.error());
  return policy;
}

}  // namespace vme::wire::agent

#include "scenario/load_expect.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/nearest.hpp"
#include "base/reasons.hpp"
#include "scenario/values.hpp"

namespace vme::scenario {
namespace {

using profile::YamlCursor;

constexpr std::array<std::string_view, 4> kCounted{"provisioned", "refused", "failed", "idle"};
constexpr std::array<std::string_view, 4> kQuantiles{"p50", "p95", "p99", "max"};

void take(Expect& expect, const Wanted& wanted) {
  expect.compare = wanted.compare;
  expect.wanted = wanted.value;
  expect.isShare = wanted.isShare;
}

void takeCount(Expect& expect, const YamlCursor& value) {
  const auto text = value.text();
  const auto wanted = wantedCount(text);
  if (!wanted) {
    value.fail(fmt::format("{} is \"{}\". write a number of machines or a share, as 20, 100% or \"> 95%\"",
                           value.path(), text));
  }
  take(expect, *wanted);
}

std::optional<std::string> readGroup(const YamlCursor& map, const std::vector<std::string>& names) {
  const auto value = map.find("group");
  if (!value) return std::nullopt;
  auto name = value->text();
  if (std::ranges::find(names, name) == names.end()) {
    auto hint = didYouMean(name, names);
    if (hint.empty()) hint = fmt::format(" there are {}", fmt::join(names, ", "));
    value->fail(fmt::format("{} is \"{}\", which is no group.{}", value->path(), name, hint));
  }
  return name;
}

std::string readReason(const YamlCursor& value) {
  const auto word = value.text();
  if (reasonFromWord(word)) return word;
  std::vector<std::string> words;
  for (const auto& info : allReasons()) words.emplace_back(info.word);
  auto hint = didYouMean(word, words);
  if (hint.empty()) hint = " `vme quirks --reasons` lists them";
  value.fail(fmt::format("{} is \"{}\", which is no reason.{}", value.path(), word, hint));
}

Expect begin(std::string_view subject, const YamlCursor& item) {
  Expect expect;
  expect.subject = subject;
  expect.where = item.place();
  return expect;
}

std::string inGroup(const Expect& expect) {
  return expect.group ? fmt::format("group: {}, ", *expect.group) : "";
}

Expect readCounted(std::string_view subject, const YamlCursor& value, const std::vector<std::string>& names) {
  auto expect = begin(subject, value);
  if (!value.isMap()) {
    takeCount(expect, value);
    expect.text = fmt::format("{}: {}", subject, value.text());
    return expect;
  }
  expect.group = readGroup(value, names);
  const auto is = value.at("is");
  takeCount(expect, is);
  expect.text = fmt::format("{}: {{{}is: {}}}", subject, inGroup(expect), is.text());
  value.finish();
  return expect;
}

Expect readOutcome(const YamlCursor& value, const std::vector<std::string>& names) {
  auto expect = begin("outcome", value);
  expect.group = readGroup(value, names);
  expect.detail = readReason(value.at("reason"));
  const auto is = value.at("is");
  takeCount(expect, is);
  expect.text = fmt::format("outcome: {{{}reason: {}, is: {}}}", inGroup(expect), expect.detail, is.text());
  value.finish();
  return expect;
}

void readTimes(const YamlCursor& value, const std::vector<std::string>& names, std::vector<Expect>& out) {
  const auto group = readGroup(value, names);
  const auto before = out.size();
  for (const auto quantile : kQuantiles) {
    const auto limit = value.find(quantile);
    if (!limit) continue;
    auto expect = begin("time_to_provision", *limit);
    expect.group = group;
    expect.detail = quantile;
    const auto wanted = wantedDuration(limit->text());
    if (!wanted) {
      limit->fail(
          fmt::format("{} is \"{}\". write a comparison and a duration, as \"< 30s\"", limit->path(), limit->text()));
    }
    take(expect, *wanted);
    expect.text = fmt::format("time_to_provision: {{{}{}: {}}}", inGroup(expect), quantile, limit->text());
    out.push_back(std::move(expect));
  }
  value.finish();
  if (out.size() == before) value.fail(value.path() + " asks nothing. add p50, p95, p99 or max");
}

}  // namespace

std::vector<Expect> readExpect(const YamlCursor& list, const std::vector<std::string>& groupNames) {
  std::vector<Expect> all;
  for (const auto& item : list.items()) {
    const auto before = all.size();
    item.refuseLater("best_practice");
    item.refuseLater("never");
    unsigned keys = 0;
    for (const auto subject : kCounted) {
      const auto value = item.find(subject);
      if (!value) continue;
      ++keys;
      all.push_back(readCounted(subject, *value, groupNames));
    }
    if (const auto value = item.find("outcome")) {
      ++keys;
      all.push_back(readOutcome(*value, groupNames));
    }
    if (const auto value = item.find("time_to_provision")) {
      ++keys;
      readTimes(*value, groupNames, all);
    }
    item.finish();
    if (keys > 1) item.fail(item.path() + " has more than one key. make each an entry of its own");
    if (all.size() == before)
      item.fail(item.path() + " is empty. write one expectation an entry, as provisioned: 100%");
  }
  if (all.empty()) list.fail("expect is empty. leave it out, or add an entry such as provisioned: 100%");
  return all;
}

std::vector<Expect> defaultExpect(const Scenario& scenario, const std::string& place) {
  const auto provisions = [](const GroupSpec& spec) { return spec.group.start == runtime::Start::bareMetal; };
  Expect expect;
  expect.where = place;
  expect.subject = "provisioned";
  expect.wanted = 1;
  expect.isShare = true;
  if (std::ranges::all_of(scenario.groups, provisions)) {
    expect.text = "provisioned: 100%";
    return {expect};
  }
  std::vector<Expect> all;
  for (const auto& spec : scenario.groups) {
    if (!provisions(spec) || (!all.empty() && all.back().group == spec.group.name)) continue;
    expect.group = spec.group.name;
    expect.text = fmt::format("provisioned: {{group: {}, is: 100%}}", spec.group.name);
    all.push_back(expect);
  }
  if (!all.empty()) return all;
  expect.subject = "idle";
  expect.text = "idle: 100%";
  return {expect};
}

}  // namespace vme::scenario

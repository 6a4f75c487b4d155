#include "scenario/expect_reader.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"
#include "scenario/machine_names.hpp"

namespace vme::scenario {
using profile::YamlCursor;

Expect beginExpect(std::string_view subject, const YamlCursor& value) {
  Expect expect;
  expect.subject = subject;
  expect.where = value.place();
  return expect;
}

void readSelection(const YamlCursor& map, const Scenario& scenario, Expect& expect) {
  const auto group = map.find("group");
  const auto machine = map.find("machine");
  if (group && machine) machine->fail(map.path() + " has group and machine. keep one of them");
  if (group) expect.group = readGroupName(*group, scenario);
  if (machine) expect.machine = machineNamed(machine->place(), machine->text(), scenario);
}

std::string selectionText(const Expect& expect, const Scenario& scenario) {
  if (expect.machine) return fmt::format("machine: {}, ", machineName(scenario, *expect.machine));
  return expect.group ? fmt::format("group: {}, ", *expect.group) : "";
}

std::vector<Key> selectionKeys() {
  return {{"group", "the machines of this group alone", {shape::text()}},
          {"machine", "this machine alone, as GROUP/INDEX", {shape::text("/")}}};
}

void takeWanted(Expect& expect, const Wanted& wanted) {
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
  takeWanted(expect, *wanted);
}

void takeNumber(Expect& expect, const YamlCursor& value) {
  const auto text = value.text();
  const auto wanted = wantedCount(text);
  if (!wanted || wanted->isShare) {
    value.fail(fmt::format("{} is \"{}\". write a number, as 3 or \"<= 3\"", value.path(), text));
  }
  takeWanted(expect, *wanted);
}

void readQuantiles(const YamlCursor& map, const Expect& begun, const std::string& lead, std::vector<Expect>& out) {
  const auto before = out.size();
  for (const auto quantile : kQuantiles) {
    const auto limit = map.find(quantile);
    if (!limit) continue;
    auto expect = begun;
    expect.where = limit->place();
    expect.detail = quantile;
    const auto wanted = wantedDuration(limit->text());
    if (!wanted) {
      limit->fail(
          fmt::format("{} is \"{}\". write a comparison and a duration, as \"< 30s\"", limit->path(), limit->text()));
    }
    takeWanted(expect, *wanted);
    expect.text = fmt::format("{}: {{{}{}: {}}}", expect.subject, lead, quantile, limit->text());
    out.push_back(std::move(expect));
  }
  if (out.size() == before) map.fail(map.path() + " asks nothing. add p50, p95, p99 or max");
}

std::vector<Key> quantileKeys() {
  std::vector<Key> keys;
  for (const auto quantile : kQuantiles) {
    keys.push_back({quantile, "a comparison and a duration, as \"< 30s\"", {shape::limit()}});
  }
  return keys;
}

std::vector<Key> joined(std::vector<Key> keys, const std::vector<Key>& more) {
  keys.insert(keys.end(), more.begin(), more.end());
  return keys;
}

}  // namespace vme::scenario

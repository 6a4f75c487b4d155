#include "scenario/load_expect.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/reasons.hpp"
#include "scenario/expect_reader.hpp"

namespace vme::scenario {
namespace {

using profile::YamlCursor;

const Section& countedSection() {
  static const Section section{
      "counted", joined(selectionKeys(), {{"is", "how many, as 20, 100% or \"> 95%\"", {shape::count()}, true}})};
  return section;
}

const Section& outcomeSection() {
  static const Section section{"outcome", joined(countedSection().keys, {{"reason",
                                                                          "a word of `vme quirks --reasons`",
                                                                          {shape::word([] {
                                                                            std::vector<std::string> words;
                                                                            for (const auto& info : allReasons())
                                                                              words.emplace_back(info.word);
                                                                            return words;
                                                                          }())},
                                                                          true}})};
  return section;
}

const Section& timesSection() {
  static const Section section{"time_to_provision", joined(selectionKeys(), quantileKeys())};
  return section;
}

const Section& stateSection() {
  static const Section section{
      "state", joined(selectionKeys(), {{"is", "of the machine itself, at the end", {shape::word(stateWords())}, true},
                                        {"count", "how many; default 100%", {shape::count()}}})};
  return section;
}

const Section& stepSection() {
  static const Section section{
      "step",
      joined(joined(selectionKeys(), quantileKeys()),
             {{"name", "as results.json names it: hello, connect, handshake, a call, whole", {shape::text()}, true},
              {"profile", "of machines with this firmware alone", {shape::text()}}})};
  return section;
}

void readCounted(std::string_view subject, const YamlCursor& value, const Scenario& scenario,
                 std::vector<Expect>& out) {
  auto expect = beginExpect(subject, value);
  if (!value.isMap()) {
    takeCount(expect, value);
    expect.text = fmt::format("{}: {}", subject, value.text());
    out.push_back(std::move(expect));
    return;
  }
  readSelection(value, scenario, expect);
  const auto is = value.at("is");
  takeCount(expect, is);
  expect.text = fmt::format("{}: {{{}is: {}}}", subject, selectionText(expect, scenario), is.text());
  finish(value, countedSection());
  out.push_back(std::move(expect));
}

void readOutcome(std::string_view subject, const YamlCursor& value, const Scenario& scenario,
                 std::vector<Expect>& out) {
  auto expect = beginExpect(subject, value);
  readSelection(value, scenario, expect);
  expect.detail = readReasonPattern(value.at("reason")).word;
  const auto is = value.at("is");
  takeCount(expect, is);
  expect.text =
      fmt::format("outcome: {{{}reason: {}, is: {}}}", selectionText(expect, scenario), expect.detail, is.text());
  finish(value, outcomeSection());
  out.push_back(std::move(expect));
}

void readTimes(std::string_view subject, const YamlCursor& value, const Scenario& scenario, std::vector<Expect>& out) {
  auto expect = beginExpect(subject, value);
  readSelection(value, scenario, expect);
  for (const auto quantile : kQuantiles) value.find(quantile);
  finish(value, timesSection());
  readQuantiles(value, expect, selectionText(expect, scenario), out);
}

void readFinalState(std::string_view subject, const YamlCursor& value, const Scenario& scenario,
                    std::vector<Expect>& out) {
  auto expect = beginExpect(subject, value);
  readSelection(value, scenario, expect);
  expect.detail = readState(value.at("is")).word;
  std::string count = "100%";
  expect.wanted = 1;
  expect.isShare = true;
  if (const auto given = value.find("count")) {
    takeCount(expect, *given);
    count = given->text();
  }
  expect.text = fmt::format("state: {{{}is: {}, count: {}}}", selectionText(expect, scenario), expect.detail, count);
  finish(value, stateSection());
  out.push_back(std::move(expect));
}

void readStep(std::string_view subject, const YamlCursor& value, const Scenario& scenario, std::vector<Expect>& out) {
  auto expect = beginExpect(subject, value);
  readSelection(value, scenario, expect);
  expect.step = value.at("name").text();
  auto lead = fmt::format("name: {}, {}", expect.step, selectionText(expect, scenario));
  if (const auto profile = value.find("profile")) {
    const auto name = profile->text();
    std::vector<std::string> names;
    for (const auto& spec : scenario.groups) names.push_back(spec.group.profile->name);
    if (std::ranges::find(names, name) == names.end()) {
      profile->fail(fmt::format("{} is \"{}\", which no machine of the scenario runs. there are {}", profile->path(),
                                name, fmt::join(names, ", ")));
    }
    expect.profile = name;
    lead += fmt::format("profile: {}, ", name);
  }
  for (const auto quantile : kQuantiles) value.find(quantile);
  finish(value, stepSection());
  readQuantiles(value, expect, lead, out);
}

std::vector<ExpectKind> allExpects() {
  auto all = outcomeExpects();
  all.insert(all.end(), eventExpects().begin(), eventExpects().end());
  return all;
}

}  // namespace

const std::vector<ExpectKind>& outcomeExpects() {
  const auto counted = [](std::string_view subject, std::string_view doc) {
    return ExpectKind{subject, doc, readCounted, {shape::count(), shape::map(countedSection)}};
  };
  static const std::vector<ExpectKind> kinds{
      counted("provisioned", "machines that the service point and the machine itself call so"),
      counted("refused", "machines that the service point did not want"),
      counted("failed", "machines with which it tried and gave up"),
      counted("idle", "machines of which nothing came until the end"),
      {"outcome", "machines that ended with a reason", readOutcome, {shape::map(outcomeSection)}},
      {"time_to_provision",
       "of provisioned machines, from the first hello to the check after set-up",
       readTimes,
       {shape::map(timesSection)}},
      {"state", "machines that are in a state at the end", readFinalState, {shape::map(stateSection)}},
      {"step", "how long a step took", readStep, {shape::map(stepSection)}},
  };
  return kinds;
}

const Section& expectSection() {
  static const Section section = [] {
    Section all{"expectation", {}};
    for (const auto& kind : allExpects()) all.keys.push_back({kind.subject, kind.doc, kind.shapes});
    return all;
  }();
  return section;
}

std::vector<Expect> readExpect(const YamlCursor& list, const Scenario& scenario) {
  static const auto kKinds = allExpects();
  std::vector<Expect> all;
  for (const auto& item : list.items()) {
    const auto before = all.size();
    unsigned keys = 0;
    for (const auto& kind : kKinds) {
      const auto value = item.find(kind.subject);
      if (!value) continue;
      ++keys;
      kind.read(kind.subject, *value, scenario, all);
    }
    finish(item, expectSection());
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

#include "scenario/load_faults.hpp"

#include <gmock/gmock.h>

#include "scenario/fault_actions.hpp"
#include "scenario/load_quirks.hpp"
#include "scenario/quirk.hpp"
#include "scenario/quirk_catalogue.hpp"
#include "scenario/roster.hpp"
#include "unit/scenario/text.hpp"

namespace vme::scenario {
namespace {

using ::testing::HasSubstr;

std::string withFault(const std::string& fault) {
  return withGroup("    profile: amt-3.2.2\n    faults: [{" + fault + "}]\n");
}
std::string withQuirk(const std::string& quirk, const std::string& profile = "amt-3.2.2") {
  return withGroup("    profile: " + profile + "\n    quirks: {" + quirk + "}\n");
}
std::vector<GroupSpec> groupsOf(const std::string& text) {
  return parse("s.yaml", text, {}).groups;
}
fault::Rule onlyRule(const std::string& text) {
  const auto groups = groupsOf(text);
  EXPECT_EQ(groups.size(), 1U);
  const auto& plan = groups.front().group.faults;
  EXPECT_TRUE(plan);
  if (!plan || plan->rules.size() != 1) return {};
  return plan->rules.front();
}

TEST(Faults, WhatAllRulesShare) {
  const auto rule =
      onlyRule(withFault("do: reset-after, on: tls.handshake, bytes: 900, operation: pki, share: 2%, nth: 3, times: 2, "
                         "chance: 50%, after: 10s, lasts: 1m, until: unprovision, delay: 5ms, jitter: 7ms"));
  EXPECT_EQ(rule.id, "g.faults[0]");
  EXPECT_EQ(rule.where, "s.yaml:6:14");
  EXPECT_EQ(rule.point, fault::Point::handshake);
  EXPECT_EQ(rule.operation, "pki");
  EXPECT_DOUBLE_EQ(rule.share, 0.02);
  EXPECT_EQ(rule.from, 3U);
  EXPECT_EQ(rule.times, 2U);
  EXPECT_DOUBLE_EQ(rule.chance, 0.5);
  EXPECT_EQ(rule.after, MeDuration::seconds(10));
  EXPECT_EQ(rule.lasts, MeDuration::minutes(1));
  EXPECT_EQ(rule.until, fault::Mend::unprovision);
  EXPECT_EQ(rule.delay, MeDuration::milliseconds(5));
  EXPECT_EQ(rule.jitter, MeDuration::milliseconds(7));
  ASSERT_TRUE(std::holds_alternative<fault::Cut>(rule.action));
  EXPECT_EQ(std::get<fault::Cut>(rule.action).bytes, 900U);
}

TEST(Faults, TheNthCallIsMetOnceUnlessTimesSaysMore) {
  EXPECT_EQ(onlyRule(withFault("do: hang, nth: 2")).times, 1U);
  EXPECT_EQ(onlyRule(withFault("do: hang")).times, 0U);
}

TEST(Faults, OfTheWholeRunAndOfAGroup) {
  const auto groups = groupsOf(
      "name: n\nfaults: [{do: hang, machines: 1}]\ngroups:\n  - {name: a, machines: 1, profile: amt-3.0}\n"
      "  - {name: b, machines: 1, profile: amt-3.0, faults: [{do: hang, id: mine, machines: [0]}]}\n");
  ASSERT_EQ(groups.size(), 2U);
  EXPECT_EQ(groups[0].group.faults->rules.front().id, "faults[0]");
  ASSERT_EQ(groups[1].group.faults->rules.size(), 2U);
  EXPECT_EQ(groups[1].group.faults->rules[0].id, "mine");
  EXPECT_EQ(groups[1].group.faults->rules[0].machines, std::vector<std::uint32_t>{0});
  EXPECT_EQ(groups[1].group.faults->rules[1].first, 1U);
}

TEST(Faults, WithoutAnyAGroupHasNoPlan) {
  EXPECT_EQ(groupsOf(withGroup("    profile: amt-3.2.2\n")).front().group.faults, nullptr);
}

struct WrongFault {
  std::string text, message;
};
void PrintTo(const WrongFault& wrong, std::ostream* out) {
  *out << wrong.text;
}
class FaultError : public ::testing::TestWithParam<WrongFault> {};
TEST_P(FaultError, NamesPlaceAndWayOut) {
  EXPECT_EQ(errorOf(GetParam().text), GetParam().message);
}
INSTANTIATE_TEST_SUITE_P(
    Faults, FaultError,
    ::testing::Values(
        WrongFault{withFault("do: rest"),
                   "s.yaml:6:19: groups[0].faults[0].do is \"rest\", which is no action. did you mean \"reset\"?"},
        WrongFault{withFault("bytes: 1"), "s.yaml:6:14: \"do\" is missing in groups[0].faults[0]. add it"},
        WrongFault{withFault("do: suppress, on: connect"),
                   "s.yaml:6:33: groups[0].faults[0].on is connect, at which nothing can suppress. write on: hello"},
        WrongFault{withFault("do: reset-after, bytes: 0"),
                   "s.yaml:6:39: groups[0].faults[0].bytes is not from 1 byte to 1GiB. write 900 or 4KiB"},
        WrongFault{withFault("do: suppress, operation: x"),
                   "s.yaml:6:40: groups[0].faults[0].operation has no effect on hellos. leave it out"},
        WrongFault{withFault("do: hang, share: 1%, machines: 1"),
                   "s.yaml:6:46: groups[0].faults[0] has share and machines. keep one of them"},
        WrongFault{withFault("do: status, status: NOT_PERMITED"),
                   "s.yaml:6:35: groups[0].faults[0].status is \"NOT_PERMITED\", which is no AMT status. did you mean "
                   "\"NOT_PERMITTED\"?"},
        WrongFault{withFault("do: certificate, mode: dates, not_after: soon"),
                   "s.yaml:6:56: groups[0].faults[0].not_after is \"soon\". write a date, as 2009-08-01"},
        WrongFault{withFault("do: stall, for: 0"),
                   "s.yaml:6:31: groups[0].faults[0].for is 0. write a duration, or do: half-open"},
        WrongFault{withQuirk("hello_bat: {kind: short}"),
                   "s.yaml:6:25: there is no quirk \"hello_bat\". did you mean \"hello_bad\"?"},
        WrongFault{withQuirk("hello_bad: {kind: short, p: 1%, machines: 1}"),
                   "s.yaml:6:56: groups[0].quirks.hello_bad has p and machines. keep one of them"},
        WrongFault{withQuirk("soap_fail: {method: x}"),
                   "s.yaml:6:25: groups[0].quirks.soap_fail says nothing that fails. write status: 36, fault: "
                   "InternalError or effect: ignore"},
        WrongFault{withQuirk("pki_check: {on_fail: alarm 4}"),
                   "s.yaml:6:35: groups[0].quirks.pki_check.on_fail is \"alarm 4\". write alert 48, rst, silent or "
                   "{stall_s: 60}"},
        WrongFault{withQuirk("uuid: {clone_of: g/9}"),
                   "s.yaml:6:31: clone_of is \"g/9\", but the fleet has no such machine. write GROUP/NUMBER, as "
                   "desktops/0"}));

TEST(Faults, AnUnknownParameterOfAnActionIsRefused) {
  EXPECT_THAT(errorOf(withFault("do: hang, bytes: 1")), HasSubstr("unknown key \"bytes\""));
  EXPECT_THAT(errorOf(withQuirk("otp: {valu: x}")),
              HasSubstr("unknown key \"valu\" in groups[0].quirks.otp. did you mean \"value\"?"));
}

TEST(Faults, EachParameterOfAnActionStandsInTheSection) {
  for (const auto& row : actionRows()) {
    std::string_view rest = row.parameters;
    while (!rest.empty()) {
      const auto end = std::min(rest.find(' '), rest.size());
      const auto& keys = faultSection().keys;
      EXPECT_NE(std::ranges::find(keys, rest.substr(0, end), &Key::name), keys.end()) << rest.substr(0, end);
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    EXPECT_FALSE(row.points.empty()) << row.word;
  }
}

TEST(Quirks, EachHasAReaderARowAndAnExampleThatReads) {
  std::vector<std::string> names, rows;
  for (const auto list : {wireQuirks(), machineQuirks()}) {
    for (const auto& reader : list) {
      // Names of the field that this version refuses are not in the catalogue.
      const bool isThere = !errorOf(withQuirk(std::string(reader.name) + ": {}")).contains("not there yet");
      if (isThere) names.emplace_back(reader.name);
    }
  }
  for (const auto& info : quirkCatalogue()) {
    rows.push_back(info.id);
    const bool forLaptops = info.id == "battery";
    EXPECT_EQ(errorOf(withQuirk(info.example, forLaptops ? "amt-4.2" : "amt-3.2.2")), "") << info.id;
    EXPECT_THAT(info.example, ::testing::StartsWith(info.id + ":"));
    for (const auto* text : {&info.title, &info.wire, &info.server, &info.source}) EXPECT_FALSE(text->empty());
    const auto& keys = quirksSection().keys;
    const auto key = std::ranges::find(keys, info.id, &Key::name);
    ASSERT_NE(key, keys.end()) << info.id;
    if (key->shapes.front().section == nullptr) continue;
    for (const auto& [name, doc] : info.parameters) {
      const auto& known = key->shapes.front().section().keys;
      EXPECT_NE(std::ranges::find(known, name, &Key::name), known.end()) << info.id << "." << name;
    }
  }
  EXPECT_THAT(rows, ::testing::UnorderedElementsAreArray(names));
}

TEST(Quirks, ASettingOfSomeMachinesSplitsTheGroup) {
  const auto groups = groupsOf(
      "name: n\ngroups:\n  - name: g\n    machines: 10\n    profile: amt-3.2.2\n"
      "    quirks: {http: {max_conn: 1, p: 30%}, hello_bad: {kind: short, p: 50%}}\n");
  ASSERT_EQ(groups.size(), 2U);
  EXPECT_EQ(groups[0].group.machines, 3U);
  EXPECT_EQ(groups[0].group.profile->api.httpMaxConn, 1U);
  EXPECT_EQ(groups[1].group.machines, 7U);
  EXPECT_NE(groups[1].group.profile->api.httpMaxConn, 1U);
  EXPECT_EQ(groups[1].group.name, "g");
  for (const auto& spec : groups) {
    ASSERT_EQ(spec.group.faults->rules.size(), 1U);
    EXPECT_EQ(spec.group.faults->rules[0].id, "hello_bad");
    EXPECT_DOUBLE_EQ(spec.group.faults->rules[0].share, 0.5);
  }
}

TEST(Quirks, ANumberOfMachinesIsDealtOverTheProfiles) {
  const auto groups = groupsOf(
      "name: n\ngroups:\n  - name: g\n    machines: 10\n    profiles: [amt-3.2.2, amt-4.0]\n"
      "    quirks: {hello_window: {closed: true, machines: 3}}\n");
  std::vector<std::pair<std::string, std::uint32_t>> counts;
  for (const auto& spec : groups) counts.emplace_back(spec.group.profile->name, spec.group.machines);
  EXPECT_EQ(counts, (std::vector<std::pair<std::string, std::uint32_t>>{
                        {"amt-3.2.2", 2}, {"amt-3.2.2", 3}, {"amt-4.0", 1}, {"amt-4.0", 4}}));
}

TEST(Quirks, AClonedUuidIsTheOtherMachines) {
  const auto scenario = parse("s.yaml", withQuirk("uuid: {clone_of: g/3, machines: 1}"), {});
  const Roster roster(scenario);
  EXPECT_EQ(roster.identityOf(0).uuid, roster.identityOf(3).uuid);
  EXPECT_NE(roster.identityOf(1).uuid, roster.identityOf(3).uuid);
}

TEST(Quirks, ANearNameIsOffered) {
  try {
    findQuirk("hello_bud", "vme quirks");
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_STREQ(error.what(), "vme quirks: there is no quirk \"hello_bud\". did you mean \"hello_bad\"?");
  }
}

}  // namespace
}  // namespace vme::scenario

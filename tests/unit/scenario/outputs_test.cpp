// What a run writes and keeps beside its results: capture and journal as a scenario asks for them, the journal's lines,
// conversations of machines that failed, and the timeline.

#include <gmock/gmock.h>

#include <boost/json.hpp>
#include <filesystem>
#include <fstream>

#include "scenario/conversations.hpp"
#include "scenario/journal.hpp"
#include "scenario/load_outputs.hpp"
#include "scenario/machine_names.hpp"
#include "scenario/timeline.hpp"
#include "unit/scenario/text.hpp"

namespace vme::scenario {
namespace {

using namespace std::chrono_literals;
using Kind = runtime::Happening::Kind;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const Scenario& twoGroups() {
  static const auto kScenario = parse("s.yaml",
                                      "name: n\ngroups:\n  - {name: a, machines: 4, profiles: [amt-2.1, amt-3.0]}\n"
                                      "  - {name: b, machines: 20, profile: amt-3.0}\n",
                                      {});
  return kScenario;
}

TEST(OutputKeys, AreRead) {
  const auto scenario = parse("s.yaml",
                              withTop("capture: {file: x.pcapng, machines: [g/1], limit: 1MiB}\n"
                                      "journal: {machines: g}\n"),
                              {});
  ASSERT_TRUE(scenario.capture);
  EXPECT_EQ(scenario.capture->file, "x.pcapng");
  EXPECT_EQ(scenario.capture->limit, 1U << 20U);
  EXPECT_THAT(scenario.capture->machines, ElementsAre("g/1"));
  ASSERT_TRUE(scenario.journal);
  EXPECT_THAT(scenario.journal->machines, ElementsAre("g"));
  EXPECT_EQ(parse("s.yaml", withTop("capture: y.pcapng\n"), {}).capture->limit, net::kCaptureLimit);
  EXPECT_FALSE(parse("s.yaml", withTop("journal: false\n"), {}).journal);
}

TEST(OutputKeys, AreInTheirTables) {
  EXPECT_THAT(captureSection().keys, SizeIs(3));
  EXPECT_THAT(journalSection().keys, SizeIs(1));
  EXPECT_THAT(errorOf(withTop("capture: {file: x, limits: 1MiB}\n")), HasSubstr("did you mean \"limit\""));
  EXPECT_THAT(errorOf(withTop("capture: {limit: 1MiB}\n")), HasSubstr("file"));
  EXPECT_THAT(errorOf(withTop("capture: {file: x, limit: 1KiB}\n")), HasSubstr("too little"));
  EXPECT_THAT(errorOf(withTop("capture: \"\"\n")), HasSubstr("names no file"));
}

TEST(MachineNames, AreAMachineOrAGroup) {
  EXPECT_THAT(machinesNamed("p", {"a/3", "b/0"}, twoGroups()), ElementsAre(3, 4));
  EXPECT_THAT(machinesNamed("p", {"a"}, twoGroups()), ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(machinesNamed("p", {}, twoGroups()), IsEmpty());
  const auto errorOf = [&](const std::string& name) {
    try {
      machinesNamed("--capture-machines", {name}, twoGroups());
    } catch (const ConfigError& error) {
      return std::string(error.what());
    }
    return std::string("none");
  };
  EXPECT_EQ(errorOf("strangers/1"),
            "--capture-machines: \"strangers/1\" is of no group. the groups are a, b; write GROUP/INDEX");
  EXPECT_EQ(errorOf("a/4"), "--capture-machines: \"a/4\" is no machine. the group has a/0 to a/3");
  EXPECT_EQ(errorOf("a/"), "--capture-machines: \"a/\" is no machine. the group has a/0 to a/3");
}

struct Told {
  std::chrono::steady_clock::time_point start = std::chrono::steady_clock::now();

  runtime::Happening event(Kind kind, std::uint32_t machine, std::chrono::milliseconds at = 5ms,
                           Reason reason = Reason::none) const {
    return {.kind = kind,
            .machine = machine,
            .at = start + at,
            .meTime = MeTime{1249948800123},
            .reason = reason,
            .text = "particulars"};
  }
};

const wire::http::Request kRequest{.method = "POST",
                                   .target = "/SecurityAdministrationService?x=S3cret",
                                   .headers = {{"Authorization", "Digest response=\"S3cret\""}},
                                   .body =
                                       "<e:Envelope><e:Body><a:SetX><a:Password>S3cret</a:Password></a:SetX>"
                                       "</e:Body></e:Envelope>"};
const wire::http::Response kResponse{.status = 200, .body = "<a:SetXResponse><a:Status>2056</a:Status>"};

TEST(JournalFile, HasALineAnEventAndNoSecret) {
  const auto scenario = twoGroups();
  const Roster roster(scenario);
  const auto file = std::filesystem::path(::testing::TempDir()) / "vme-journal-test.jsonl";
  const Told told;
  {
    Journal journal({.file = file, .machines = {"a"}}, roster);
    journal.setStart(told.start);
    EXPECT_FALSE(journal.wants(Kind::request));
    journal.happened(told.event(Kind::requestRefused, 1, 5ms, Reason::digestWrong));
    auto happening = told.event(Kind::exchange, 3);
    const runtime::Exchange exchange{.request = kRequest,
                                     .response = &kResponse,
                                     .operation = "SetX",
                                     .port = 16993,
                                     .peerIpv4 = 0x7F000001,
                                     .tls = true,
                                     .loggedIn = true};
    happening.exchange = &exchange;
    journal.happened(happening);
    journal.happened(told.event(Kind::helloSent, 4));  // of the other group
    journal.finish();
  }
  std::ifstream in(file);
  std::vector<boost::json::value> lines;
  for (std::string line; std::getline(in, line);) {
    EXPECT_THAT(line, ::testing::Not(HasSubstr("S3cret")));
    lines.push_back(boost::json::parse(line));
  }
  std::filesystem::remove(file);
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0].at("ms"), 5.0);
  EXPECT_EQ(lines[0].at("me_time"), "2009-08-11T00:00:00.123Z");
  EXPECT_EQ(lines[0].at("machine"), "a/1");
  EXPECT_EQ(lines[0].at("kind"), "request-refused");
  EXPECT_EQ(lines[0].at("reason"), "digest-wrong");
  EXPECT_EQ(lines[1].at("operation"), "SetX");
  EXPECT_EQ(lines[1].at("request"), "POST /SecurityAdministrationService");
  EXPECT_EQ(lines[1].at("amt_status").to_number<int>(), 2056);
  EXPECT_EQ(lines[1].at("peer"), "127.0.0.1");
}

TEST(ConversationsKept, AreTheLastTwentyWithoutSecrets) {
  const auto scenario = twoGroups();
  const Roster roster(scenario);
  Conversations conversations(roster);
  const Told told;
  conversations.setStart(told.start);
  for (int i = 0; i < 30; ++i) conversations.happened(told.event(Kind::connected, 0, std::chrono::milliseconds(i)));
  auto happening = told.event(Kind::exchange, 0, 40ms);
  const runtime::Exchange exchange{.request = kRequest, .response = &kResponse, .operation = "SetX"};
  happening.exchange = &exchange;
  conversations.happened(happening);
  const auto all = conversations.of(0);
  ASSERT_EQ(all.size(), 20U);
  EXPECT_EQ(all.front().ms, 11);
  EXPECT_EQ(all.front().direction, "in");
  EXPECT_EQ(all.back().what, "SetX");
  EXPECT_EQ(all.back().status, 200U);
  EXPECT_EQ(all.back().text, "AMT status 2056");
  EXPECT_EQ(all.back().request, "<a:SetX><a:Password>(removed)</a:Password></a:SetX>");
}

TEST(ConversationsKept, ForgetTheProvisionedAndKeepTheFirstOfEachReason) {
  const auto scenario = twoGroups();
  const Roster roster(scenario);
  Conversations conversations(roster);
  const Told told;
  for (std::uint32_t machine = 0; machine < 24; ++machine) conversations.happened(told.event(Kind::helloSent, machine));
  conversations.ended(0, Reason::provisioned);
  for (std::uint32_t machine = 23; machine >= 4; --machine) conversations.ended(machine, Reason::pskRefused);
  conversations.ended(1, Reason::blocked);
  conversations.ended(1, Reason::notApproved);
  EXPECT_THAT(conversations.of(0), IsEmpty());
  EXPECT_THAT(conversations.of(1), SizeIs(1));
  for (std::uint32_t machine = 4; machine < 12; ++machine) EXPECT_THAT(conversations.of(machine), SizeIs(1)) << machine;
  for (std::uint32_t machine = 12; machine < 24; ++machine)
    EXPECT_THAT(conversations.of(machine), IsEmpty()) << machine;
}

TEST(TimelinePoints, AreAboutAHundredHoweverLongTheRun) {
  for (const double endMs : {40.0, 3'000.0, 3'600'000.0, 86'400'000.0}) {
    Timeline timeline;
    for (double ms = 0; ms < endMs; ms += 50) timeline.add({.ms = ms});
    const auto points = timeline.finish({.ms = endMs});
    EXPECT_LE(points.size(), 121U);
    EXPECT_GE(points.size(), endMs < 100 ? 2U : 60U);
    EXPECT_EQ(points.front().ms, 0);
    EXPECT_EQ(points.back().ms, endMs);
    EXPECT_TRUE(std::ranges::is_sorted(points, {}, &report::TimelinePoint::ms));
  }
}

}  // namespace
}  // namespace vme::scenario

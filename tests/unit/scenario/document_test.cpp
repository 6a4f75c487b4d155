// Includes, variables and matrices: what stands between a scenario's text and its reading.

#include "scenario/document.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "unit/scenario/text.hpp"

namespace vme::scenario {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Include : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(::testing::TempDir()) /
              ("include." + std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()));
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_ / "shared");
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  void write(const std::string& name, const std::string& text) {
    std::ofstream(folder_ / name, std::ios::binary) << text;
  }
  Scenario loaded(const std::string& text, const Overrides& overrides = {}) {
    write("main.yaml", text);
    return load(folder_ / "main.yaml", overrides);
  }
  std::string error(const std::string& text) {
    try {
      loaded(text);
    } catch (const ConfigError& failure) {
      return failure.what();
    }
    return {};
  }
  std::string place(const std::string& name) { return (folder_ / name).string(); }

  std::filesystem::path folder_;
};

TEST_F(Include, JoinsGroupsExpectationsAndVariables) {
  write("shared/fleet.yaml",
        "variables: {count: 3, build: amt-3.0}\nseed: 5\ndeadline: 1m\n"
        "groups: [{name: a, machines: \"${count}\", profile: \"${build}\"}]\nexpect: [provisioned: 100%]\n");
  const auto scenario = loaded(
      "name: n\nseed: 7\ninclude: [shared/fleet.yaml]\nvariables: {count: 4}\n"
      "groups: [{name: b, machines: 2, profile: \"${build}\"}]\nexpect: [failed: 0]\n");
  ASSERT_EQ(scenario.groups.size(), 2U);
  EXPECT_EQ(scenario.groups[0].group.name, "a");
  EXPECT_EQ(scenario.groups[0].group.machines, 4U) << "the including file's variable counts";
  EXPECT_EQ(scenario.groups[1].group.profile->name, "amt-3.0");
  EXPECT_EQ(scenario.seed, 7U) << "the including file's word counts";
  EXPECT_EQ(scenario.deadlineMs, 60'000);
  ASSERT_EQ(scenario.expect.size(), 2U);
  EXPECT_EQ(scenario.expect[0].where, place("shared/fleet.yaml") + ":5:23");
}

TEST_F(Include, IsRelativeToTheIncludingFile) {
  write("shared/a.yaml", "include: [b.yaml]\n");
  write("shared/b.yaml", "groups: [{name: b, machines: 2, profile: amt-3.0}]\n");
  EXPECT_EQ(loaded("name: n\ninclude: [shared/a.yaml]\n").groups.front().group.name, "b");
}

TEST_F(Include, ErrorsNameTheRightFile) {
  write("shared/a.yaml", "groups:\n  - {name: b, machines: 2, profil: amt-3.0}\n");
  EXPECT_THAT(error("name: n\ninclude: [shared/a.yaml]\n"), HasSubstr(place("shared/a.yaml") + ":2:"));
  EXPECT_EQ(error("name: n\ninclude: [shared/b.yaml]\n"),
            place("main.yaml") + ":2:11: include[0] cannot be read: " + place("shared/b.yaml") +
                ". name a file with groups, expect or variables");
}

TEST_F(Include, CyclesAndDepthAreRefused) {
  write("a.yaml", "include: [b.yaml]\n");
  write("b.yaml", "include: [a.yaml]\n");
  EXPECT_THAT(error("name: n\ninclude: [a.yaml]\n"),
              HasSubstr(place("b.yaml") + ":1:11: include[0] includes " + place("a.yaml") + ", which is being read"));
  for (int i = 0; i < 12; ++i) {
    write("d" + std::to_string(i) + ".yaml", "include: [d" + std::to_string(i + 1) + ".yaml]\n");
  }
  EXPECT_THAT(error("name: n\ninclude: [d0.yaml]\n"), HasSubstr("more than 8 one by another"));
}

TEST_F(Include, MayNotNameTheScenario) {
  write("a.yaml", "name: other\ngroups: []\n");
  EXPECT_EQ(error("name: n\ninclude: [a.yaml]\n"),
            place("a.yaml") +
                ":1:1: \"name\" belongs to the scenario itself, not to a file that it includes. leave it out here");
}

TEST(Variables, StandAnywhereInValues) {
  const auto scenario = parse("s.yaml",
                              "name: n-${x}\nvariables: {x: 3, build: \"amt-${x}.0\"}\n"
                              "groups: [{name: g, machines: \"${x}\", profile: \"${build}\"}]\n"
                              "description: costs $${x}\nexpect: [provisioned: \">= ${x}\"]\n",
                              {});
  EXPECT_EQ(scenario.name, "n-3");
  EXPECT_EQ(scenario.groups.front().group.machines, 3U);
  EXPECT_EQ(scenario.groups.front().group.profile->name, "amt-3.0");
  EXPECT_EQ(scenario.description, "costs ${x}");
  EXPECT_EQ(scenario.expect.front().text, "provisioned: >= 3");
}

TEST(Variables, AreSetFromTheCommandLine) {
  Overrides overrides;
  overrides.set = {{"variables.x", "9"}};
  const auto text = "name: n\nvariables: {x: 3}\ngroups: [{name: g, machines: \"${x}\", profile: amt-3.0}]\n";
  EXPECT_EQ(parse("s.yaml", text, overrides).groups.front().group.machines, 9U);
}

TEST(Variables, ErrorsNamePlaceAndNearestName) {
  EXPECT_EQ(errorOf("variables: {count: 3}\n" + withTop("seed: ${cuont}\n")),
            "s.yaml:2:7: there is no variable \"cuont\". did you mean \"count\"?");
  EXPECT_EQ(errorOf(withTop("seed: ${x}\n")), "s.yaml:1:7: there is no variable \"x\". add variables: {x: VALUE}");
  EXPECT_EQ(errorOf(withTop("description: \"${x\"\n")),
            "s.yaml:1:14: \"${x\" has ${ without }. close it, or write $${");
  EXPECT_EQ(errorOf(withTop("variables: {x: [1]}\n")),
            "s.yaml:1:16: variables.x is no single value. write one, as variables: {count: 20}");
  EXPECT_EQ(errorOf(withTop("variables: {x y: 1}\n")),
            "s.yaml:1:18: variables.x y is \"x y\". write at most 64 letters, digits or - _, a letter or digit first");
}

TEST(Variables, CannotGrowWithoutEnd) {
  std::string text = "variables:\n  v0: " + std::string(1000, 'x') + "\n";
  for (int i = 1; i < 12; ++i) {
    const auto before = "${v" + std::to_string(i - 1) + "}";
    text += "  v" + std::to_string(i) + ": " + before + before + before + before + "\n";
  }
  EXPECT_THAT(errorOf(text + withTop("")), HasSubstr("variables make the scenario larger than 1 MiB"));
}

std::vector<Scenario> matrix(const std::string& lines) {
  return parseAll("s.yaml", withTop(lines), {});
}

std::vector<std::string> namesOf(const std::vector<Scenario>& scenarios) {
  std::vector<std::string> names;
  for (const auto& one : scenarios) names.push_back(one.name);
  return names;
}

TEST(Matrix, EachCellIsAScenario) {
  const auto cells = matrix("matrix: {profile: [amt-3.0, amt-4.0], api: [eoi, auto]}\n");
  EXPECT_THAT(namesOf(cells), ElementsAre("n[profile=amt-3.0,api=eoi]", "n[profile=amt-3.0,api=auto]",
                                          "n[profile=amt-4.0,api=eoi]", "n[profile=amt-4.0,api=auto]"));
  EXPECT_EQ(cells[2].groups.front().group.profile->name, "amt-4.0");
  EXPECT_EQ(cells[2].servicePoint.options.api, servicepoint::Api::eoi);
  EXPECT_EQ(cells[3].servicePoint.options.api, servicepoint::Api::automatic);
}

TEST(Matrix, AQuirkIsAddedToEveryGroup) {
  const auto cells = matrix("matrix: {quirk: [none, hello_suppress, {hello_bad: {kind: short}}]}\n");
  EXPECT_THAT(namesOf(cells), ElementsAre("n[quirk=none]", "n[quirk=hello_suppress]", "n[quirk=hello_bad]"));
  EXPECT_FALSE(cells[0].groups.front().group.faults);
  ASSERT_TRUE(cells[2].groups.front().group.faults);
  EXPECT_EQ(cells[2].groups.front().group.faults->rules.front().id, "hello_bad");
}

TEST(Matrix, VariablesAreAxes) {
  const auto cells = matrix(
      "variables: {s: 1, profile: x}\nmatrix: {s: [5, 6], profile: [y]}\nseed: ${s}\n"
      "description: ${profile}\n");
  ASSERT_EQ(cells.size(), 2U);
  EXPECT_EQ(cells[1].seed, 6U);
  EXPECT_EQ(cells[1].description, "y");
  EXPECT_EQ(cells[1].groups.front().group.profile->name, "amt-3.2.2") << "a variable wins over the axis of that name";
}

TEST(Matrix, ExcludesCells) {
  const auto cells = matrix(
      "matrix: {profile: [amt-3.0, amt-4.0], api: [eoi, auto]}\n"
      "exclude: [{profile: amt-3.0, api: eoi}, {profile: [amt-4.0], api: [auto]}]\n");
  EXPECT_THAT(namesOf(cells), ElementsAre("n[profile=amt-3.0,api=auto]", "n[profile=amt-4.0,api=eoi]"));
}

TEST(Matrix, ErrorsNameWhatIsWrong) {
  EXPECT_EQ(errorOf(withTop("matrix: {profil: [amt-3.0]}\n")),
            "s.yaml:1:18: matrix.profil is no variable of the scenario. did you mean \"profile\"?");
  EXPECT_EQ(errorOf(withTop("matrix: {profile: []}\n")),
            "s.yaml:1:19: matrix.profile is empty. name at least one value, or leave the axis out");
  EXPECT_EQ(errorOf(withTop("matrix: {profile: [amt-3.0, amt-3.0]}\n")),
            "s.yaml:1:29: matrix.profile[1] stands twice in the list. name each value once");
  EXPECT_EQ(errorOf(withTop("matrix: {}\n")),
            "s.yaml:1:9: matrix is empty. add an axis, as profile: [amt-3.0, amt-4.0], or leave it out");
  EXPECT_EQ(errorOf(withTop("matrix: {profile: [amt-3.0]}\nexclude: [{profile: amt-3.1}]\n")),
            "s.yaml:2:21: exclude[0].profile is \"amt-3.1\", which the axis profile does not have. did you mean "
            "\"amt-3.0\"?");
  EXPECT_EQ(errorOf(withTop("matrix: {profile: [amt-3.0]}\nexclude: [{profile: amt-3.0}]\n")),
            "s.yaml:1:9: exclude leaves out every cell of the matrix. take an entry out of it");
  EXPECT_EQ(errorOf(withTop("exclude: [{profile: amt-3.0}]\n")),
            "s.yaml:1:10: exclude leaves cells of a matrix out, but there is none. add matrix");
  EXPECT_EQ(errorOf(withTop("matrix: {profile: [amt-3.0, zzzzzzzzz]}\n")),
            "s.yaml:1:29: there is no profile \"zzzzzzzzz\". `vme profiles` lists them (in the matrix at "
            "profile=zzzzzzzzz)");
}

TEST(Matrix, HasALimit) {
  std::string list = "0";
  for (int i = 1; i < 40; ++i) list += ", " + std::to_string(i);
  EXPECT_EQ(errorOf(withTop("variables: {a: 0, b: 0}\nmatrix: {a: [" + list + "], b: [" + list + "]}\n")),
            "s.yaml:2:9: the matrix has more than 1000 cells, each of them a run. shorten its lists");
}

TEST(Matrix, IsNoSingleScenario) {
  EXPECT_EQ(errorOf(withTop("matrix: {profile: [amt-3.0, amt-4.0]}\n")),
            "s.yaml: its matrix makes 2 scenarios, but one is wanted here. choose values with --set "
            "matrix.AXIS=[VALUE]");
}

}  // namespace
}  // namespace vme::scenario

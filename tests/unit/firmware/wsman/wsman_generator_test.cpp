// What the catalogue's generator says about a row that is wrong: file, line, column, and the nearest known name.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "firmware/wsman/generator/rows.hpp"
#include "profile/yaml.hpp"

namespace vme::cim {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr std::string_view kGood =
    "AMT_Thing:\n"
    "  since: 3.2\n"
    "  extends: [CIM_SettingData]\n"
    "  read: [GeneralInfoRealm]\n"
    "  write: [PTAdministrationRealm]\n"
    "  put: putGeneralSettings\n"
    "  properties:\n"
    "    HostName: {type: string, from: network:hostName}\n"
    "    InstanceID: {type: string, key: true, const: \"A \\\"thing\\\"\"}\n"
    "  methods:\n"
    "    Do:\n"
    "      handler: commitChanges\n"
    "      in:\n"
    "        Mode: {type: uint32, required: true, values: [1, 2]}\n";

Catalogue read(std::string_view text) {
  Catalogue catalogue;
  const auto tree = profile::parseYaml("x.yaml", text);
  readClasses(profile::YamlCursor(tree), catalogue);
  checkCatalogue(catalogue);
  return catalogue;
}

std::string errorOf(std::string_view from, std::string_view to) {
  std::string text(kGood);
  text.replace(text.find(from), from.size(), to);
  try {
    read(text);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return {};
}

TEST(CimGenerator, WritesTheRowsOfAClass) {
  auto catalogue = read(kGood);
  const auto tables = writeTables(catalogue);
  EXPECT_THAT(tables, HasSubstr("{\"HostName\", Type::text, false, false, 0, 30}"));
  EXPECT_THAT(tables, HasSubstr("{.provider = values::network::hostName}"));
  EXPECT_THAT(tables, HasSubstr(R"({"A \"thing\"", })"));
  EXPECT_THAT(tables, HasSubstr("edits::putGeneralSettings"));
  EXPECT_THAT(tables, HasSubstr("methods::commitChanges"));
  EXPECT_THAT(tables, HasSubstr("{\"CIM_SettingData\", k"));
}

TEST(CimGenerator, NamesThePlaceAndTheNearestName) {
  EXPECT_THAT(errorOf("network:hostName", "network:hostname"),
              ::testing::AllOf(StartsWith("x.yaml:8:"), HasSubstr("did you mean \"network:hostName\"")));
  EXPECT_THAT(errorOf("putGeneralSettings", "putGeneralSetting"),
              ::testing::AllOf(StartsWith("x.yaml:6:"), HasSubstr("did you mean \"putGeneralSettings\"")));
  EXPECT_THAT(errorOf("commitChanges", "commitChange"),
              ::testing::AllOf(StartsWith("x.yaml:12:"), HasSubstr("did you mean \"commitChanges\"")));
  EXPECT_THAT(errorOf("GeneralInfoRealm", "GeneralInfo"),
              ::testing::AllOf(StartsWith("x.yaml:4:"), HasSubstr("is no realm")));
  EXPECT_THAT(errorOf("type: uint32", "type: uint33"),
              ::testing::AllOf(StartsWith("x.yaml:14:"), HasSubstr("did you mean \"uint32\"")));
}

TEST(CimGenerator, RefusesWhatMakesNoSense) {
  EXPECT_THAT(errorOf("since: 3.2", "since: 3.3"), StartsWith("x.yaml:2:"));
  EXPECT_THAT(errorOf("  put:", "  puts:"), HasSubstr("unknown key \"puts\""));
  EXPECT_THAT(errorOf("from: network:hostName", "from: network:hostName, const: x"), HasSubstr("several sources"));
  EXPECT_THAT(errorOf("from: network:hostName", "const: [a, b]"), HasSubstr("what is no array"));
  EXPECT_THAT(errorOf("from: network:hostName", "hardware: colour"), HasSubstr("is no column"));
  EXPECT_THAT(errorOf("from: network:hostName", "reference: {class: AMT_Other, A: b}"),
              HasSubstr("not in the catalogue"));
  EXPECT_THAT(errorOf("from: network:hostName", "reference: {class: AMT_Thing, HostName: b}"), HasSubstr("is no key"));
  EXPECT_THAT(errorOf("  methods:", "  list: rootHashes\n  instances: []\n  methods:"), HasSubstr("keep one of list"));
}

TEST(CimGenerator, AClassStandsOnce) {
  Catalogue catalogue = read(kGood);
  const auto again = profile::parseYaml("y.yaml", kGood);
  EXPECT_THROW(readClasses(profile::YamlCursor(again), catalogue), ConfigError);
}

}  // namespace
}  // namespace vme::cim

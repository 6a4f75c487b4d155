#include <gtest/gtest.h>

#include "base/error.hpp"
#include "profile/yaml_cursor.hpp"

namespace vme::profile {
namespace {

std::string errorOf(std::string_view text) {
  try {
    parseYaml("f.yaml", text);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "no error";
}

TEST(Yaml, refusesWhatHidesThings) {
  EXPECT_EQ(errorOf("a: &x 1\n"), "f.yaml:1:4: anchors are not read here. write the value out");
  EXPECT_EQ(errorOf("a: &x {b: 1}\nc: *x\n").substr(0, 11), "f.yaml:1:4:");
  EXPECT_EQ(errorOf("<<: {a: 1}\n"), "f.yaml:1:1: merge keys are not read here. write the values out");
  EXPECT_EQ(errorOf("a: !!int 3\n").substr(0, 11), "f.yaml:1:4:");
  EXPECT_EQ(errorOf("? [a]\n: 1\n").find("a key is no plain text") != std::string::npos, true);
  EXPECT_EQ(errorOf("a: 1\n---\nb: 2\n"), "f.yaml: there is a second document. keep one a file");
}

TEST(Yaml, hasLimits) {
  EXPECT_NE(errorOf(std::string(40, '[') + std::string(40, ']')).find("nested too deeply"), std::string::npos);
  EXPECT_NE(errorOf(std::string(5000, '[')).find("f.yaml:1:"), std::string::npos);
  EXPECT_EQ(errorOf(std::string((1U << 20U) + 1, ' ')), "f.yaml: the file is larger than 1 MiB. split it");
}

TEST(Yaml, everyTruncationIsReadOrRefused) {
  constexpr std::string_view kText = "name: \"x\"\ngroups:\n  - {a: [1, 2], b: 'c'}\n  - d: |\n      text\n";
  for (std::size_t size = 0; size <= kText.size(); ++size) errorOf(kText.substr(0, size));
}

TEST(Cursor, knowsPlacesPathsAndWhatWasRead) {
  const auto tree = parseYaml("f.yaml", "name: x\ngroups:\n  - machines: 4\n    share: 2\n");
  const YamlCursor root(tree);
  EXPECT_EQ(root.at("name").text(), "x");
  const auto group = root.at("groups").items().at(0);
  EXPECT_EQ(group.at("machines").path(), "groups[0].machines");
  EXPECT_EQ(group.at("machines").place(), "f.yaml:3:15");
  EXPECT_THROW(group.finish(), ConfigError);
  EXPECT_FALSE(group.find("nothing"));
  EXPECT_EQ(group.at("share").number(), 2U);
  EXPECT_NO_THROW(group.finish());
  EXPECT_NO_THROW(root.finish());
  EXPECT_THROW(root.refuseLater("groups"), ConfigError);
}

TEST(Durations, haveUnits) {
  EXPECT_EQ(parseDuration("250ms"), 250);
  EXPECT_EQ(parseDuration("10s"), 10'000);
  EXPECT_EQ(parseDuration("1.5m"), 90'000);
  EXPECT_EQ(parseDuration("24h"), 86'400'000);
  EXPECT_EQ(parseDuration("0"), 0);
  for (const auto* wrong : {"", "10", "s", "-1s", "1 s", "1d", "nans", "1e99h"}) EXPECT_FALSE(parseDuration(wrong));
}

}  // namespace
}  // namespace vme::profile

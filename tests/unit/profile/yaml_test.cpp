#include <gtest/gtest.h>

#include <algorithm>
#include <ctime>

#include "base/error.hpp"
#include "profile/yaml_cursor.hpp"

namespace vme::profile {
namespace {

std::string yamlErrorOf(std::string_view text) {
  try {
    parseYaml("f.yaml", text);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "no error";
}

TEST(Yaml, refusesWhatHidesThings) {
  EXPECT_EQ(yamlErrorOf("a: &x 1\n"), "f.yaml:1:4: anchors are not read here. write the value out");
  EXPECT_EQ(yamlErrorOf("a: &x {b: 1}\nc: *x\n").substr(0, 11), "f.yaml:1:4:");
  EXPECT_EQ(yamlErrorOf("<<: {a: 1}\n"), "f.yaml:1:1: merge keys are not read here. write the values out");
  EXPECT_EQ(yamlErrorOf("a: !!int 3\n").substr(0, 11), "f.yaml:1:4:");
  EXPECT_EQ(yamlErrorOf("? [a]\n: 1\n").find("a key is no plain text") != std::string::npos, true);
  EXPECT_EQ(yamlErrorOf("a: 1\n---\nb: 2\n"), "f.yaml: there is a second document. keep one a file");
}

TEST(Yaml, hasLimits) {
  EXPECT_NE(yamlErrorOf(std::string(40, '[') + std::string(40, ']')).find("nested too deeply"), std::string::npos);
  EXPECT_NE(yamlErrorOf(std::string(5000, '[')).find("f.yaml:1:"), std::string::npos);
  EXPECT_EQ(yamlErrorOf(std::string((1U << 20U) + 1, ' ')), "f.yaml: the file is larger than 1 MiB. split it");
}

/// Processor time, which a busy machine does not stretch, for a map of that many keys.
double costOfKeys(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += "k" + std::to_string(i) + ": 1\n";
  double least = 1e9;
  for (int run = 0; run < 3; ++run) {
    const auto start = std::clock();
    EXPECT_EQ(parseYaml("f.yaml", text).entries.size(), static_cast<std::size_t>(count));
    least = std::min(least, static_cast<double>(std::clock() - start));
  }
  return least;
}

TEST(Yaml, costGrowsWithTheNumberOfKeysAndNotWithItsSquare) {
  EXPECT_LT(costOfKeys(40'000) / costOfKeys(5'000), 24);  // 8 where it grows with the number, 64 with its square
}

TEST(Yaml, everyTruncationIsReadOrRefused) {
  constexpr std::string_view kText = "name: \"x\"\ngroups:\n  - {a: [1, 2], b: 'c'}\n  - d: |\n      text\n";
  for (std::size_t size = 0; size <= kText.size(); ++size) yamlErrorOf(kText.substr(0, size));
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

TEST(Cursor, readsTypesAndSaysWhatToWrite) {
  const auto tree = parseYaml("f.yaml",
                              "share: 2.5%\nsize: 4KiB\nnegative: -3\nwords: [a, b]\nhex: 0x2F\nempty:\n"
                              "big: 17179869184GiB\nover: 101%\nplain: 2\n");
  const YamlCursor root(tree);
  EXPECT_DOUBLE_EQ(root.at("share").share(), 0.025);
  EXPECT_EQ(root.at("size").sizeBytes(), 4096U);
  EXPECT_EQ(root.at("negative").integer(), -3);
  EXPECT_EQ(root.at("hex").number(), 0x2FU);
  EXPECT_EQ(root.at("words").texts(), (std::vector<std::string>{"a", "b"}));
  EXPECT_TRUE(root.at("empty").isNull());
  const auto error = [&](const char* key, auto read) -> std::string {
    try {
      read(root.at(key));
    } catch (const ConfigError& wrong) {
      return wrong.what();
    }
    return "no error";
  };
  const auto share = [](const YamlCursor& cursor) { cursor.share(); };
  const auto size = [](const YamlCursor& cursor) { cursor.sizeBytes(); };
  EXPECT_EQ(error("over", share), "f.yaml:8:7: over is \"101%\". write a share such as 2%, 0% to 100%");
  EXPECT_EQ(error("plain", share), "f.yaml:9:8: plain is \"2\". write a share such as 2%, 0% to 100%");
  EXPECT_EQ(error("plain", size), "f.yaml:9:8: plain is \"2\". write a size such as 512B, 4KiB or 1MiB");
  EXPECT_NE(error("big", size), "no error");
  EXPECT_EQ(error("negative", [](const YamlCursor& cursor) { cursor.number(); }),
            "f.yaml:3:11: negative is \"-3\". write a whole number, 0 or more");
  EXPECT_EQ(error("negative", [](const YamlCursor& cursor) { cursor.integer(0, 9); }),
            "f.yaml:3:11: negative is \"-3\". write a whole number, 0 to 9");
  EXPECT_EQ(error("missing", share), "f.yaml:1:1: \"missing\" is missing. add it");
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

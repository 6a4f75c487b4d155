// The tree holds to its rules: direction of includes, a pure core, scenarios that say what they show.

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "rules.hpp"

namespace vme::architecture {
namespace {

namespace fs = std::filesystem;
using testing::IsEmpty;

const fs::path kEmulator = fs::path(VME_SOURCE_DIR) / "emulator";

struct File {
  std::string name;    // below emulator/
  std::string folder;  // the first part of the name
  std::string text;
};

std::string textOf(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  std::stringstream text;
  text << stream.rdbuf();
  return text.str();
}

std::vector<File> sources() {
  std::vector<File> files;
  for (const auto& entry : fs::recursive_directory_iterator(kEmulator)) {
    const auto extension = entry.path().extension();
    if (extension != ".cpp" && extension != ".hpp") continue;
    const auto name = fs::relative(entry.path(), kEmulator);
    files.push_back({name.string(), name.begin()->string(), textOf(entry.path())});
  }
  return files;
}

std::vector<std::string> breachesOf(std::vector<std::string> (*rule)(std::string_view, std::string_view,
                                                                     std::string_view)) {
  std::vector<std::string> all;
  for (const auto& file : sources()) {
    const auto found = rule(file.name, file.folder, file.text);
    all.insert(all.end(), found.begin(), found.end());
  }
  return all;
}

TEST(Tree, HasSourcesInEveryFolderOfTheRules) {
  std::set<std::string, std::less<>> seen;
  for (const auto& file : sources()) seen.insert(file.folder);
  for (const auto& folder : knownFolders()) EXPECT_TRUE(seen.contains(folder)) << folder;
}

TEST(Tree, IncludesPointOneWay) {
  EXPECT_THAT(breachesOf(includeBreaches), IsEmpty());
}

TEST(Tree, CoreIsPure) {
  EXPECT_THAT(breachesOf(purityBreaches), IsEmpty());
}

TEST(Tree, ScenariosSayWhatTheyShow) {
  const auto folder = fs::path(VME_SOURCE_DIR) / "scenarios";
  std::size_t scenarios = 0;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() != ".yaml") continue;
    ++scenarios;
    EXPECT_THAT(scenarioBreaches(entry.path().filename().string(), textOf(entry.path())), IsEmpty());
  }
  EXPECT_GT(scenarios, 0U);
}

}  // namespace
}  // namespace vme::architecture

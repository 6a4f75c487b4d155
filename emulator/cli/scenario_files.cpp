#include "cli/scenario_files.hpp"

#include <algorithm>

#include "base/error.hpp"

namespace vme::cli {
namespace {

std::vector<std::filesystem::path> filesIn(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  std::error_code error;
  for (auto entry = std::filesystem::directory_iterator(folder, error); !error && entry != end(entry);
       entry.increment(error)) {
    if (entry->path().extension() == ".yaml" && !entry->is_directory()) files.push_back(entry->path());
  }
  if (error) throw ConfigError(folder.string(), "the folder cannot be read (" + error.message() + "). check its name");
  if (files.empty()) throw ConfigError(folder.string(), "no *.yaml is in the folder. name one with scenarios");
  std::ranges::sort(files);
  return files;
}

}  // namespace

std::vector<std::filesystem::path> scenarioFiles(const std::vector<std::string>& named) {
  std::vector<std::filesystem::path> files;
  for (const auto& name : named) {
    if (std::filesystem::is_directory(name)) {
      const auto found = filesIn(name);
      files.insert(files.end(), found.begin(), found.end());
    } else {
      files.emplace_back(name);
    }
  }
  return files;
}

}  // namespace vme::cli

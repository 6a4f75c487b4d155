#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace vme::cli {

/// The files that are named, and of a folder the `*.yaml` directly in it, in the order of their names. What a scenario
/// includes stands in a folder of its own. ConfigError for a folder without any.
std::vector<std::filesystem::path> scenarioFiles(const std::vector<std::string>& named);

}  // namespace vme::cli

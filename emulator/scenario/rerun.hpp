#pragma once
// What a run's results keep so that it can be run again: the whole scenario as it was read, and the options with which.

#include <filesystem>
#include <string>
#include <string_view>

#include "profile/yaml.hpp"
#include "scenario/document.hpp"
#include "scenario/scenario.hpp"

namespace vme::scenario {

/// Where a scenario comes from: the file's name as it was given, and the folder of the files that it names.
struct Source {
  std::string file;
  std::filesystem::path folder;
};

/// `scenario`: the tree with its includes and variables worked in, every value a text but those of passwords, which are
/// null; `file`, `folder`, `options`.
std::string rerunOf(const Document& document, const Scenario& scenario, const Source& source,
                    const Overrides& overrides);

/// The scenario that the results.json holds (its text, `place` is its name). Of `overrides`, what is not given is taken
/// from the run's own options; passwords come from the scenario's file. ConfigError when it holds none, is of another
/// schema, has no such machine, or when the file with the passwords is gone.
Scenario rerunFrom(const std::string& place, std::string_view results, const Overrides& overrides);

/// A scenario's tree, includes not worked in yet.
std::vector<Scenario> readTree(profile::YamlValue tree, const Source& source, const Overrides& overrides);

}  // namespace vme::scenario

#pragma once
// results.json and machines.jsonl, read back.

#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "report/results.hpp"

namespace vme::report {

/// Keys that a newer version has added are passed over; those that an older one lacks stay empty. The error names the
/// key that has not the right form, as `groups[0].machines.total`.
Result<Results> parseResults(std::string_view text);
/// The error names the line.
Result<std::vector<MachineResult>> parseMachines(std::string_view lines);

/// The results in that folder, or in that results.json, with the machines beside it. ConfigError that names the file.
Results read(const std::filesystem::path& folderOrFile);

}  // namespace vme::report

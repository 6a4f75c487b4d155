#pragma once
// The rules of the tree as functions on texts: who may include whom, what the pure core must not use, how a scenario
// file opens. A breach is a line `file:line: what is wrong`.

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace vme::architecture {

/// Breaches of the direction of dependencies by the includes of `text`, a file of emulator/`folder`.
std::vector<std::string> includeBreaches(std::string_view file, std::string_view folder, std::string_view text);

/// Uses of I/O, clocks, threads, randomness or the environment in a file of a pure folder; for other folders none.
/// The catalogue of profiles alone reads files.
std::vector<std::string> purityBreaches(std::string_view file, std::string_view folder, std::string_view text);

/// A scenario opens with two comment lines: what it shows, and which command runs it.
std::vector<std::string> scenarioBreaches(std::string_view file, std::string_view text);

/// Folders that the table of dependencies knows.
std::set<std::string, std::less<>> knownFolders();

}  // namespace vme::architecture

#pragma once

#include <string>
#include <vector>

namespace vme::cli {

/// A command line as a report may show it: values that look like secrets are removed.
std::vector<std::string> shownCommand(const std::vector<std::string>& arguments);

}  // namespace vme::cli

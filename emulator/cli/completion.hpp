#pragma once
// Completion scripts, generated from the command tree.

#include <string>

#include "cli/app.hpp"

namespace vme::cli {

std::string bashCompletion(const Cli& cli);
std::string zshCompletion(const Cli& cli);
std::string fishCompletion(const Cli& cli);

}  // namespace vme::cli

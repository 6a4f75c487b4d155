#pragma once

#include <string>

#include "cli/app.hpp"

namespace vme::cli {

/// Standard error, at the level that was asked for. ConfigError for a level that there is not.
void setUpLog(const Globals& globals);
void warn(const std::string& text);

}  // namespace vme::cli

#pragma once
// The manual page vme(1): sections written by hand in docs/vme.1.in, options and commands from the command tree, so
// that the page never names what this build has not.

#include <string>

#include "cli/app.hpp"

namespace vme::cli {

/// `page` with @VERSION@, @OPTIONS@ and @COMMANDS@ filled in, as man(7) reads it.
std::string manPage(const Cli& cli, const std::string& page);

}  // namespace vme::cli

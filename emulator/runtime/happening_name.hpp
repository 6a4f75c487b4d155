#pragma once

#include <string_view>

#include "runtime/fleet.hpp"

namespace vme::runtime {

/// As event streams and journals call it: `hello-sent`.
std::string_view nameOf(Happening::Kind kind);

}  // namespace vme::runtime

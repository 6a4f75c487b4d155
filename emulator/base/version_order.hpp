#pragma once

#include <string_view>

namespace vme {

/// Whether `a` comes before `b` when runs of digits count as numbers: 2.2.10 before 2.2.20, amt-3.0 before amt-3.2.2.
bool versionLess(std::string_view a, std::string_view b);

}  // namespace vme

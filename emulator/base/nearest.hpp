#pragma once

#include <span>
#include <string>
#include <string_view>

namespace vme {

/// ` did you mean "NAME"?` with the nearest of `names` by edit distance, or an empty text when none is near.
std::string didYouMean(std::string_view wrong, std::span<const std::string> names);

}  // namespace vme

#pragma once
// The small language inside a scenario's expectations.

#include <optional>
#include <string_view>

#include "scenario/scenario.hpp"

namespace vme::scenario {

struct Wanted {
  Expect::Compare compare = Expect::Compare::equal;
  double value = 0;
  bool isShare = false;
};
/// `20`, `100%`, `> 95%`, `<= 3`: machines or a share of them.
std::optional<Wanted> wantedCount(std::string_view text);
/// `< 30s`: a comparison and a duration, in milliseconds.
std::optional<Wanted> wantedDuration(std::string_view text);

}  // namespace vme::scenario

#pragma once
// Values that several keys of a scenario take.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "profile/yaml_cursor.hpp"
#include "scenario/scenario.hpp"

namespace vme::scenario {

/// One text, or a list of them.
std::vector<std::string> readTexts(const profile::YamlCursor& value);

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

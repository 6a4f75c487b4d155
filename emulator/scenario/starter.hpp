#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace vme::scenario {

/// The templates of `vme scenario new`, and what each is for.
struct Starter {
  std::string_view name;
  std::string_view purpose;
  std::string_view text;  // NAME stands for the scenario's name
};
const std::vector<Starter>& starters();

/// A commented scenario of that name to begin with; it loads as it is.
std::string starterText(const Starter& starter, std::string_view name);

}  // namespace vme::scenario

#include "scenario/keys.hpp"

namespace vme::scenario {

std::vector<std::string> namesOf(const Section& section) {
  std::vector<std::string> names;
  for (const auto& key : section.keys) names.emplace_back(key.name);
  return names;
}

void finish(const profile::YamlCursor& map, const Section& section) {
  map.finish(section.name, namesOf(section));
}

}  // namespace vme::scenario

#include "scenario/document.hpp"

#include <algorithm>

#include "scenario/overrides.hpp"

namespace vme::scenario {

using profile::YamlValue;

YamlValue* entryNamed(YamlValue& map, std::string_view key) {
  const auto found = std::ranges::find(map.entries, key, &YamlValue::Entry::key);
  return found == map.entries.end() ? nullptr : &found->value;
}

void eraseEntry(YamlValue& map, std::string_view key) {
  std::erase_if(map.entries, [&](const YamlValue::Entry& entry) { return entry.key == key; });
}

void putEntry(YamlValue& map, std::string_view key, YamlValue value) {
  if (auto* there = entryNamed(map, key)) {
    *there = std::move(value);
    return;
  }
  auto place = value.place;
  map.entries.push_back({std::string(key), std::move(place), std::move(value)});
}

void mergeInto(YamlValue& base, YamlValue over) {
  if (base.kind != YamlValue::Kind::map || over.kind != YamlValue::Kind::map) {
    base = std::move(over);
    return;
  }
  for (auto& entry : over.entries) {
    const auto there = std::ranges::find(base.entries, entry.key, &YamlValue::Entry::key);
    if (there == base.entries.end()) {
      base.entries.push_back(std::move(entry));
    } else {
      there->place = std::move(entry.place);
      mergeInto(there->value, std::move(entry.value));
    }
  }
}

std::vector<Document> documentsOf(YamlValue tree, const std::filesystem::path& folder, const Overrides& overrides) {
  if (tree.kind == YamlValue::Kind::map) joinIncludes(tree, folder);
  for (const auto& one : overrides.set) applySet(tree, one);
  std::vector<Document> documents;
  if (tree.kind != YamlValue::Kind::map) {
    documents.push_back({std::move(tree), {}});  // its reader says what is wrong
    return documents;
  }
  documents = cellsOf(std::move(tree));
  for (auto& document : documents) {
    putVariables(document.tree);
    for (const auto key : kWorkedIn) eraseEntry(document.tree, key);
  }
  return documents;
}

}  // namespace vme::scenario

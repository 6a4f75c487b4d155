#pragma once
// A YAML document as a tree with places: what profiles and scenarios are read from. Stricter than YAML: duplicate keys,
// anchors, aliases, merge keys, tags and keys that are no plain text are errors.

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace vme::profile {

struct YamlValue {
  enum class Kind { null, scalar, list, map };
  struct Entry;

  Kind kind = Kind::null;
  std::string text;  // scalar
  std::vector<YamlValue> items;
  std::vector<Entry> entries;  // in the order of the file
  std::string place;           // file:line:column
};

struct YamlValue::Entry {
  std::string key;
  std::string place;  // of the key
  YamlValue value;
};

struct YamlLimits {
  std::size_t bytes = 1U << 20U;
  std::size_t depth = 30;
  std::size_t nodes = 100'000;
};

/// `file` is what errors call the text. Throws ConfigError `file:line:column: what is wrong. what to do`. An empty text
/// is an empty map.
YamlValue parseYaml(const std::string& file, std::string_view text, const YamlLimits& limits = {});

}  // namespace vme::profile

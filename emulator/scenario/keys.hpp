#pragma once
// What a scenario file may hold, as tables: each map of the file is a section, each of its keys has a shape and a
// sentence. The loader takes the known keys from here, and so do the JSON schema and `vme scenario explain`.

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "profile/yaml_cursor.hpp"

namespace vme::scenario {

struct Section;

/// What may stand behind a key.
struct Shape {
  enum class Kind : std::uint8_t {
    text,
    boolean,
    integer,
    decimal,
    share,     // 2%
    duration,  // 250ms
    size,      // 4KiB
    count,     // machines or a share of them, with a comparison: 20, 100%, "> 95%"
    limit,     // a comparison and a duration: "< 30s"
    word,      // one of `words`
    map,       // of `section`
    list,      // of `items`
    free,      // any keys, as profile overrides
    named,     // any keys, each of `items`
  };
  Kind kind = Kind::text;
  double least = 0, most = 0;  // integer, decimal; equal: no limit
  std::vector<std::string> words = {};
  const Section& (*section)() = nullptr;
  std::vector<Shape> items = {};  // one or several shapes that an item may have
  std::string pattern = {};       // text: a regular expression that it fits
  bool isAbove = false;           // decimal: more than `least`
  bool atLeastOne = false;        // list: not empty
};

struct Key {
  std::string_view name;
  std::string_view doc;       // one sentence without its full stop
  std::vector<Shape> shapes;  // any of them
  bool required = false;
};

struct Section {
  std::string_view name;
  std::vector<Key> keys;
};

/// The words of a loader's choice table.
template <typename Table>
std::vector<std::string> wordsOf(const Table& table) {
  std::vector<std::string> words;
  for (const auto& row : table) words.emplace_back(row.first);
  return words;
}

/// Shapes as tables write them.
namespace shape {

inline Shape text(std::string pattern = {}) {
  return {.kind = Shape::Kind::text, .pattern = std::move(pattern)};
}
inline Shape boolean() {
  return {.kind = Shape::Kind::boolean};
}
inline Shape integer(double least = 0, double most = 0) {
  return {.kind = Shape::Kind::integer, .least = least, .most = most};
}
inline Shape decimal(double least, double most) {
  return {.kind = Shape::Kind::decimal, .least = least, .most = most};
}
inline Shape above(double least, double most) {
  return {.kind = Shape::Kind::decimal, .least = least, .most = most, .isAbove = true};
}
inline Shape share() {
  return {.kind = Shape::Kind::share};
}
inline Shape duration() {
  return {.kind = Shape::Kind::duration};
}
inline Shape size() {
  return {.kind = Shape::Kind::size};
}
inline Shape count() {
  return {.kind = Shape::Kind::count};
}
inline Shape limit() {
  return {.kind = Shape::Kind::limit};
}
inline Shape word(std::vector<std::string> words) {
  return {.kind = Shape::Kind::word, .words = std::move(words)};
}
template <typename Table>
Shape wordOf(const Table& table) {
  return word(wordsOf(table));
}
inline Shape map(const Section& (*section)()) {
  return {.kind = Shape::Kind::map, .section = section};
}
inline Shape list(std::vector<Shape> items, bool atLeastOne = false) {
  return {.kind = Shape::Kind::list, .items = std::move(items), .atLeastOne = atLeastOne};
}
inline Shape named(std::vector<Shape> items) {
  return {.kind = Shape::Kind::named, .items = std::move(items)};
}
inline Shape free() {
  return {.kind = Shape::Kind::free};
}

}  // namespace shape

std::vector<std::string> namesOf(const Section& section);
/// YamlCursor::finish against the section's names.
void finish(const profile::YamlCursor& map, const Section& section);

/// All that a scenario file may hold. Further parts of the language are joined in where their reader is called.
const Section& scenarioSection();

}  // namespace vme::scenario

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/nearest.hpp"
#include "profile/yaml_cursor.hpp"
#include "scenario/document.hpp"
#include "scenario/overrides.hpp"

namespace vme::scenario {
namespace {

using profile::YamlCursor;
using profile::YamlValue;

constexpr std::size_t kMostCells = 1000, kMostValues = 2'000'000;
constexpr std::string_view kNoQuirk = "none";

struct Axis {
  std::string name;
  std::vector<YamlValue> values;
};

YamlValue emptyMap(std::string place) {
  return {.kind = YamlValue::Kind::map, .text = {}, .items = {}, .entries = {}, .place = std::move(place)};
}

/// How a value is called in the names of cells: a quirk with parameters by the quirk.
std::string labelOf(const YamlValue& value) {
  return value.kind == YamlValue::Kind::map ? value.entries.front().key : value.text;
}

void putProfile(YamlValue& tree, const YamlValue& value) {
  auto* groups = entryNamed(tree, "groups");
  if (!groups) return;
  for (auto& group : groups->items) {
    eraseEntry(group, "profiles");
    putEntry(group, "profile", value);
  }
}

void putQuirk(YamlValue& tree, const YamlValue& value) {
  auto* groups = entryNamed(tree, "groups");
  const auto label = labelOf(value);
  if (!groups || label == kNoQuirk) return;
  for (auto& group : groups->items) {
    if (!entryNamed(group, "quirks")) putEntry(group, "quirks", emptyMap(value.place));
    auto& quirks = *entryNamed(group, "quirks");
    putEntry(quirks, label, value.kind == YamlValue::Kind::map ? value.entries.front().value : emptyMap(value.place));
  }
}

void putApi(YamlValue& tree, const YamlValue& value) {
  setAt(tree, "service_point.api", value.place, value);
}

using Put = void (*)(YamlValue&, const YamlValue&);
constexpr std::array<std::pair<std::string_view, Put>, 3> kAxes{
    {{"profile", putProfile}, {"quirk", putQuirk}, {"api", putApi}}};

/// A variable of that name wins over what the axis else stands for.
void put(YamlValue& tree, const Axis& axis, const YamlValue& value) {
  auto* variables = entryNamed(tree, "variables");
  if (auto* variable = variables ? entryNamed(*variables, axis.name) : nullptr) {
    *variable = value;
    return;
  }
  for (const auto& [name, action] : kAxes) {
    if (name == axis.name) action(tree, value);
  }
}

std::vector<Axis> readAxes(const YamlCursor& map, YamlValue& tree) {
  std::vector<std::string> known;
  for (const auto& [name, action] : kAxes) known.emplace_back(name);
  if (auto* variables = entryNamed(tree, "variables")) {
    for (const auto& entry : variables->entries) known.push_back(entry.key);
  }
  std::vector<Axis> axes;
  for (const auto& [name, list] : map.entries()) {
    if (std::ranges::find(known, name) == known.end()) {
      auto hint = didYouMean(name, known);
      if (hint.empty()) hint = " add it to variables, or take profile, quirk or api";
      list.fail(fmt::format("{} is no variable of the scenario.{}", list.path(), hint));
    }
    Axis axis{name, {}};
    for (const auto& item : list.items()) {
      const bool isQuirk = name == "quirk" && item.isMap() && item.entries().size() == 1;
      if (!item.isScalar() && !isQuirk) item.fail(item.path() + " is no single value. write one, as amt-3.0");
      if (std::ranges::any_of(axis.values,
                              [&](const auto& other) { return labelOf(other) == labelOf(item.value()); })) {
        item.fail(item.path() + " stands twice in the list. name each value once");
      }
      axis.values.push_back(item.value());
    }
    if (axis.values.empty()) list.fail(list.path() + " is empty. name at least one value, or leave the axis out");
    axes.push_back(std::move(axis));
  }
  if (axes.empty()) map.fail("matrix is empty. add an axis, as profile: [amt-3.0, amt-4.0], or leave it out");
  return axes;
}

/// Of each entry of `exclude`: the values of each axis that it names.
using Exclusion = std::vector<std::pair<std::size_t, std::vector<std::string>>>;

std::vector<std::string> labelsOf(const Axis& axis) {
  std::vector<std::string> labels;
  for (const auto& value : axis.values) labels.push_back(labelOf(value));
  return labels;
}

Exclusion readExclusion(const YamlCursor& map, const std::vector<Axis>& axes) {
  Exclusion exclusion;
  for (const auto& [name, value] : map.entries()) {
    const auto axis = std::ranges::find(axes, name, &Axis::name);
    if (axis == axes.end()) {
      std::vector<std::string> names;
      for (const auto& one : axes) names.push_back(one.name);
      auto hint = didYouMean(name, names);
      if (hint.empty()) hint = fmt::format(" there are {}", fmt::join(names, ", "));
      value.fail(fmt::format("{} is no axis of the matrix.{}", value.path(), hint));
    }
    const auto labels = labelsOf(*axis);
    std::vector<std::string> values;
    for (const auto& item : value.isList() ? value.items() : std::vector{value}) {
      values.push_back(item.text());
      if (std::ranges::find(labels, item.text()) != labels.end()) continue;
      auto hint = didYouMean(item.text(), labels);
      if (hint.empty()) hint = fmt::format(" there are {}", fmt::join(labels, ", "));
      item.fail(fmt::format("{} is \"{}\", which the axis {} does not have.{}", item.path(), item.text(), name, hint));
    }
    exclusion.emplace_back(static_cast<std::size_t>(axis - axes.begin()), std::move(values));
  }
  if (exclusion.empty()) map.fail(map.path() + " names no axis, so that it would leave out everything. name one");
  return exclusion;
}

bool leavesOut(const Exclusion& exclusion, const std::vector<std::pair<std::string, std::string>>& cell) {
  return std::ranges::all_of(exclusion, [&](const auto& one) {
    return std::ranges::find(one.second, cell[one.first].second) != one.second.end();
  });
}

std::size_t valuesIn(const YamlValue& value) {
  std::size_t count = 1;
  for (const auto& item : value.items) count += valuesIn(item);
  for (const auto& entry : value.entries) count += valuesIn(entry.value);
  return count;
}

/// Each cell has a copy of the scenario, so that both its number and all of them together are limited.
std::size_t sizeOf(const std::vector<Axis>& axes, const YamlCursor& map, const YamlValue& tree) {
  std::size_t cells = 1;
  for (const auto& axis : axes) {
    cells *= axis.values.size();
    if (cells > kMostCells) {
      map.fail(fmt::format("the matrix has more than {} cells, each of them a run. shorten its lists", kMostCells));
    }
  }
  if (cells * valuesIn(tree) > kMostValues) {
    map.fail(fmt::format("the matrix makes {} copies of a large scenario. shorten it, or the lists", cells));
  }
  return cells;
}

}  // namespace

std::vector<Document> cellsOf(YamlValue tree) {
  const auto* matrix = entryNamed(tree, "matrix");
  const auto* exclude = entryNamed(tree, "exclude");
  std::vector<Document> cells;
  if (!matrix) {
    if (exclude) YamlCursor(*exclude).fail("exclude leaves cells of a matrix out, but there is none. add matrix");
    cells.push_back({std::move(tree), {}});
    return cells;
  }
  const YamlCursor map(*matrix, "matrix");
  const auto axes = readAxes(map, tree);
  std::vector<Exclusion> exclusions;
  if (exclude) {
    for (const auto& item : YamlCursor(*exclude, "exclude").items()) exclusions.push_back(readExclusion(item, axes));
  }
  const auto count = sizeOf(axes, map, tree);
  for (std::size_t n = 0; n < count; ++n) {
    Document document;
    std::vector<const YamlValue*> values;
    // The last axis turns fastest.
    std::size_t rest = n, block = count;
    for (const auto& axis : axes) {
      block /= axis.values.size();
      values.push_back(&axis.values[rest / block]);
      rest %= block;
      document.cell.emplace_back(axis.name, labelOf(*values.back()));
    }
    if (std::ranges::any_of(exclusions, [&](const auto& one) { return leavesOut(one, document.cell); })) continue;
    document.tree = tree;
    for (std::size_t i = 0; i < axes.size(); ++i) put(document.tree, axes[i], *values[i]);
    cells.push_back(std::move(document));
  }
  if (cells.empty()) map.fail("exclude leaves out every cell of the matrix. take an entry out of it");
  return cells;
}

}  // namespace vme::scenario

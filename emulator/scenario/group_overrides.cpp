#include "scenario/group_overrides.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

#include "scenario/document.hpp"
#include "scenario/load_group.hpp"

namespace vme::scenario {
namespace {

using profile::YamlCursor;
using profile::YamlValue;

constexpr std::size_t kMostRanges = 10'000;
/// What belongs to the group as a whole.
constexpr std::array<std::string_view, 4> kWhole{"name", "machines", "profiles", "overrides"};

std::optional<std::uint32_t> indexOf(std::string_view text) {
  std::uint32_t value = 0;
  const auto* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, value);
  return error == std::errc{} && stopped == end ? std::optional(value) : std::nullopt;
}

/// `3` or `10-19`.
IndexRange rangeOf(const std::string& text, const YamlCursor& where, std::uint32_t machines) {
  const auto dash = text.find('-');
  const auto first = indexOf(std::string_view(text).substr(0, dash));
  const auto last = dash == std::string::npos ? first : indexOf(std::string_view(text).substr(dash + 1));
  if (!first || !last || *first > *last) {
    where.fail(fmt::format("{}: \"{}\" is no machine of the group. write its number, or a range as 10-19", where.path(),
                           text));
  }
  if (*last >= machines) {
    where.fail(fmt::format("{}: there is no machine {}, the group has 0 to {}. correct the number", where.path(), *last,
                           machines - 1));
  }
  return {*first, *last};
}

GroupOverride overrideOf(const YamlCursor& group, const YamlCursor& set, std::vector<IndexRange> ranges) {
  for (const auto key : kWhole) {
    set.refuse(key, "is the whole group's. leave it out of overrides");
  }
  GroupOverride one{std::move(ranges), group.value(), set.path(), set.has("arrival"), set.has("uuid")};
  eraseEntry(one.group, "overrides");
  if (set.has("profile")) eraseEntry(one.group, "profiles");
  if (!set.has("uuid")) eraseEntry(one.group, "uuid");
  mergeInto(one.group, set.value());
  return one;
}

void checkRanges(const std::vector<GroupOverride>& overrides, const YamlCursor& where) {
  std::vector<IndexRange> all;
  for (const auto& one : overrides) all.insert(all.end(), one.ranges.begin(), one.ranges.end());
  if (all.size() > kMostRanges) {
    where.fail(fmt::format("{} has more than {} ranges. make groups of their own", where.path(), kMostRanges));
  }
  std::ranges::sort(all, {}, &IndexRange::first);
  for (std::size_t i = 1; i < all.size(); ++i) {
    if (all[i].first <= all[i - 1].last) {
      where.fail(fmt::format("{} names machine {} twice. keep one", where.path(), all[i].first));
    }
  }
}

}  // namespace

std::uint32_t GroupOverride::machines(std::uint32_t all) const {
  std::uint32_t count = 0;
  for (const auto& [first, last] : ranges) {
    if (first < all) count += std::min(last, all - 1) - first + 1;
  }
  return count;
}

const Section& overrideSection() {
  static const Section section = [] {
    Section all{"override", {}};
    for (auto key : groupSection().keys) {
      if (std::ranges::find(kWhole, key.name) != kWhole.end()) continue;
      key.required = false;
      all.keys.push_back(std::move(key));
    }
    return all;
  }();
  return section;
}

const Section& listedOverrideSection() {
  static const Section section = [] {
    const auto number = shape::integer(0, kMostMachines);
    Section all{"listed_override", overrideSection().keys};
    all.keys.insert(all.keys.begin(), Key{"machines",
                                          "the machines by their number in the group: 3, 10-19 or a list of such",
                                          {number, shape::text("^[0-9]+-[0-9]+$"),
                                           shape::list({number, shape::text("^[0-9]+(-[0-9]+)?$")}, true)},
                                          true});
    return all;
  }();
  return section;
}

std::vector<GroupOverride> readOverrides(const YamlCursor& group, std::uint32_t machines) {
  std::vector<GroupOverride> all;
  const auto value = group.find("overrides");
  if (!value) return all;
  if (value->isMap()) {
    for (const auto& [range, set] : value->entries()) {
      all.push_back(overrideOf(group, set, {rangeOf(range, set, machines)}));
    }
  } else {
    for (const auto& item : value->items()) {
      const auto which = item.at("machines");
      std::vector<IndexRange> ranges;
      for (const auto& one : which.isList() ? which.items() : std::vector{which}) {
        ranges.push_back(rangeOf(one.text(), one, machines));
      }
      auto set = item.value();
      eraseEntry(set, "machines");
      all.push_back(overrideOf(group, YamlCursor(set, item.path()), std::move(ranges)));
    }
  }
  checkRanges(all, *value);
  return all;
}

std::vector<Stretch> stretchesOf(const std::vector<std::uint32_t>& shares,
                                 const std::vector<GroupOverride>& overrides) {
  struct Piece {
    IndexRange range;
    std::size_t by;
  };
  std::vector<Piece> pieces;
  for (std::size_t i = 0; i < overrides.size(); ++i) {
    for (const auto& range : overrides[i].ranges) pieces.push_back({range, i});
  }
  std::ranges::sort(pieces, {}, [](const Piece& piece) { return piece.range.first; });
  std::vector<Stretch> stretches;
  std::uint32_t at = 0;
  auto piece = pieces.begin();
  for (std::size_t profile = 0; profile < shares.size(); ++profile) {
    const auto end = at + shares[profile];
    while (at < end) {
      while (piece != pieces.end() && piece->range.last < at) ++piece;
      const bool isOverridden = piece != pieces.end() && piece->range.first <= at;
      const auto until = isOverridden            ? std::min(end, piece->range.last + 1)
                         : piece != pieces.end() ? std::min(end, piece->range.first)
                                                 : end;
      stretches.push_back({at, until - at, profile, isOverridden ? std::optional(piece->by) : std::nullopt});
      at = until;
    }
  }
  return stretches;
}

}  // namespace vme::scenario

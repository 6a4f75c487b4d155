#include "scenario/overrides.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <numeric>

#include "base/error.hpp"
#include "base/nearest.hpp"

namespace vme::scenario {
namespace {

using profile::YamlValue;

std::vector<std::string> segmentsOf(const std::string& path, const std::string& option) {
  std::vector<std::string> segments;
  std::size_t from = 0;
  while (true) {
    const auto dot = path.find('.', from);
    segments.push_back(path.substr(from, dot == std::string::npos ? dot : dot - from));
    if (segments.back().empty()) throw ConfigError(option, "the path has an empty part. write KEY.KEY=VALUE");
    // Below `groups.NAME.set` stand the keys of profiles, which have dots of their own.
    if (dot != std::string::npos && segments.size() == 3 && segments.front() == "groups" && segments.back() == "set") {
      segments.push_back(path.substr(dot + 1));
      return segments;
    }
    if (dot == std::string::npos) return segments;
    from = dot + 1;
  }
}

void placeAt(YamlValue& value, const std::string& place) {
  value.place = place;
  for (auto& item : value.items) placeAt(item, place);
  for (auto& entry : value.entries) {
    entry.place = place;
    placeAt(entry.value, place);
  }
}

YamlValue scalar(std::string text) {
  YamlValue value;
  value.kind = YamlValue::Kind::scalar;
  value.text = std::move(text);
  return value;
}

YamlValue valueOf(const std::string& text, const std::string& option) {
  // `> 95%` is a comparison here, not the start of a YAML block.
  const bool plain = text.empty() || text.front() == '<' || text.front() == '>' || text.front() == '=';
  auto value = plain ? scalar(text) : profile::parseYaml(option, text);
  placeAt(value, option);
  return value;
}

YamlValue& itemOf(YamlValue& list, const std::string& segment, const std::string& where, const std::string& option) {
  std::vector<std::string> names;
  for (auto& item : list.items) {
    for (const auto& entry : item.entries) {
      if (entry.key != "name") continue;
      if (entry.value.text == segment) return item;
      names.push_back(entry.value.text);
    }
  }
  std::size_t number = 0;
  const auto* end = segment.data() + segment.size();
  const auto [stopped, error] = std::from_chars(segment.data(), end, number);
  if (error == std::errc{} && stopped == end && number < list.items.size()) return list.items[number];
  auto hint = didYouMean(segment, names);
  if (hint.empty())
    hint = fmt::format(" there are {}", names.empty() ? "none by name" : fmt::format("{}", fmt::join(names, ", ")));
  throw ConfigError(option, fmt::format("{} has no \"{}\".{}", where, segment, hint));
}

YamlValue& entryOf(YamlValue& map, const std::string& key, const std::string& option) {
  for (auto& entry : map.entries) {
    if (entry.key == key) return entry.value;
  }
  map.entries.push_back(
      {key, option, YamlValue{.kind = YamlValue::Kind::null, .text = {}, .items = {}, .entries = {}, .place = option}});
  return map.entries.back().value;
}

/// The value below which a path goes on must be a map or list; what is absent becomes a map.
void openUp(YamlValue& value, const std::string& where, const std::string& option) {
  if (value.kind == YamlValue::Kind::map || value.kind == YamlValue::Kind::list) return;
  const bool isEmbedded = where == "service_point" && (value.kind == YamlValue::Kind::null || value.text == "embedded");
  if (value.kind == YamlValue::Kind::null && !isEmbedded) {
    value.kind = YamlValue::Kind::map;
  } else if (isEmbedded) {
    value = {.kind = YamlValue::Kind::map, .text = {}, .items = {}, .entries = {}, .place = value.place};
    value.entries.push_back({"mode", value.place, scalar("embedded")});
    value.entries.back().value.place = value.place;
  } else {
    throw ConfigError(option,
                      fmt::format("{} is \"{}\", which has no keys below it. set {} itself", where, value.text, where));
  }
}

}  // namespace

void setAt(YamlValue& document, const std::string& path, const std::string& place, YamlValue newValue) {
  auto* value = &document;
  std::string where;
  for (const auto& segment : segmentsOf(path, place)) {
    openUp(*value, where, place);
    value = value->kind == YamlValue::Kind::list ? &itemOf(*value, segment, where, place)
                                                 : &entryOf(*value, segment, place);
    where += (where.empty() ? "" : ".") + segment;
  }
  *value = std::move(newValue);
}

void applySet(YamlValue& document, const std::pair<std::string, std::string>& keyAndValue) {
  const auto& [path, text] = keyAndValue;
  const auto option = fmt::format("--set {}={}", path, text);
  setAt(document, path, option, valueOf(text, option));
}

std::vector<std::uint32_t> scaled(const std::vector<std::uint32_t>& sizes, std::uint32_t total) {
  if (total < sizes.size()) {
    throw ConfigError("--machines",
                      fmt::format("{} machines are fewer than the scenario's {} groups. ask for at least one "
                                  "each",
                                  total, sizes.size()));
  }
  const auto sum = std::accumulate(sizes.begin(), sizes.end(), std::uint64_t{0});
  if (sum == 0) return sizes;  // no proportion to keep
  std::vector<std::uint32_t> result;
  std::vector<std::pair<std::uint64_t, std::size_t>> remainders;
  std::uint64_t given = 0;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    const auto product = std::uint64_t{total} * sizes[i];
    result.push_back(std::max(1U, static_cast<std::uint32_t>(product / sum)));
    remainders.emplace_back(product / sum == 0 ? 0 : product % sum, i);
    given += result.back();
  }
  std::ranges::sort(remainders, [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first > b.first : a.second < b.second;
  });
  for (std::size_t i = 0; given < total; i = (i + 1) % remainders.size(), ++given) ++result[remainders[i].second];
  // Groups that were lifted to one machine take them from the largest.
  for (; given > total; --given) --*std::ranges::max_element(result);
  return result;
}

std::vector<std::uint32_t> dealt(std::uint32_t total, std::size_t parts) {
  std::vector<std::uint32_t> result(parts, static_cast<std::uint32_t>(total / parts));
  for (std::size_t i = 0; i < total % parts; ++i) ++result[i];
  return result;
}

}  // namespace vme::scenario

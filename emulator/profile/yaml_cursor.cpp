#include "profile/yaml_cursor.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <stdexcept>

#include "base/error.hpp"
#include "base/nearest.hpp"

namespace vme::profile {
namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

template <typename Number>
std::optional<Number> whole(std::string_view text, auto... format) {
  Number number{};
  const auto* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, number, format...);
  return error == std::errc() && stopped == end ? std::optional(number) : std::nullopt;
}

}  // namespace

YamlCursor::YamlCursor(const YamlValue& value, std::string path)
    : value_(&value), path_(std::move(path)), read_(std::make_shared<Read>()) {}

YamlCursor YamlCursor::child(std::string_view key, const YamlValue& value) const {
  return YamlCursor(value, path_.empty() ? std::string(key) : path_ + "." + std::string(key));
}

std::optional<YamlCursor> YamlCursor::find(std::string_view key) const {
  if (!isMap()) failKind("a map of keys");
  read_->asked.emplace(key);
  for (const auto& entry : value_->entries) {
    if (entry.key == key) return child(key, entry.value);
  }
  return std::nullopt;
}

YamlCursor YamlCursor::at(std::string_view key) const {
  if (auto found = find(key)) return *found;
  fail("\"" + std::string(key) + "\" is missing" + (path_.empty() ? "" : " in " + path_) + ". add it");
}

std::vector<std::pair<std::string, YamlCursor>> YamlCursor::entries() const {
  if (!isMap()) failKind("a map of keys");
  std::vector<std::pair<std::string, YamlCursor>> all;
  for (const auto& entry : value_->entries) {
    read_->asked.insert(entry.key);
    all.emplace_back(entry.key, child(entry.key, entry.value));
  }
  return all;
}

void YamlCursor::refuseLater(std::string_view key) const {
  refuse(key, "is not available in this version. leave it out");
}

void YamlCursor::refuse(std::string_view key, std::string_view why) const {
  if (!isMap()) failKind("a map of keys");
  for (const auto& entry : value_->entries) {
    if (entry.key == key) {
      throw ConfigError(entry.place, "\"" + entry.key + "\" " + std::string(why));
    }
  }
}

void YamlCursor::finish() const {
  if (!isMap()) failKind("a map of keys");
  refuseUnknown(std::vector<std::string>(read_->asked.begin(), read_->asked.end()));
}

void YamlCursor::finish(std::string_view table, std::span<const std::string> known) const {
  if (!isMap()) failKind("a map of keys");
  refuseUnknown(known);
  for (const auto& key : read_->asked) {
    if (std::ranges::find(known, key) == known.end()) {
      throw std::logic_error("the key table " + std::string(table) + " lacks \"" + key + "\"");
    }
  }
  for (const auto& key : known) {
    if (!read_->asked.contains(key)) {
      throw std::logic_error("no reader asks for \"" + key + "\" of the key table " + std::string(table));
    }
  }
}

bool YamlCursor::has(std::string_view key) const {
  return std::ranges::find(value_->entries, key, &YamlValue::Entry::key) != value_->entries.end();
}

void YamlCursor::refuseUnknown(std::span<const std::string> known) const {
  for (const auto& entry : value_->entries) {
    if (std::ranges::find(known, entry.key) != known.end()) continue;
    auto hint = didYouMean(entry.key, known);
    if (hint.empty()) {
      std::vector<std::string> sorted(known.begin(), known.end());
      std::ranges::sort(sorted);
      hint = " known are " + joined(sorted);
    }
    throw ConfigError(entry.place,
                      "unknown key \"" + entry.key + "\"" + (path_.empty() ? "" : " in " + path_) + "." + hint);
  }
}

std::vector<YamlCursor> YamlCursor::items() const {
  if (!isList()) failKind("a list");
  std::vector<YamlCursor> all;
  for (std::size_t i = 0; i < value_->items.size(); ++i) {
    all.emplace_back(value_->items[i], path_ + "[" + std::to_string(i) + "]");
  }
  return all;
}

std::vector<std::string> YamlCursor::texts() const {
  std::vector<std::string> all;
  for (const auto& item : items()) all.push_back(item.text());
  return all;
}

std::string YamlCursor::text() const {
  if (!isScalar()) failKind("a single value");
  return value_->text;
}

bool YamlCursor::boolean() const {
  const auto word = text();
  if (word == "true" || word == "yes" || word == "on") return true;
  if (word == "false" || word == "no" || word == "off") return false;
  fail(path_ + " is \"" + word + "\". write true or false");
}

std::uint64_t YamlCursor::number(std::uint64_t least, std::uint64_t most) const {
  const auto word = text();
  const auto value =
      word.starts_with("0x") ? whole<std::uint64_t>(std::string_view(word).substr(2), 16) : whole<std::uint64_t>(word);
  if (value && *value >= least && *value <= most) return *value;
  const auto upTo = most == UINT64_MAX ? std::string(" or more") : " to " + std::to_string(most);
  fail(path_ + " is \"" + word + "\". write a whole number, " + std::to_string(least) + upTo);
}

std::int64_t YamlCursor::integer(std::int64_t least, std::int64_t most) const {
  const auto word = text();
  const auto value = whole<std::int64_t>(word);
  if (value && *value >= least && *value <= most) return *value;
  const bool isBounded = least != INT64_MIN || most != INT64_MAX;
  fail(path_ + " is \"" + word + "\". write a whole number" +
       (isBounded ? ", " + std::to_string(least) + " to " + std::to_string(most) : ""));
}

double YamlCursor::share() const {
  const auto word = text();
  if (word.ends_with('%')) {
    const auto percent = whole<double>(std::string_view(word).substr(0, word.size() - 1));
    if (percent && *percent >= 0 && *percent <= 100) return *percent / 100;
  }
  fail(path_ + " is \"" + word + "\". write a share such as 2%, 0% to 100%");
}

std::uint64_t YamlCursor::sizeBytes() const {
  const auto word = text();
  if (const auto size = parseSize(word)) return *size;
  fail(path_ + " is \"" + word + "\". write a size such as 512B, 4KiB or 1MiB");
}

double YamlCursor::decimal(double least, double most) const {
  const auto word = text();
  const auto value = whole<double>(word);
  if (value && std::isfinite(*value) && *value >= least && *value <= most) return *value;
  const auto shown = [](double number) {
    auto digits = std::to_string(number);
    digits.erase(digits.find_last_not_of('0') + 1);
    if (digits.ends_with('.')) digits.pop_back();
    return digits;
  };
  fail(path_ + " is \"" + word + "\". write a number, " + shown(least) + " to " + shown(most));
}

std::int64_t YamlCursor::durationMs() const {
  const auto word = text();
  if (const auto duration = parseDuration(word)) return *duration;
  fail(path_ + " is \"" + word + "\". write a duration such as 250ms, 10s, 5m or 24h");
}

void YamlCursor::fail(const std::string& text) const {
  throw ConfigError(place(), text);
}

void YamlCursor::failChoice(const std::string& word, const std::vector<std::string>& words) const {
  auto hint = didYouMean(word, words);
  fail(path_ + " is \"" + word + "\"." + (hint.empty() ? " write one of " + joined(words) : hint));
}

void YamlCursor::failKind(std::string_view wanted) const {
  constexpr std::array<std::string_view, 4> kFound{"nothing", "a single value", "a list", "a map"};
  fail((path_.empty() ? std::string("the document") : path_) + " is " +
       std::string(kFound.at(static_cast<std::size_t>(value_->kind))) + ". write " + std::string(wanted));
}

std::optional<std::uint64_t> parseSize(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, unsigned>, 4> kUnits{
      {{"KiB", 10}, {"MiB", 20}, {"GiB", 30}, {"B", 0}}};
  for (const auto& [unit, shift] : kUnits) {
    if (!text.ends_with(unit)) continue;
    const auto count = whole<std::uint64_t>(text.substr(0, text.size() - unit.size()));
    if (count && *count <= UINT64_MAX >> shift) return *count << shift;
    break;
  }
  return std::nullopt;
}

std::optional<std::int64_t> parseDuration(std::string_view text) {
  if (text == "0") return 0;
  constexpr std::array<std::pair<std::string_view, double>, 4> kUnits{
      {{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}}};
  for (const auto& [unit, ms] : kUnits) {
    if (!text.ends_with(unit)) continue;
    const auto count = whole<double>(text.substr(0, text.size() - unit.size()));
    if (count && std::isfinite(*count) && *count >= 0 && *count * ms < 1e13) {
      return static_cast<std::int64_t>(std::llround(*count * ms));
    }
  }
  return std::nullopt;
}

}  // namespace vme::profile

#include "scenario/values.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace vme::scenario {
namespace {

using Compare = Expect::Compare;

struct Operator {
  std::string_view text;
  Compare compare;
};
// Longer ones first, so that "<=" is not read as "<".
constexpr std::array kOperators{Operator{"<=", Compare::lessEqual}, Operator{">=", Compare::greaterEqual},
                                Operator{"==", Compare::equal},     Operator{"<", Compare::less},
                                Operator{">", Compare::greater},    Operator{"=", Compare::equal}};

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t";
  const auto from = text.find_first_not_of(kBlank);
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(kBlank) - from + 1);
}

/// A decimal number without sign or exponent at the start of `text`, which is advanced past it.
std::optional<double> takeNumber(std::string_view& text) {
  const auto length = std::min(text.find_first_not_of("0123456789."), text.size());
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + length, value, std::chars_format::fixed);
  if (length == 0 || error != std::errc{} || end != text.data() + length || !std::isfinite(value)) return std::nullopt;
  text.remove_prefix(length);
  return value;
}

Compare takeCompare(std::string_view& text) {
  text = trimmed(text);
  for (const auto& [sign, compare] : kOperators) {
    if (!text.starts_with(sign)) continue;
    text = trimmed(text.substr(sign.size()));
    return compare;
  }
  return Compare::equal;
}

}  // namespace

std::vector<std::string> readTexts(const profile::YamlCursor& value) {
  return value.isList() ? value.texts() : std::vector{value.text()};
}

std::optional<Wanted> wantedCount(std::string_view text) {
  Wanted wanted;
  wanted.compare = takeCompare(text);
  const auto value = takeNumber(text);
  if (!value) return std::nullopt;
  text = trimmed(text);
  wanted.isShare = text == "%";
  if (!wanted.isShare && (!text.empty() || *value != std::floor(*value))) return std::nullopt;
  if (wanted.isShare && *value > 100) return std::nullopt;
  wanted.value = wanted.isShare ? *value / 100 : *value;
  return wanted;
}

std::optional<Wanted> wantedDuration(std::string_view text) {
  Wanted wanted;
  wanted.compare = takeCompare(text);
  const auto ms = profile::parseDuration(text);
  if (!ms || wanted.compare == Compare::equal) return std::nullopt;
  wanted.value = static_cast<double>(*ms);
  return wanted;
}

}  // namespace vme::scenario

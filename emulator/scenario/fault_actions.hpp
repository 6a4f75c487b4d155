#pragma once
// The actions of fault rules by their words: at which points each may stand, and how its parameters are read.

#include <array>
#include <initializer_list>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "fault/plan.hpp"
#include "profile/yaml_cursor.hpp"

namespace vme::scenario {

struct ActionRow {
  std::string_view word;
  std::string_view doc;
  std::vector<fault::Point> points;  // the first is meant where `on` is left out
  std::string_view parameters;       // `bytes`, `for alert`: the keys besides those of every rule
  fault::Action (*read)(const profile::YamlCursor& map);
};
std::span<const ActionRow> actionRows();
inline constexpr std::array<std::pair<std::string_view, unsigned>, 4> kTlsVersions{
    {{"1.0", 0x0301U}, {"1.1", 0x0302U}, {"1.2", 0x0303U}, {"1.3", 0x0304U}}};
/// The keys `versions`, `suites`, `key_bits` and `chain_bytes`.
fault::TlsLimits readTlsLimits(const profile::YamlCursor& map);
std::string_view wordOf(fault::Point point);
std::span<const std::pair<std::string_view, fault::Point>> pointWords();

}  // namespace vme::scenario

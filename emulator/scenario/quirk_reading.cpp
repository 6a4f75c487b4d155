#include "scenario/quirk_reading.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "scenario/load_faults.hpp"

namespace vme::scenario {

using profile::YamlCursor;

fault::Rule& addRule(GroupSpec& spec, fault::Point point, fault::Action action, std::string_view operation) {
  fault::Rule rule;
  rule.point = point;
  rule.operation = operation;
  rule.action = std::move(action);
  spec.faults.push_back(std::move(rule));
  return spec.faults.back();
}

MeDuration readSeconds(const YamlCursor& value) {
  constexpr std::uint64_t kMost = 1'000'000;
  if (value.text() == "inf") return {};
  return MeDuration::seconds(static_cast<std::int64_t>(value.number(1, kMost)));
}

fault::Refusal readRefusal(const YamlCursor& value) {
  using How = fault::Refusal::How;
  fault::Refusal refusal;
  if (value.isMap()) {
    refusal.how = How::stall;
    refusal.lasts = readSeconds(value.at("stall_s"));
    value.finish();
    return refusal;
  }
  const auto text = value.text();
  if (text == "rst") {
    refusal.how = How::reset;
  } else if (text == "silent") {
    refusal.how = How::stall;
  } else {
    constexpr std::string_view kAlert = "alert ";
    const bool isAlert =
        text.starts_with(kAlert) && text.size() <= kAlert.size() + 3 && text.size() > kAlert.size() &&
        std::all_of(text.begin() + kAlert.size(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
    const auto number = isAlert ? std::stoul(text.substr(kAlert.size())) : 0U;
    if (number < 1 || number > 255) {
      value.fail(fmt::format("{} is \"{}\". write alert 48, rst, silent or {{stall_s: 60}}", value.path(), text));
    }
    refusal.alert = static_cast<std::uint8_t>(number);
  }
  return refusal;
}

Shape quirkShape(const Section& (*section)()) {
  return {.kind = Shape::Kind::map, .section = section};
}

std::vector<Key> withSome(std::vector<Key> keys) {
  keys.push_back({"p", "the share of the group's machines that have it", {{.kind = Shape::Kind::share}}});
  keys.push_back({"machines",
                  "how many of the group's machines have it",
                  {{.kind = Shape::Kind::integer, .least = 1, .most = 1e7}}});
  return keys;
}

Shape words(std::vector<std::string> list) {
  return {.kind = Shape::Kind::word, .words = std::move(list)};
}

Shape whole(double least, double most) {
  return {.kind = Shape::Kind::integer, .least = least, .most = most};
}

}  // namespace vme::scenario

#pragma once
// What the readers of quirks share: the two forms of a flag, "alert 48" and its company, and shapes.

#include <initializer_list>
#include <string_view>

#include "fault/plan.hpp"
#include "scenario/quirk.hpp"

namespace vme::scenario {

/// A rule at that point with that action; everything else is the frame's business, or the caller's.
fault::Rule& addRule(GroupSpec& spec, fault::Point point, fault::Action action, std::string_view operation = {});

/// `alert 48`, `rst`, `silent` or `{stall_s: 60}`.
fault::Refusal readRefusal(const profile::YamlCursor& value);
/// Seconds, or `inf`, which is 0.
MeDuration readSeconds(const profile::YamlCursor& value);

/// A quirk's map: its own parameters, and `p` and `machines`.
Shape quirkShape(const Section& (*section)());
std::vector<Key> withSome(std::vector<Key> keys);
/// One of these words.
Shape words(std::vector<std::string> list);
Shape whole(double least, double most);
inline const Shape kText{.kind = Shape::Kind::text};

}  // namespace vme::scenario

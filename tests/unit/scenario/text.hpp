#pragma once

#include <string>

#include "base/error.hpp"
#include "scenario/scenario.hpp"

namespace vme::scenario {

/// The message of the ConfigError that the text causes; empty when it is in order.
inline std::string errorOf(const std::string& text, const Overrides& overrides = {}) {
  try {
    parse("s.yaml", text, overrides);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return {};
}

/// A scenario with one group that has these further lines, each indented as the group's keys are.
inline std::string withGroup(const std::string& keys) {
  return "name: n\ngroups:\n  - name: g\n    machines: 4\n" + keys;
}

/// A scenario with a good group and these further lines on top.
inline std::string withTop(const std::string& lines) {
  return lines + "name: n\ngroups: [{name: g, machines: 4, profile: amt-3.2.2}]\n";
}

}  // namespace vme::scenario

// Any text as a scenario file: it is read, or refused with a ConfigError.

#include "scenario/scenario.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/error.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(data, data + size);
  try {
    // What was read is whole: every group has machines and a profile, and something is expected.
    for (const auto& scenario : vme::scenario::parseAll("fuzz.yaml", text, {})) {
      for (const auto& spec : scenario.groups) {
        if (spec.group.machines == 0 || !spec.group.profile) __builtin_trap();
      }
      if (scenario.groups.empty() || scenario.expect.empty()) __builtin_trap();
    }
  } catch (const vme::ConfigError&) {
  }
  return 0;
}

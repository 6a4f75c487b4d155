// Any text as a user's firmware profile: it is read and resolved, or refused with a ConfigError.

#include <string>

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "profile/catalogue.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vme;
  static const profile::Catalogue kShipped;
  auto catalogue = kShipped;
  try {
    const auto name = catalogue.add("fuzz.yaml", asText({data, size}));
    const auto found = catalogue.find(name);
    if (!found || found->name != name) __builtin_trap();
  } catch (const ConfigError&) {
  }
  return 0;
}

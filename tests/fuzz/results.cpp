// Any text as results.json: it is refused, or read so that writing and reading it again gives the same.

#include <string>

#include "report/parse.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  static_cast<void>(vme::report::parseMachines(text));
  const auto results = vme::report::parseResults(text);
  if (!results) return 0;
  const auto written = vme::report::toJson(*results);
  const auto again = vme::report::parseResults(written);
  if (!again || vme::report::toJson(*again) != written) __builtin_trap();
  static_cast<void>(vme::report::toHtml(*again));
  return 0;
}

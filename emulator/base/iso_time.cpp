#include "base/iso_time.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace vme {

std::string isoTime(std::int64_t unixMs) {
  const auto seconds = static_cast<std::time_t>(unixMs / 1000);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(seconds), unixMs % 1000);
}

}  // namespace vme

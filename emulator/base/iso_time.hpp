#pragma once

#include <cstdint>
#include <string>

namespace vme {

/// `2026-01-31T08:00:00.123Z`.
std::string isoTime(std::int64_t unixMs);

}  // namespace vme

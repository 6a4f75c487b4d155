#pragma once
// Seconds since 1970 as a date and time of day, UTC.

#include <cstdint>
#include <string>

namespace vme::firmware {

struct CivilTime {
  unsigned year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0;
};
CivilTime civilTime(std::uint32_t secondsSince1970);

void appendTwoDigits(std::string& out, unsigned value);

/// `2022-01-31T10:23:04Z`, as a CIM datetime stands in XML.
std::string isoTime(std::uint32_t secondsSince1970);

}  // namespace vme::firmware

#pragma once

#include <cstdint>
#include <string>

namespace vme::firmware {

/// `Mon, 31 Jan 2022 10:23:04 GMT` (RFC 1123), the Date header of an answer.
std::string httpDate(std::uint32_t secondsSince1970);

}  // namespace vme::firmware

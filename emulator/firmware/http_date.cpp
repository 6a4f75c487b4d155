#include "firmware/http_date.hpp"

#include <array>
#include <string_view>

#include "firmware/civil_time.hpp"

namespace vme::firmware {
namespace {

constexpr std::array<std::string_view, 7> kDays{"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};  // from 1970-01-01
constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

}  // namespace

std::string httpDate(std::uint32_t secondsSince1970) {
  const auto time = civilTime(secondsSince1970);
  std::string out;
  out.reserve(29);
  out.append(kDays[secondsSince1970 / 86400 % 7]).append(", ");
  appendTwoDigits(out, time.day);
  out.append(" ").append(kMonths[time.month - 1]).append(" ").append(std::to_string(time.year)).append(" ");
  appendTwoDigits(out, time.hour);
  out += ':';
  appendTwoDigits(out, time.minute);
  out += ':';
  appendTwoDigits(out, time.second);
  return out.append(" GMT");
}

}  // namespace vme::firmware

#include "firmware/civil_time.hpp"

#include <chrono>

namespace vme::firmware {

CivilTime civilTime(std::uint32_t secondsSince1970) {
  const std::chrono::sys_days day{std::chrono::days{secondsSince1970 / 86400}};
  const std::chrono::year_month_day date{day};
  const std::uint32_t rest = secondsSince1970 % 86400;
  return {static_cast<unsigned>(static_cast<int>(date.year())),
          static_cast<unsigned>(date.month()),
          static_cast<unsigned>(date.day()),
          rest / 3600,
          rest / 60 % 60,
          rest % 60};
}

void appendTwoDigits(std::string& out, unsigned value) {
  out += static_cast<char>('0' + value / 10 % 10);
  out += static_cast<char>('0' + value % 10);
}

std::string isoTime(std::uint32_t secondsSince1970) {
  const auto time = civilTime(secondsSince1970);
  std::string out = std::to_string(time.year);
  const auto part = [&out](char before, unsigned value) {
    out += before;
    appendTwoDigits(out, value);
  };
  part('-', time.month);
  part('-', time.day);
  part('T', time.hour);
  part(':', time.minute);
  part(':', time.second);
  return out += 'Z';
}

}  // namespace vme::firmware

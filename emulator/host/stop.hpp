#pragma once
// How a step of the agent ends when it does not go on.

#include <expected>
#include <string>
#include <utility>

#include "base/reasons.hpp"

namespace vme::host {

struct Stop {
  Reason reason = Reason::none;
  std::string text;
  bool mayPass = false;  // another attempt later may end better
};

template <typename T>
using Attempt = std::expected<T, Stop>;

inline std::unexpected<Stop> stop(Reason reason, std::string text) {
  return std::unexpected(Stop{reason, std::move(text), false});
}
inline std::unexpected<Stop> stopForNow(Reason reason, std::string text) {
  return std::unexpected(Stop{reason, std::move(text), true});
}

}  // namespace vme::host

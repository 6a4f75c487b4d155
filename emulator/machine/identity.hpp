#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "base/uuid.hpp"
#include "wire/pid_pps.hpp"

namespace vme::machine {

/// What makes a machine this machine and no other. Computed from (fleet seed, index), or named by the scenario.
struct Identity {
  Uuid uuid;
  std::array<std::uint8_t, 6> mac{};
  wire::PskPair psk;       // the pair an OEM or IT department would have entered; in effect only after it is entered
  std::uint32_t ipv4 = 0;  // host byte order

  std::string macText() const;     // 00-19-D1-00-00-01
  std::string serialText() const;  // of the chassis: ten characters derived from the UUID
};

}  // namespace vme::machine

#pragma once
// What a fault makes of a call: decided outside, carried out here, because only the firmware knows how its interfaces
// say it.

#include <cstdint>
#include <functional>
#include <string>

namespace vme::firmware {

struct Disturbance {
  enum class Kind : std::uint8_t {
    none,
    status,      // `number` as Status (EOI) or ReturnValue (WS-Man method), else a fault that carries it
    soapFault,   // `text`: the subcode of WS-Man, the fault string of EOI
    httpStatus,  // `number`
    pretend,     // answered as ever, and nothing has changed
    silence,     // no answer, and nothing has changed
  };
  Kind kind = Kind::none;
  std::uint32_t number = 0;
  std::string text;
};
/// Asked once for each call, when its caller has been believed.
using Disturb = std::function<Disturbance()>;

}  // namespace vme::firmware

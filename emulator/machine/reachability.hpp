#pragma once
// Whether the network reaches the ME, and whether the ME finds the service point (field-failures.md 2 and 11).

#include <cstdint>
#include <string>

#include "machine/me.hpp"

namespace vme::machine {

/// Why no packet reaches the ME now; none when it is reached. Which of its ports are open is another matter.
Reason whyUnreachable(const Me& me);
/// Whether the hello schedule stands still: the ME itself is off, or its wired network is not there.
bool isHelloHeld(const Me& me);

/// The service point's name as the ME's resolver answers it.
struct Lookup {
  Reason reason = Reason::none;  // why there is no address
  std::string name;              // that was asked for
  std::uint32_t ipv4 = 0;        // 0: where the service point really is
};
Lookup lookUpServer(const Me& me);

/// A connection comes from the network. False: it is lost, as the ME sleeps and is waking now.
bool takesTraffic(Me& me);
/// Nothing in the ME answers, HECI included: an update or an unprovisioning that does not come to its end.
bool isMute(const Me& me);

}  // namespace vme::machine

#pragma once
// The small clients: one message in, at most one out, nothing kept between them. For firmware/heci only.

#include "firmware/heci/session.hpp"

namespace vme::firmware::heci {

Reaction onWatchdog(Me& me, ByteView message);
Reaction onMkhi(const Me& me, ByteView message);

}  // namespace vme::firmware::heci

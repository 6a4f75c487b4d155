#pragma once
// The machine's own clock.

#include "machine/me.hpp"
#include "wire/amt_status.hpp"

namespace vme::machine {

/// Seconds since 1970 by the machine's clock.
std::uint32_t clockSeconds(const Me& me);
/// SetHighAccuracyTimeSynch: the machine told ta0 at its time, the server's clock was tm1 then and tm2 now. invalidTime
/// for times before 2004.
wire::AmtStatus synchronize(Me& me, std::uint32_t ta0, std::uint32_t tm1, std::uint32_t tm2);

}  // namespace vme::machine

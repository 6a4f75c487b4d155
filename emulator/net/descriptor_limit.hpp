#pragma once

#include <cstdint>

namespace vme::net {

/// How many descriptors this process may have open, after its own limit was raised as far as the system lets it.
/// UINT64_MAX where no limit is known.
std::uint64_t descriptorLimit();

}  // namespace vme::net

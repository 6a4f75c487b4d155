#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace vme::wire {

/// `192.168.0.24`, of an address in host byte order.
std::string dottedQuad(std::uint32_t address);
std::optional<std::uint32_t> parseAddress(std::string_view text);

}  // namespace vme::wire

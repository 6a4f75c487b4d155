#pragma once

#include <span>

#include "firmware/eoi/operation.hpp"

namespace vme::firmware::eoi {

/// A row of that name stands for every operation of its service: the names are unknown.
inline constexpr std::string_view kEveryName = "*";

/// Operations that firmware has and this emulator answers with status 0x812 UNSUPPORTED.
std::span<const Operation> unsupportedOperations();

}  // namespace vme::firmware::eoi

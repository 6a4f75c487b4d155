#pragma once
// What a machine remembers of log-ins, where the profile asks for it: accounts locked after wrong passwords, and the
// nonce counts already used. With the defaults it remembers nothing.

#include <string_view>

#include "machine/me.hpp"

namespace vme::firmware {

bool isLocked(const machine::Me& me, std::string_view user);
void noteFailure(machine::Me& me, std::string_view user);
void noteSuccess(machine::Me& me, std::string_view user);

/// With `auth.strict_nc`: whether a request with that count, or with a later nonce, was accepted before; remembers it
/// when not.
bool isRepeated(machine::Me& me, MeTime nonceGiven, std::uint32_t count);

}  // namespace vme::firmware

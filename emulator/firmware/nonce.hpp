#pragma once
// Nonces that only this ME can have given. None is stored: each carries the time it was given and a keyed hash.
//
//   form     text        bytes                                                          source: eoi.md 6.3
//   current  32 base64   4 random, u64 LE counter (here the time in ms), 12 more (here the keyed hash)
//   old      32 hex      u64 LE time in ms, 8 of the keyed hash

#include <optional>
#include <string>
#include <string_view>

#include "machine/me.hpp"

namespace vme::firmware {

std::string makeNonce(const machine::Me& me);
/// When the ME gave it; nothing for one that it never gave.
std::optional<MeTime> nonceTime(const machine::Me& me, std::string_view nonce);

}  // namespace vme::firmware

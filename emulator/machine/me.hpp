#pragma once
// A virtual ME is a view: profile, surroundings, identity, hot record and NVRAM overlay, put together for one event.
// All operations are functions on it. Nothing here performs I/O or asks for the time.

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "base/draw.hpp"
#include "base/me_time.hpp"
#include "base/reasons.hpp"
#include "machine/environment.hpp"
#include "machine/hot_record.hpp"
#include "machine/identity.hpp"
#include "machine/nvram.hpp"
#include "profile/profile.hpp"

namespace vme::machine {

struct Me {
  const profile::Profile& profile;
  const Environment& environment;
  const Identity& identity;
  HotRecord& hot;
  std::unique_ptr<Nvram>& overlay;
  MeTime now;
  Draw draw;
  bool changed = false;  // the overlay may have been written to

  /// What is stored, or the factory defaults.
  const Nvram& nvram() const;
  /// For writing: makes the overlay when there is none.
  Nvram& change();
};

// What the runtime carries out after the call has returned.

/// A hello packet is due: connect to the service point from the ME's address, send, close.
struct SendHello {
  Bytes message;
  std::uint32_t ipv4 = 0;  // what the service point's name was resolved to; 0: where it really is
};
/// The ME's network restarts: once the answer is out, every connection of the machine ends.
struct RestartNetwork {};
/// Something worth a line in the journal.
struct Note {
  Reason reason = Reason::none;
  std::string text;
};
using Effect = std::variant<SendHello, RestartNetwork, Note>;
using Effects = std::vector<Effect>;

/// The latency of an operation by the profile's model (firmware-profiles.md 3.3): base, times load by open connections,
/// times jitter, plus the flash write when it stores; all times Environment::timingScale.
MeDuration latency(const Me& me, unsigned baseMs, bool stores, std::uint64_t drawNumber);
/// A wait given in seconds by the profile, scaled.
MeDuration scaled(const Me& me, unsigned seconds);

}  // namespace vme::machine

#pragma once
// What a server did to one machine, folded from what the machine told while it happened: some two hundred bytes a
// machine, however long the run is. No password is kept.

#include <chrono>
#include <cstdint>
#include <memory>

#include "runtime/fleet.hpp"

namespace vme::audit {

struct Conduct {
  using Clock = std::chrono::steady_clock;

  // Connections over the network.
  std::uint32_t connections = 0;
  std::uint16_t open = 0, openMost = 0;
  std::uint16_t setupsOpen = 0, setupsOpenMost = 0;
  Clock::time_point firstSetup;  // its handshake was done
  Clock::time_point lastConnected;

  // Set-up.
  bool byPsk = false;
  bool byPki = false;
  std::shared_ptr<const wire::ChainFacts> chain;  // that the server showed last
  std::int64_t chainUsedAt = 0;                   // seconds since 1970, by the real clock
  bool uuidRead = false, uuidReadFirst = false;   // at all; before anything was changed
  bool otpRead = false, otpReadFirst = false;
  bool changed = false;
  bool pskReplaced = false;
  bool clockSet = false;
  std::int64_t clockErrorS = 0;  // of the time that the server gave, by the real clock
  bool mebxSet = false;
  std::uint64_t mebxMark = 0;  // a salted hash of the MEBx password that the server gave
  bool commitSent = false;

  // Afterwards.
  bool cameBack = false;  // over TLS with the machine's own certificate
  bool loggedIn = false;  // there
  bool readBack = false;  // and read settings

  // Log-ins that were refused, in any ten seconds.
  Clock::time_point loginsSince;
  std::uint16_t logins = 0, loginsMost = 0;

  // The machine's agent.
  bool agentAsked = false;
  bool agentEnded = false;
  Clock::time_point agentAskedAt;
  Reason agentReason = Reason::none;  // how it ended
};

/// Refused log-ins are counted over this.
inline constexpr std::chrono::seconds kLoginWindow{10};

/// Adds what happened. `salt` makes marks of passwords that mean nothing outside the run.
void add(Conduct& conduct, const runtime::Happening& happening, std::uint64_t salt);
bool isOfInterest(runtime::Happening::Kind kind);

}  // namespace vme::audit

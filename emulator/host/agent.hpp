#pragma once
// The client agent on a PC: fetches the policy "Automatic Provisioning", runs its task sequence, and has the service
// point provision the ME, with a one-time password that it puts into the ME (docs/agent.md, provisioning.md 5.3).

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "host/pc.hpp"
#include "host/policy_client.hpp"
#include "host/rng_seed_creator.hpp"

namespace vme::host {

/// What goes wrong with the one-time password, for scenarios.
enum class AgentFault : std::uint8_t {
  none,
  expiredOtp,    // dated before its lifetime
  reusedOtp,     // provisioned once, reset, and asked for again with the same OTP
  otpOfAnother,  // AgentOptions::sharedOtp, which other machines use too
  wrongOtp,      // the request has another one than the ME
};

struct AgentOptions {
  PolicyServerAddress server;
  unsigned attempts = 3;            // evaluations of the policy, until one ends for good
  std::optional<MeDuration> retry;  // between them; none: what the policy says, or an hour without a policy
  MeDuration poll = MeDuration::seconds(5);
  RngSeedOptions rng;
  std::chrono::milliseconds heciTimeout{20000};  // for one call
  AgentFault fault = AgentFault::none;
  std::string sharedOtp;
  /// Once the ME is operational, until the service point has come back and looked: for an ME that ends with its agent.
  bool stays = false;
};

struct AgentStep {
  std::string name;  // fetch-policy, check, those of the task sequence, set-otp, start, request, wait, stay
  std::chrono::steady_clock::time_point started;
  std::chrono::steady_clock::duration took{};
};

struct AgentResult {
  /// provisioned; none when the task sequence does not provision and is done; else why the agent stopped.
  Reason reason = Reason::none;
  std::string text;
  unsigned attempts = 0;
  std::string version;  // of the firmware, as the agent read it last
  std::vector<AgentStep> steps;
};

/// Until the machine is provisioned, or the agent gives up. `pc` outlives it.
net::Task<AgentResult> runAgent(Pc& pc, AgentOptions options);

/// 16 characters that an OTP may have, from that many random bytes.
std::string makeOtp(ByteView random);
inline constexpr std::size_t kOtpSize = 16;

}  // namespace vme::host

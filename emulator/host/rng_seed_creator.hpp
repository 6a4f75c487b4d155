#pragma once
// RNGSeedCreator: a 2.2 or 2.6 ME that was never configured has no seed for its random numbers, and cannot be set up in
// band before it was asked to make one (provisioning.md 5.2).

#include "host/amthi_client.hpp"
#include "host/pc.hpp"

namespace vme::host {

struct RngSeedOptions {
  MeDuration poll = MeDuration::seconds(5);
  MeDuration limit = MeDuration::minutes(30);
};

enum class RngSeed : std::uint8_t { wasThere, made };

/// Has the ME make a seed if it has none, and waits for it. rngSeedMissing, or what the HECI calls end with.
net::Task<Attempt<RngSeed>> createRngSeed(Pc& pc, AmthiClient& me, RngSeedOptions options);

/// Whether the ME has its seed. Firmware that knows no such command needs none.
net::Task<Attempt<bool>> hasRngSeed(AmthiClient& me);

}  // namespace vme::host

#pragma once
// What a service point does at machines that it has provisioned. Over EOI, which all firmware of the time has.

#include <cstdint>

#include "base/bytes.hpp"
#include "servicepoint/setup_context.hpp"

namespace vme::servicepoint {

/// As admin, over the session of `context`, whose version is known. `crl`: the service point's revocation list, in DER.
/// Errand::none does nothing.
net::Task<Attempt<void>> carryOut(Errand errand, SetupContext& context, ByteView crl);

}  // namespace vme::servicepoint

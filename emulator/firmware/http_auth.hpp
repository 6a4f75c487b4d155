#pragma once
// Digest authentication as AMT does it (eoi.md 6.3): the challenge in the firmware's own form, nonces that only this ME
// can have given, and the check of an answer. A nonce carries the time it was given and a keyed hash, so none is
// stored.

#include <string>
#include <variant>

#include "machine/accounts.hpp"
#include "machine/me.hpp"
#include "wire/http.hpp"

namespace vme::firmware {

struct Authenticated {
  machine::Login login;
  std::string user;
};
struct Challenged {
  Reason reason = Reason::noCredentials;
  bool stale = false;
};

/// `from`: local for a request of the machine's own host.
std::variant<Authenticated, Challenged> authenticate(machine::Me& me, const wire::http::Request& request,
                                                     machine::AccessPermission from, machine::Effects& effects);

/// The 401 answer with a fresh nonce; closes the connection.
wire::http::Response challenge(machine::Me& me, const Challenged& why);

}  // namespace vme::firmware

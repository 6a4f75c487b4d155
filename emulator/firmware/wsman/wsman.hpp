#pragma once
// WS-Management at /wsman (wsman.md), for profiles with api.wsman. Classes are data (profiles/cim); their values and
// methods are the same operations on the machine that EOI calls.

#include "machine/accounts.hpp"
#include "machine/me.hpp"
#include "wire/http.hpp"

namespace vme::firmware::wsman {

struct Answer {
  wire::http::Response response;
  bool stores = false;
};

/// The login is good; the realm is checked here, for each class.
Answer handle(machine::Me& me, const machine::Login& login, const wire::http::Request& request,
              machine::Effects& effects);

}  // namespace vme::firmware::wsman

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

/// In place of the call: that status as a method's ReturnValue or in an InternalError; the fault of that subcode
/// (InternalError for one that is none).
wire::http::Response answerStatus(machine::Me& me, const machine::Login& login, const wire::http::Request& request,
                                  std::uint32_t status);
wire::http::Response answerFault(machine::Me& me, const wire::http::Request& request, std::string_view subcode);

}  // namespace vme::firmware::wsman

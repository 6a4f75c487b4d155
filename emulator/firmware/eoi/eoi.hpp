#pragma once
// EOI: the SOAP 1.1 services of eoi.md. A request is dispatched on URL path and the local name of Body's first child.

#include <optional>
#include <string_view>

#include "machine/accounts.hpp"
#include "machine/me.hpp"
#include "wire/http.hpp"

namespace vme::firmware::eoi {

struct Answer {
  wire::http::Response response;
  bool stores = false;  // the call writes the flash
};

/// Whether this firmware has a service at the path (aliases included).
bool isServicePath(const machine::Me& me, std::string_view path);

/// The path is a service's, the login good. Realm check included.
Answer handle(machine::Me& me, const machine::Login& login, const wire::http::Request& request,
              machine::Effects& effects);

/// In place of the call: that Status and no outputs; a SOAP fault with that text.
wire::http::Response answerStatus(const machine::Me& me, const wire::http::Request& request, std::uint32_t status);
wire::http::Response answerFault(const machine::Me& me, std::string_view text);

}  // namespace vme::firmware::eoi

#pragma once
// An EOI operation: a row of the table, and what its handler is given.

#include <span>
#include <string_view>

#include "firmware/eoi/output.hpp"
#include "firmware/eoi/parameters.hpp"
#include "firmware/eoi/service_table.hpp"
#include "machine/me.hpp"
#include "wire/amt_status.hpp"
#include "wire/realms.hpp"

namespace vme::firmware::eoi {

using machine::Me;
using wire::AmtStatus;

struct Call {
  Me& me;
  machine::Effects& effects;
  Parameters in;
  Output& out;  // counts only when the status is success
};

/// Decodes, calls the machine, writes the outputs. Decides nothing that the machine decides.
using Handler = AmtStatus (*)(Call&);

struct Operation {
  ServiceId service;
  std::string_view name;
  Level since;
  bool deprecated = false;  // a form of 1.0 that 2.0 replaced: only where the profile still has those
  wire::RealmSet realms;    // one of them is needed; empty: every user may call
  Handler handler = nullptr;
};

/// Null when the service has no such operation in this firmware.
const Operation* findOperation(const profile::Profile& profile, ServiceId service, std::string_view name);
/// Those that are emulated, of every firmware.
std::span<const Operation> allOperations();

}  // namespace vme::firmware::eoi

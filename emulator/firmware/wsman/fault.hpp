#pragma once
// Faults: what can go wrong, and the envelope that says so (wsman.md 6).

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "base/reasons.hpp"
#include "wire/amt_status.hpp"

namespace vme::firmware::wsman {

enum class FaultId : std::uint8_t {
  destinationUnreachable,            // no such class here
  actionNotSupported,                // no such action, method, or operation on the class
  messageInformationHeaderRequired,  // Action, To, MessageID or ResourceURI is missing
  invalidMessageInformationHeader,   // one of them is empty
  endpointUnavailable,               // the ME is busy or restarting
  mustUnderstand,                    // a mandatory header is unknown
  accessDenied,                      // the login lacks the realm
  alreadyExists,                     // Create of what is there
  concurrency,                       // locked by another operation
  encodingLimit,                     // MaxEnvelopeSize too small, wrong encoding, request too large
  internalError,                     // the operation failed with a PT_STATUS
  invalidParameter,                  // a method's parameter is missing or of the wrong type
  invalidSelectors,                  // none, several or unknown instances
  schemaValidationError,             // no XML, or no SOAP 1.2
  quotaLimit,                        // a store is full
  timedOut,
  unsupportedFeature,         // fragments, a mandatory locale, polymorphism modes
  cannotProcessFilter,        // a filter of a known dialect
  filterDialectUnavailable,   // a filter of another dialect
  invalidEnumerationContext,  // not given by this ME for this class
  invalidRepresentation,      // the body of Put or Create
  deliveryModeUnavailable,    // eventing
  invalidExpirationTime,      // eventing
  unableToRenew,              // eventing
};

struct Fault {
  FaultId id = FaultId::internalError;
  wire::AmtStatus status = wire::AmtStatus::internalError;  // internalError only
};

template <typename T>
using Or = std::expected<T, Fault>;
inline std::unexpected<Fault> failed(FaultId id) {
  return std::unexpected(Fault{id});
}

/// Nothing on success, else the InternalError that carries the status (wsman.md 6.3).
std::optional<Fault> faultOf(wire::AmtStatus status);

/// 400 for what the sender did, 500 else.
unsigned httpStatus(FaultId id);
/// The subcode without prefix: `AccessDenied`.
std::string_view nameOf(FaultId id);
std::optional<FaultId> faultNamed(std::string_view subcode);
/// What the journal calls it.
Reason reasonOf(FaultId id);

/// The whole envelope. `relatesTo` null: the request had no MessageID.
std::string writeFault(const Fault& fault, const std::string* relatesTo, std::uint32_t messageNumber);

}  // namespace vme::firmware::wsman

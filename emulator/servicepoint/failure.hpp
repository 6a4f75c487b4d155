#pragma once
// How an attempt at a machine ends badly: a reason of the one list, the particulars, and whether trying again is of
// use.

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.hpp"
#include "base/reasons.hpp"
#include "net/tls.hpp"
#include "wire/amt_status.hpp"

namespace vme::servicepoint {

struct Failure {
  Reason reason = Reason::callFailed;
  std::string text;
  bool final = false;        // another attempt would end the same way
  bool flashLocked = false;  // the ME stores nothing for a while
};

template <typename T>
using Attempt = std::expected<T, Failure>;

inline std::unexpected<Failure> failed(Reason reason, std::string text, bool final = false) {
  return std::unexpected(Failure{reason, std::move(text), final});
}

/// What the service point declines by its own judgement, as opposed to what went wrong.
bool isRefusal(Reason reason);

/// A channel's error during `what` (`SetHostName`), with the alert that the peer has sent, if any: in TLS 1.3 it
/// refuses a client's certificate only after the client has taken the handshake for done.
Failure channelFailure(const Error& error, std::optional<std::uint8_t> alert, std::string_view what);
/// A TLS handshake's.
Failure handshakeFailure(const net::TlsFailure& failure, bool psk);
/// `Operation: status 2057 (DATA_MISSING)`.
Failure statusFailure(std::string_view operation, wire::AmtStatus status);

}  // namespace vme::servicepoint

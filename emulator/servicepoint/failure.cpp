#include "servicepoint/failure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace vme::servicepoint {
namespace {

struct AlertName {
  std::uint8_t alert;
  std::string_view name;
};

// RFC 5246 7.2, RFC 4279.
constexpr std::array kAlerts{
    AlertName{0, "close_notify"},           AlertName{10, "unexpected_message"}, AlertName{20, "bad_record_mac"},
    AlertName{40, "handshake_failure"},     AlertName{42, "bad_certificate"},    AlertName{45, "certificate_expired"},
    AlertName{46, "certificate_unknown"},   AlertName{47, "illegal_parameter"},  AlertName{48, "unknown_ca"},
    AlertName{50, "decode_error"},          AlertName{51, "decrypt_error"},      AlertName{70, "protocol_version"},
    AlertName{71, "insufficient_security"}, AlertName{80, "internal_error"},     AlertName{115, "unknown_psk_identity"},
};

// An ME refuses a chain with one of these (provisioning.md 3.3); the same chain will not do better the next time.
constexpr std::array<std::uint8_t, 4> kCertificateAlerts{42, 45, 46, 48};
// What a wrong PPS or PID shows as (provisioning.md 2.2).
constexpr std::array<std::uint8_t, 3> kPskAlerts{20, 51, 115};

bool isIn(const auto& list, std::uint8_t alert) {
  return std::ranges::find(list, alert) != list.end();
}

std::string alertText(std::uint8_t alert) {
  const auto found = std::ranges::find(kAlerts, alert, &AlertName::alert);
  return fmt::format("alert {} ({})", alert, found == kAlerts.end() ? "unassigned" : found->name);
}

}  // namespace

bool isRefusal(Reason reason) {
  using enum Reason;
  return reason == ownCertificate || reason == ownCertificateExpired || reason == duplicateUuid ||
         reason == notApproved || reason == blocked || reason == unknownPid || reason == noMatchingRoot ||
         reason == otpMismatch || reason == otpExpired || reason == uuidMismatch;
}

Failure channelFailure(const Error& error, std::optional<std::uint8_t> alert, std::string_view what) {
  if (alert && isIn(kCertificateAlerts, *alert)) {
    return {.reason = Reason::tlsRefused,
            .text = fmt::format("{}: the ME sent {}", what, alertText(*alert)),
            .final = true};
  }
  const auto reason = error.text == net::kTimedOut    ? Reason::timedOut
                      : error.text == net::kCancelled ? Reason::interrupted
                                                      : Reason::connectionLost;
  return {.reason = reason, .text = fmt::format("{}: {}", what, error.message()), .final = false};
}

Failure handshakeFailure(const net::TlsFailure& failure, bool psk) {
  using enum net::TlsFailure::Kind;
  const auto described = [&](std::string_view what) {
    return failure.text.empty() ? fmt::format("handshake: {}", what)
                                : fmt::format("handshake: {}: {}", what, failure.text);
  };
  if (psk && (failure.badMac || (failure.kind == alertReceived && isIn(kPskAlerts, failure.alert)))) {
    return {.reason = Reason::pskRefused,
            .text = described(failure.kind == alertReceived ? "the ME sent " + alertText(failure.alert)
                                                            : std::string("the ME's Finished cannot be read")),
            .final = true};
  }
  switch (failure.kind) {
    case alertReceived:
      return {.reason = Reason::tlsRefused,
              .text = described("the ME sent " + alertText(failure.alert)),
              .final = isIn(kCertificateAlerts, failure.alert)};
    case alertSent:
      return {.reason = Reason::tlsRefused,
              .text = described("ended by us with " + alertText(failure.alert)),
              .final = false};
    case timedOut:
      return {.reason = Reason::timedOut, .text = described("no answer in time"), .final = false};
    case cancelled:
      return {.reason = Reason::interrupted, .text = described("cancelled"), .final = false};
    case closed:
      break;
  }
  return {.reason = Reason::connectionLost,
          .text = described("the ME ended the connection without an alert"),
          .final = false};
}

Failure statusFailure(std::string_view operation, wire::AmtStatus status) {
  return {Reason::callFailed,
          fmt::format("{}: status {} ({})", operation, std::to_underlying(status), wire::nameOf(status)), false,
          status == wire::AmtStatus::flashWriteLimitExceeded};
}

}  // namespace vme::servicepoint

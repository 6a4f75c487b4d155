#include "base/reasons.hpp"

#include <array>
#include <utility>

namespace vme {
namespace {

using enum Reason;

constexpr std::array kReasons{
    ReasonInfo{none, "none", "Nothing to report."},
    ReasonInfo{provisioned, "provisioned", "Set up, reconnected and found operational with its new credentials."},
    ReasonInfo{notApproved, "not-approved", "The service point's approval list does not name the machine."},
    ReasonInfo{blocked, "blocked", "The service point's list blocks the machine."},
    ReasonInfo{unknownPid, "unknown-pid", "The service point holds no PSK pair for the PID of the hello."},
    ReasonInfo{noMatchingRoot, "no-matching-root",
               "No root hash of the hello is the root of the provisioning certificate."},
    ReasonInfo{ownCertificateExpired, "own-certificate-expired",
               "The service point's provisioning certificate has expired, so that it sets up nothing with it."},
    ReasonInfo{ownCertificate, "own-certificate-unfit",
               "The service point's provisioning certificate is revoked or unfit, so that it sets up nothing with it."},
    ReasonInfo{malformedHello, "malformed-hello", "The bytes received on the hello port are no hello packet."},
    ReasonInfo{duplicateHello, "duplicate-hello", "A hello of a machine that is being provisioned or is done."},
    ReasonInfo{awaitingAgent, "awaiting-agent",
               "The machine is to be provisioned by its agent; a hello alone starts nothing."},
    ReasonInfo{otpMismatch, "otp-mismatch", "The OTP read from the ME is not the one expected for the machine."},
    ReasonInfo{otpExpired, "otp-expired", "The OTP of the request is older than the service point takes."},
    ReasonInfo{otpReused, "otp-reused", "The OTP of the request was used for an earlier provisioning."},
    ReasonInfo{otpOfAnother, "otp-of-another", "The OTP of the request belongs to another machine."},
    ReasonInfo{notInCollection, "not-in-collection",
               "The machine is in no collection that the policy Automatic Provisioning is for."},
    ReasonInfo{agentUnknown, "agent-unknown", "The agent did not prove that it is the client of that machine."},
    ReasonInfo{uuidMismatch, "uuid-mismatch", "The UUID that the ME shows is not the one in its hello."},
    ReasonInfo{duplicateUuid, "duplicate-uuid",
               "Another machine shows the same UUID; neither can be told apart by it."},
    ReasonInfo{connectFailed, "connect-failed", "No TCP connection to the ME."},
    ReasonInfo{timedOut, "timed-out", "A step took longer than the service point waits."},
    ReasonInfo{tlsRefused, "tls-refused", "The ME ended the TLS handshake with an alert."},
    ReasonInfo{pskRefused, "psk-refused", "The TLS-PSK handshake failed: the two sides hold different PPS."},
    ReasonInfo{loginRefused, "login-refused", "The ME accepted none of the accounts tried."},
    ReasonInfo{callFailed, "call-failed", "A management call was answered with an error."},
    ReasonInfo{connectionLost, "connection-lost", "The ME closed or reset the connection in mid-conversation."},
    ReasonInfo{identityUntrusted, "identity-untrusted",
               "After set-up the ME shows a TLS certificate that the service point's CA did not issue for it."},
    ReasonInfo{notOperational, "not-operational", "After set-up the ME does not report the operational state."},
    ReasonInfo{notVerified, "not-verified", "Operational, but the server never logged in with the account it made."},
    ReasonInfo{takenOver, "taken-over", "Another server than the one it was meant for has set the machine up."},
    ReasonInfo{interrupted, "interrupted", "The run ended first."},
    ReasonInfo{windowClosed, "window-closed", "The set-up window has expired; the network interface is closed."},
    ReasonInfo{setupClosed, "setup-closed", "The port is closed in the machine's state."},
    ReasonInfo{chainMissing, "chain-missing", "The client showed no certificate."},
    ReasonInfo{chainBroken, "chain-broken", "A certificate of the chain is not signed by the next one."},
    ReasonInfo{rootNotInChain, "root-not-in-chain", "The chain does not end in a self-signed root."},
    ReasonInfo{rootUnknown, "root-unknown", "The hash of the chain's root is not in the ME's table."},
    ReasonInfo{rootInactive, "root-inactive", "The hash of the chain's root is in the ME's table but not active."},
    ReasonInfo{chainTooLarge, "chain-too-large", "The chain or its root is larger than the firmware takes."},
    ReasonInfo{keyTooLarge, "key-too-large", "A key of the chain is longer than the firmware takes."},
    ReasonInfo{ekuMissing, "eku-missing", "The certificate is not for server authentication."},
    ReasonInfo{oidOrOuMissing, "oid-or-ou-missing",
               "The certificate has neither the provisioning OID nor the OU of a client setup certificate."},
    ReasonInfo{noDnsSuffix, "no-dns-suffix", "The ME knows no DNS suffix to compare the certificate with."},
    ReasonInfo{domainMismatch, "domain-mismatch", "The certificate's name is not in the ME's DNS domain."},
    ReasonInfo{certificateExpired, "certificate-expired", "The certificate is not valid at the ME's time."},
    ReasonInfo{pskUnknownIdentity, "psk-unknown-identity", "The client's PSK identity is not the ME's PID."},
    ReasonInfo{pskMismatch, "psk-mismatch", "The client's PSK key is not the ME's PPS."},
    ReasonInfo{handshakeFailed, "handshake-failed", "The TLS handshake failed otherwise."},
    ReasonInfo{noCredentials, "no-credentials", "The request carries no credentials."},
    ReasonInfo{digestEmpty, "digest-empty", "The digest response is empty or too short."},
    ReasonInfo{digestMalformed, "digest-malformed", "The Authorization header cannot be read or does not fit."},
    ReasonInfo{digestUnknownNonce, "digest-unknown-nonce", "The nonce is none that the ME gave."},
    ReasonInfo{digestStale, "digest-stale", "The nonce is too old; a new one was given."},
    ReasonInfo{digestWrong, "digest-wrong", "Wrong user name or password."},
    ReasonInfo{accountLocked, "account-locked", "The account is locked for a while after failed logins."},
    ReasonInfo{realmMissing, "realm-missing", "The user's ACL entry lacks the realm that the call needs."},
    ReasonInfo{malformedHttp, "malformed-http", "The bytes are no HTTP request."},
    ReasonInfo{headerTooLarge, "header-too-large", "The HTTP header is larger than the firmware takes."},
    ReasonInfo{bodyTooLarge, "body-too-large", "The HTTP body is larger than the firmware takes."},
    ReasonInfo{tooManyConnections, "too-many-connections", "The ME serves no more connections at once."},
    ReasonInfo{idleTimeout, "idle-timeout", "The peer was silent for too long."},
    ReasonInfo{malformedSoap, "malformed-soap", "The body is no SOAP message that the firmware reads."},
    ReasonInfo{unknownOperation, "unknown-operation", "The firmware has no such operation or class."},
    ReasonInfo{heciDriverMissing, "heci-driver-missing", "The PC has no HECI driver."},
    ReasonInfo{heciDriverOld, "heci-driver-old", "The PC's HECI driver is older than the policy asks for."},
    ReasonInfo{heciFailed, "heci-failed", "The ME did not answer over HECI, or answered with an error."},
    ReasonInfo{firmwareTooOld, "firmware-too-old", "The firmware is below the least build for agent provisioning."},
    ReasonInfo{alreadyConfigured, "already-configured", "The ME is set up, or in set-up, already; the agent stops."},
    ReasonInfo{rngSeedMissing, "rng-seed-missing",
               "The ME has no random number seed yet; RNGSeedCreator has to run once."},
    ReasonInfo{startRefused, "start-refused", "The ME refused the OTP or the start of the configuration."},
    ReasonInfo{policyServerUnreachable, "policy-server-unreachable", "The agent got no answer from its policy server."},
    ReasonInfo{requestFailed, "request-failed", "The service point did not take the agent's request."},
    ReasonInfo{updateRefused, "update-refused", "The firmware image is damaged, for other hardware, or older."},
    ReasonInfo{updateFailed, "update-failed", "The firmware update ended half-way; the ME waits for another one."},
    ReasonInfo{agentKilled, "agent-killed", "The agent, or the PC with it, was ended before it was done."},
    ReasonInfo{usbProvisioningError, "usb-provisioning-error",
               "Error 2209 of MEBx: the next record of the USB key does not fit the machine."},
    ReasonInfo{usbKeyIgnored, "usb-key-ignored",
               "The machine does not read the USB key: its state, the record's version, or the file."},
    ReasonInfo{usbKeyUsedUp, "usb-key-used-up", "Every record of the USB key is consumed."},
    ReasonInfo{usbValueRefused, "usb-value-refused",
               "The machine took a record of the USB key, but not all its values."},
    ReasonInfo{noAddress, "no-address", "The ME has no IP address: no lease, or one that it cannot hear of."},
    ReasonInfo{noResolver, "no-resolver", "The ME knows no name server, so that it cannot find the service point."},
    ReasonInfo{nameNotFound, "name-not-found", "The service point's name does not exist in the ME's DNS domain."},
    ReasonInfo{nameServerFailed, "name-server-failed", "The name server answered with a failure of its own."},
    ReasonInfo{nameServerSilent, "name-server-silent", "The name server did not answer."},
    ReasonInfo{powerLost, "power-lost", "The machine has no power, or nobody has started it since."},
    ReasonInfo{linkDown, "link-down", "The machine's wired network is not there."},
    ReasonInfo{meOff, "me-off", "The host sleeps or is off, and the power package keeps the ME off then."},
    ReasonInfo{hiddenByHost, "hidden-by-host", "The host's network driver takes the packets meant for the ME."},
    ReasonInfo{neverStarted, "never-started", "Nothing started the machine's set-up."},
    ReasonInfo{stillWaiting, "still-waiting", "The machine sends hellos that led to nothing before the run ended."},
};

}  // namespace

static_assert(std::size(kReasons) == std::to_underlying(stillWaiting) + 1U, "each reason has its row, in order");

std::span<const ReasonInfo> allReasons() {
  return kReasons;
}

std::string_view wordOf(Reason reason) {
  return kReasons.at(std::to_underlying(reason)).word;
}
std::string_view meaningOf(Reason reason) {
  return kReasons.at(std::to_underlying(reason)).meaning;
}

bool isRequestRefusal(Reason reason) {
  return reason >= noCredentials && reason <= unknownOperation;
}

bool isUsbKeyRefusal(Reason reason) {
  return reason >= usbProvisioningError && reason <= usbKeyUsedUp;
}

bool isSilence(Reason reason) {
  return reason >= noAddress && reason <= hiddenByHost;
}

std::optional<Reason> reasonFromWord(std::string_view word) {
  for (const auto& info : kReasons) {
    if (info.word == word) return info.reason;
  }
  return std::nullopt;
}

}  // namespace vme

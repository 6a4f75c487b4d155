#pragma once
// The one list of reasons: why a machine refused a peer, and what became of a machine's provisioning. Reports, journals
// and expectations name them by their kebab-case word.

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace vme {

enum class Reason : std::uint8_t {
  none,
  // How a provisioning ended well or was declined by the service point.
  provisioned,
  notApproved,
  blocked,
  unknownPid,
  noMatchingRoot,
  ownCertificateExpired,
  ownCertificate,
  malformedHello,
  duplicateHello,
  awaitingAgent,
  otpMismatch,
  otpExpired,
  otpReused,
  otpOfAnother,
  notInCollection,
  agentUnknown,
  uuidMismatch,
  duplicateUuid,
  // How a provisioning failed on the service point's side.
  connectFailed,
  timedOut,
  tlsRefused,
  pskRefused,
  loginRefused,
  callFailed,
  connectionLost,
  identityUntrusted,
  notOperational,
  notVerified,
  takenOver,
  interrupted,
  // Why a machine refused a TLS client.
  windowClosed,
  setupClosed,
  chainMissing,
  chainBroken,
  rootNotInChain,
  rootUnknown,
  rootInactive,
  chainTooLarge,
  keyTooLarge,
  ekuMissing,
  oidOrOuMissing,
  noDnsSuffix,
  domainMismatch,
  certificateExpired,
  pskUnknownIdentity,
  pskMismatch,
  handshakeFailed,
  // Why a machine refused a request.
  noCredentials,
  digestEmpty,
  digestMalformed,
  digestUnknownNonce,
  digestStale,
  digestWrong,
  accountLocked,
  realmMissing,
  malformedHttp,
  headerTooLarge,
  bodyTooLarge,
  tooManyConnections,
  idleTimeout,
  malformedSoap,
  unknownOperation,
  // Why the agent on the PC did not get on.
  heciDriverMissing,
  heciDriverOld,
  heciFailed,
  firmwareTooOld,
  alreadyConfigured,
  rngSeedMissing,
  startRefused,
  policyServerUnreachable,
  requestFailed,
  updateRefused,
  updateFailed,
  agentKilled,
  // Why a machine stays silent.
  usbProvisioningError,
  usbKeyIgnored,
  usbKeyUsedUp,
  usbValueRefused,
  noAddress,
  noResolver,
  nameNotFound,
  nameServerFailed,
  nameServerSilent,
  powerLost,
  linkDown,
  meOff,
  hiddenByHost,
  neverStarted,
  stillWaiting,
};

struct ReasonInfo {
  Reason reason;
  std::string_view word;
  std::string_view meaning;
};

std::span<const ReasonInfo> allReasons();
std::string_view wordOf(Reason reason);
std::string_view meaningOf(Reason reason);
/// Whether it is a reason by which a machine refuses a request (and not a connection, or a machine's fate).
bool isRequestRefusal(Reason reason);
/// Whether it is a reason by which a machine leaves a USB key alone.
bool isUsbKeyRefusal(Reason reason);
/// Whether it is a reason by which a machine sends no hello, or cannot be reached.
bool isSilence(Reason reason);
std::optional<Reason> reasonFromWord(std::string_view word);

}  // namespace vme

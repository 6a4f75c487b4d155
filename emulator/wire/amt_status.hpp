#pragma once
// PT_STATUS: the result numbers that EOI answers carry as Status, WS-Man methods as ReturnValue, and HECI replies
// first. Source: StatusCodeDefinitions.h of the AMT SDK, by way of eoi.md 5.

#include <cstdint>
#include <string_view>

namespace vme::wire {

enum class AmtStatus : std::uint32_t {
  success = 0x000,
  internalError = 0x001,
  notReady = 0x002,
  invalidPtMode = 0x003,
  invalidMessageLength = 0x004,
  invalidName = 0x00C,
  notPermitted = 0x010,
  maxLimitReached = 0x017,
  invalidAuthType = 0x018,
  invalidDhcpMode = 0x01A,
  invalidIpAddress = 0x01B,
  invalidDomainName = 0x01C,
  unsupportedVersion = 0x01D,
  invalidProvisioningState = 0x020,
  invalidTime = 0x022,
  invalidIndex = 0x023,
  invalidParameter = 0x024,
  invalidNetmask = 0x025,
  flashWriteLimitExceeded = 0x026,
  invalidPidFormat = 0x02A,
  invalidPpsFormat = 0x02B,
  rngGenerationInProgress = 0x02F,
  rngNotReady = 0x030,
  certificateNotReady = 0x031,
  remoteAccessNotGranted = 0x200,
  unsupportedOemNumber = 0x801,
  unsupportedBootOption = 0x802,
  invalidCommand = 0x803,
  invalidSpecialCommand = 0x804,
  invalidHandle = 0x805,
  invalidPassword = 0x806,
  invalidRealm = 0x807,
  dataMissing = 0x809,
  duplicate = 0x80A,
  eventlogFrozen = 0x80B,
  pkiMissingKeys = 0x80C,
  invalidKey = 0x80E,
  invalidCert = 0x80F,
  certKeyNotMatch = 0x810,
  maxKerbDomainReached = 0x811,
  unsupported = 0x812,
  notFound = 0x814,
  noAssociation = 0x818,
  ipv6InterfaceDisabled = 2500,
};

/// `INVALID_PARAMETER`, as the SDK spells it after PT_STATUS_; `UNKNOWN` for a number without a name here.
std::string_view nameOf(AmtStatus status);

}  // namespace vme::wire

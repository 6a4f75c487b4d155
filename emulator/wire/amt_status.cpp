#include "wire/amt_status.hpp"

#include <algorithm>
#include <array>

namespace vme::wire {
namespace {

using enum AmtStatus;

struct Name {
  AmtStatus status;
  std::string_view text;
};
constexpr std::array kNames{
    Name{success, "SUCCESS"},
    Name{internalError, "INTERNAL_ERROR"},
    Name{notReady, "NOT_READY"},
    Name{invalidPtMode, "INVALID_PT_MODE"},
    Name{invalidMessageLength, "INVALID_MESSAGE_LENGTH"},
    Name{invalidName, "INVALID_NAME"},
    Name{notPermitted, "NOT_PERMITTED"},
    Name{maxLimitReached, "MAX_LIMIT_REACHED"},
    Name{invalidAuthType, "INVALID_AUTH_TYPE"},
    Name{invalidDhcpMode, "INVALID_DHCP_MODE"},
    Name{invalidIpAddress, "INVALID_IP_ADDRESS"},
    Name{invalidDomainName, "INVALID_DOMAIN_NAME"},
    Name{unsupportedVersion, "UNSUPPORTED_VERSION"},
    Name{invalidProvisioningState, "INVALID_PROVISIONING_STATE"},
    Name{invalidTime, "INVALID_TIME"},
    Name{invalidIndex, "INVALID_INDEX"},
    Name{invalidParameter, "INVALID_PARAMETER"},
    Name{invalidNetmask, "INVALID_NETMASK"},
    Name{flashWriteLimitExceeded, "FLASH_WRITE_LIMIT_EXCEEDED"},
    Name{invalidPidFormat, "INVALID_PID_FORMAT"},
    Name{invalidPpsFormat, "INVALID_PPS_FORMAT"},
    Name{rngGenerationInProgress, "RNG_GENERATION_IN_PROGRESS"},
    Name{rngNotReady, "RNG_NOT_READY"},
    Name{certificateNotReady, "CERTIFICATE_NOT_READY"},
    Name{remoteAccessNotGranted, "REMOTE_ACCESS_NOT_GRANTED"},
    Name{unsupportedOemNumber, "UNSUPPORTED_OEM_NUMBER"},
    Name{unsupportedBootOption, "UNSUPPORTED_BOOT_OPTION"},
    Name{invalidCommand, "INVALID_COMMAND"},
    Name{invalidSpecialCommand, "INVALID_SPECIAL_COMMAND"},
    Name{invalidHandle, "INVALID_HANDLE"},
    Name{invalidPassword, "INVALID_PASSWORD"},
    Name{invalidRealm, "INVALID_REALM"},
    Name{dataMissing, "DATA_MISSING"},
    Name{duplicate, "DUPLICATE"},
    Name{eventlogFrozen, "EVENTLOG_FROZEN"},
    Name{pkiMissingKeys, "PKI_MISSING_KEYS"},
    Name{invalidKey, "INVALID_KEY"},
    Name{invalidCert, "INVALID_CERT"},
    Name{certKeyNotMatch, "CERT_KEY_NOT_MATCH"},
    Name{maxKerbDomainReached, "MAX_KERB_DOMAIN_REACHED"},
    Name{unsupported, "UNSUPPORTED"},
    Name{notFound, "NOT_FOUND"},
    Name{noAssociation, "NO_ASSOCIATION"},
    Name{ipv6InterfaceDisabled, "IPV6_INTERFACE_DISABLED"},
};

}  // namespace

std::string_view nameOf(AmtStatus status) {
  const auto found = std::ranges::find(kNames, status, &Name::status);
  return found == kNames.end() ? std::string_view("UNKNOWN") : found->text;
}

}  // namespace vme::wire

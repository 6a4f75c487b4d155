#pragma once
// How profiles spell the AMTHI commands.

#include <array>
#include <string_view>
#include <utility>

#include "base/amthi_command.hpp"

namespace vme::profile {

inline constexpr std::array<std::pair<std::string_view, AmthiCommand>, 42> kAmthiCommands{
    {{"get-amt-state", AmthiCommand::getAmtState},
     {"get-tcpip-parameters", AmthiCommand::getTcpipParameters},
     {"get-provisioning-mode", AmthiCommand::getProvisioningMode},
     {"unprovision", AmthiCommand::unprovision},
     {"get-provisioning-state", AmthiCommand::getProvisioningState},
     {"get-code-versions", AmthiCommand::getCodeVersions},
     {"get-security-parameters", AmthiCommand::getSecurityParameters},
     {"get-admin-net-acl-entry-status", AmthiCommand::getAdminNetAclEntryStatus},
     {"get-mac-addresses", AmthiCommand::getMacAddresses},
     {"generate-rng-seed", AmthiCommand::generateRngSeed},
     {"start-configuration", AmthiCommand::startConfiguration},
     {"set-provisioning-server-otp", AmthiCommand::setProvisioningServerOtp},
     {"get-provisioning-tls-mode", AmthiCommand::getProvisioningTlsMode},
     {"enumerate-hash-handles", AmthiCommand::enumerateHashHandles},
     {"get-certificate-hash-entry", AmthiCommand::getCertificateHashEntry},
     {"get-rng-seed-status", AmthiCommand::getRngSeedStatus},
     {"set-dns-suffix", AmthiCommand::setDnsSuffix},
     {"get-zero-touch-enabled", AmthiCommand::getZeroTouchEnabled},
     {"get-pki-fqdn-suffix", AmthiCommand::getPkiFqdnSuffix},
     {"set-zero-touch-enabled", AmthiCommand::setZeroTouchEnabled},
     {"get-pid", AmthiCommand::getPid},
     {"get-dns-suffix-list", AmthiCommand::getDnsSuffixList},
     {"set-enterprise-access", AmthiCommand::setEnterpriseAccess},
     {"open-user-initiated-connection", AmthiCommand::openUserInitiatedConnection},
     {"close-user-initiated-connection", AmthiCommand::closeUserInitiatedConnection},
     {"get-remote-access-connection-status", AmthiCommand::getRemoteAccessConnectionStatus},
     {"get-current-power-policy", AmthiCommand::getCurrentPowerPolicy},
     {"get-lan-interface-settings", AmthiCommand::getLanInterfaceSettings},
     {"get-features-state", AmthiCommand::getFeaturesState},
     {"get-last-host-reset-reason", AmthiCommand::getLastHostResetReason},
     {"get-user-initiated-enabled-interfaces", AmthiCommand::getUserInitiatedEnabledInterfaces},
     {"get-config-server-data", AmthiCommand::getConfigServerData},
     {"get-ipv6-lan-interface-status", AmthiCommand::getIpv6LanInterfaceStatus},
     {"get-fqdn", AmthiCommand::getFqdn},
     {"get-redirection-state", AmthiCommand::getRedirectionState},
     {"set-host-fqdn", AmthiCommand::setHostFqdn},
     {"get-uuid", AmthiCommand::getUuid},
     {"stop-configuration", AmthiCommand::stopConfiguration},
     {"start-configuration-ex", AmthiCommand::startConfigurationEx},
     {"get-local-system-account", AmthiCommand::getLocalSystemAccount},
     {"get-control-mode", AmthiCommand::getControlMode},
     {"get-ehbc-state", AmthiCommand::getEhbcState}}};

}  // namespace vme::profile

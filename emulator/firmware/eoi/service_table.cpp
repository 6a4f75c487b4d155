#include "firmware/eoi/service_table.hpp"

#include <array>
#include <charconv>

namespace vme::firmware::eoi {
namespace {

using profile::Profile;
using enum ServiceId;

bool hasWifi(const Profile& profile) {
  return profile.net.wifi;
}
bool hasAgentPresence(const Profile& profile) {
  return profile.features.agentPresence;
}
bool hasSystemDefense(const Profile& profile) {
  return profile.sysdef.filters;
}
bool hasAuditLog(const Profile& profile) {
  return profile.audit.supported;
}
bool hasRemoteAccess(const Profile& profile) {
  return profile.features.cira;
}

// The local half of agent presence is not here: it answers on the host's interface only.
constexpr std::array kServices{
    Service{securityAdministration,
            "/SecurityAdministrationService",
            "",
            "http://schemas.intel.com/platform/client/SecurityAdministration/2004/01",
            {1, 0}},
    Service{networkAdministration,
            "/NetworkAdministrationService",
            "",
            "http://schemas.intel.com/platform/client/NetworkAdministration/2004/01",
            {1, 0}},
    Service{remoteControl,
            "/RemoteControlService",
            "",
            "http://schemas.intel.com/platform/client/RemoteControl/2004/01",
            {1, 0}},
    Service{hardwareAsset,
            "/HardwareAssetService",
            "",
            "http://schemas.intel.com/platform/client/HardwareAsset/2004/01",
            {1, 0}},
    Service{eventManager,
            "/EventManagerService",
            "",
            "http://schemas.intel.com/platform/client/EventManager/2004/01",
            {1, 0}},
    Service{
        redirection, "/RedirectionService", "", "http://schemas.intel.com/platform/client/Redirection/2004/01", {1, 0}},
    Service{storageAdministration,
            "/StorageAdministrationService",
            "",
            "http://schemas.intel.com/platform/client/StorageAdministration/2004/01",
            {1, 0}},
    Service{storage, "/StorageService", "", "http://schemas.intel.com/platform/client/Storage/2004/01", {1, 0}},
    Service{
        networkTime, "/NetworkTimeService", "", "http://schemas.intel.com/platform/client/NetworkTime/2004/01", {1, 0}},
    Service{
        generalInfo, "/GeneralInfoService", "", "http://schemas.intel.com/platform/client/GeneralInfo/2004/01", {2, 0}},
    Service{circuitBreaker,
            "/CircuitBreakerService",
            "",
            "http://schemas.intel.com/2004/12/management/PC/CircuitBreaker",
            {2, 0},
            hasSystemDefense},
    Service{agentPresenceRemote,
            "/AgentPresenceRemoteService",
            "/AgentWatchdogRemoteService",
            "http://schemas.intel.com/2004/12/management/PC/AgentWatchdogRemote",
            {2, 0},
            hasAgentPresence},
    Service{endpointAccessControl,
            "/EndpointAccessControlService",
            "",
            "http://schemas.intel.com/platform/client/EAC/2006/01",
            {2, 5}},
    Service{endpointAccessControlAdmin,
            "/EndpointAccessControlAdminService",
            "",
            "http://schemas.intel.com/platform/client/EACAdmin/2006/01",
            {2, 5}},
    Service{wirelessConfiguration,
            "/WirelessConfigurationService",
            "",
            "http://schemas.intel.com/platform/client/WirelessConfiguration/2006/01",
            {2, 5},
            hasWifi},
    Service{auditLog,
            "/AuditLogService",
            "",
            "http://schemas.intel.com/platform/client/AuditLog/2008/01",
            {4, 0},
            hasAuditLog},
    Service{remoteAccessAdmin,
            "/RemoteAccessAdminService",
            "/RemoteAccessService",
            "http://schemas.intel.com/platform/client/RemoteAccessAdmin/2008/01",
            {4, 0},
            hasRemoteAccess},
    Service{userAccessControl,
            "/UserAccessControlService",
            "",
            "http://schemas.intel.com/platform/client/UserAccessControl/2008/01",
            {4, 0}},
    Service{firmwareUpdate,
            "/FirmwareUpdateService",
            "",
            "http://schemas.intel.com/platform/client/FirmwareUpdate/2004/01",
            {2, 0}},
};

}  // namespace

Level levelOf(const Profile& profile) {
  const std::string_view text = profile.api.eoiLevel;
  Level level;
  const auto* const end = text.data() + text.size();
  const auto [dot, error] = std::from_chars(text.data(), end, level.major);
  if (error == std::errc() && dot != end) std::from_chars(dot + 1, end, level.minor);
  return level;
}

const Service* findService(const Profile& profile, std::string_view path) {
  if (!profile.api.eoi) return nullptr;
  for (const auto& service : kServices) {
    if (path != service.path && (service.alias.empty() || path != service.alias)) continue;
    const bool present = levelOf(profile) >= service.since && (!service.presentIn || service.presentIn(profile));
    return present ? &service : nullptr;
  }
  return nullptr;
}

}  // namespace vme::firmware::eoi

#include "wire/realms.hpp"

#include <array>
#include <charconv>
#include <utility>

namespace vme::wire {
namespace {

using enum Realm;

constexpr std::array kRealms{
    RealmInfo{redirection, "RedirectionRealm"},
    RealmInfo{ptAdministration, "PTAdministrationRealm"},
    RealmInfo{hardwareAsset, "HardwareAssetRealm"},
    RealmInfo{remoteControl, "RemoteControlRealm"},
    RealmInfo{storage, "StorageRealm"},
    RealmInfo{eventManager, "EventManagerRealm"},
    RealmInfo{storageAdmin, "StorageAdminRealm"},
    RealmInfo{agentPresenceLocal, "AgentPresenceLocalRealm"},
    RealmInfo{agentPresenceRemote, "AgentPresenceRemoteRealm"},
    RealmInfo{circuitBreaker, "CircuitBreakerRealm"},
    RealmInfo{networkTime, "NetworkTimeRealm"},
    RealmInfo{generalInfo, "GeneralInfoRealm"},
    RealmInfo{firmwareUpdate, "FirmwareUpdateRealm"},
    RealmInfo{eit, "EITRealm"},
    RealmInfo{localUserNotification, "LocalUN"},
    RealmInfo{endpointAccessControl, "EndpointAccessControlRealm"},
    RealmInfo{endpointAccessControlAdmin, "EndpointAccessControlAdminRealm"},
    RealmInfo{eventLogReader, "EventLogReaderRealm"},
    RealmInfo{auditLog, "AuditLogRealm"},
    RealmInfo{acl, "ACLRealm"},
    RealmInfo{dtRealm, "DTRealm"},
    RealmInfo{localSystem, "LocalSystemRealm"},
};

}  // namespace

std::span<const RealmInfo> allRealms() {
  return kRealms;
}

std::optional<Realm> realmFrom(std::string_view text) {
  unsigned number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool isNumber = error == std::errc() && end == text.data() + text.size();
  for (const auto& info : kRealms) {
    if (isNumber ? std::to_underlying(info.realm) == number : info.name == text) return info.realm;
  }
  return std::nullopt;
}

}  // namespace vme::wire

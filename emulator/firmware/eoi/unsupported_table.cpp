#include "firmware/eoi/unsupported_table.hpp"

#include <array>

#include "firmware/eoi/handlers.hpp"

namespace vme::firmware::eoi {
namespace {

using enum ServiceId;
using wire::Realm;

constexpr Operation row(ServiceId service, std::string_view name, Level since, Realm realm) {
  return {service, name, since, false, wire::RealmSet::of({realm}), unsupported};
}

constexpr std::array kRows{
    row(securityAdministration, "GeneratePKCS10Request", {3, 0}, Realm::ptAdministration),
    row(securityAdministration, "SubscribeForGeneralAlert", {3, 0}, Realm::ptAdministration),
    row(networkAdministration, "Set8021XWiredProfile", {3, 0}, Realm::ptAdministration),
    row(networkAdministration, "Get8021XWiredProfile", {3, 0}, Realm::ptAdministration),
    row(hardwareAsset, "EnumerateAssetTypes", {1, 0}, Realm::hardwareAsset),
    row(hardwareAsset, "GetAssetData", {1, 0}, Realm::hardwareAsset),
    row(eventManager, "AddFilter", {1, 0}, Realm::eventManager),
    row(eventManager, "UpdateFilter", {1, 0}, Realm::eventManager),
    row(eventManager, "RemoveFilter", {1, 0}, Realm::eventManager),
    row(eventManager, "EnumerateFilters", {1, 0}, Realm::eventManager),
    row(eventManager, "GetFilter", {1, 0}, Realm::eventManager),
    row(eventManager, "SubscribeForAlert", {1, 0}, Realm::eventManager),
    row(eventManager, "SubscribeForGeneralAlert", {3, 0}, Realm::eventManager),
    row(eventManager, "EnumerateAlertSubscriptions", {1, 0}, Realm::eventManager),
    row(eventManager, "GetAlertSubscription", {1, 0}, Realm::eventManager),
    row(eventManager, "CancelAlertSubscription", {1, 0}, Realm::eventManager),
    row(eventManager, "EnumerateSensors", {1, 0}, Realm::eventManager),
    row(eventManager, "GetSensorAttributes", {1, 0}, Realm::eventManager),
    row(storageAdministration, "GetGlobalStorageAttributes", {1, 0}, Realm::storageAdmin),
    row(storageAdministration, "SetGlobalStorageAttributes", {1, 0}, Realm::storageAdmin),
    row(storageAdministration, "AdminGetRegisteredApplications", {1, 0}, Realm::storageAdmin),
    row(storageAdministration, "AdminGetApplicationAttributes", {1, 0}, Realm::storageAdmin),
    row(storageAdministration, "AdminRemoveApplication", {1, 0}, Realm::storageAdmin),
    row(storageAdministration, "AddStorageEaclEntry", {1, 0}, Realm::storageAdmin),
    row(storageAdministration, "EnumerateStorageEaclEntries", {1, 0}, Realm::storageAdmin),
    row(storageAdministration, "GetStorageEaclEntry", {1, 0}, Realm::storageAdmin),
    row(storageAdministration, "RemoveStorageEaclEntry", {1, 0}, Realm::storageAdmin),
    row(storageAdministration, "AddStorageFpaclEntry", {1, 0}, Realm::storageAdmin),
    row(storageAdministration, "EnumerateStorageAllocEntries", {1, 0}, Realm::storageAdmin),
    row(storageAdministration, "GetStorageAllocEntry", {1, 0}, Realm::storageAdmin),
    row(storageAdministration, "UpdateStorageFpaclEntry", {1, 0}, Realm::storageAdmin),
    row(storageAdministration, "RemoveStorageFpaclEntry", {1, 0}, Realm::storageAdmin),
    row(storage, "GetMTU", {1, 0}, Realm::storage),
    row(storage, "GetTimeoutValues", {1, 0}, Realm::storage),
    row(storage, "GetWriteEraseLimit", {4, 0}, Realm::storage),
    row(storage, "RegisterApplication", {1, 0}, Realm::storage),
    row(storage, "UnregisterApplication", {1, 0}, Realm::storage),
    row(storage, "GetRegisteredApplications", {1, 0}, Realm::storage),
    row(storage, "GetCurrentApplicationHandle", {1, 0}, Realm::storage),
    row(storage, "GetApplicationAttributes", {1, 0}, Realm::storage),
    row(storage, "RemoveApplication", {1, 0}, Realm::storage),
    row(storage, "GetBytesAvailable", {1, 0}, Realm::storage),
    row(storage, "AllocateBlock", {1, 0}, Realm::storage),
    row(storage, "DeallocateBlock", {1, 0}, Realm::storage),
    row(storage, "GetAllocatedBlocks", {1, 0}, Realm::storage),
    row(storage, "GetBlockAttributes", {1, 0}, Realm::storage),
    row(storage, "SetBlockName", {1, 0}, Realm::storage),
    row(storage, "SetBlockVisibility", {1, 0}, Realm::storage),
    row(storage, "ReadBlock", {1, 0}, Realm::storage),
    row(storage, "WriteBlock", {1, 0}, Realm::storage),
    row(storage, "LockBlock", {1, 0}, Realm::storage),
    row(storage, "UnlockBlock", {1, 0}, Realm::storage),
    row(storage, "AddPermissionsGroup", {1, 0}, Realm::storage),
    row(storage, "RemovePermissionsGroup", {1, 0}, Realm::storage),
    row(storage, "GetPermissionsGroups", {1, 0}, Realm::storage),
    row(storage, "GetPermissionsGroupAttributes", {1, 0}, Realm::storage),
    row(storage, "SetPermissionsGroupName", {1, 0}, Realm::storage),
    row(storage, "SetPermissionsGroupPermissions", {1, 0}, Realm::storage),
    row(storage, "AddPermissionsGroupMembers", {1, 0}, Realm::storage),
    row(storage, "RemovePermissionsGroupMembers", {1, 0}, Realm::storage),
    row(storage, "GetPermissionsGroupMembers", {1, 0}, Realm::storage),
    row(generalInfo, "GetPasswordModel", {2, 0}, Realm::generalInfo),
    row(circuitBreaker, "CbQueryCaps", {2, 0}, Realm::circuitBreaker),
    row(circuitBreaker, "CbPolicyCreate", {2, 0}, Realm::circuitBreaker),
    row(circuitBreaker, "CbPolicyDelete", {2, 0}, Realm::circuitBreaker),
    row(circuitBreaker, "CbPolicyEnumerate", {2, 0}, Realm::circuitBreaker),
    row(circuitBreaker, "CbPolicyGet", {2, 0}, Realm::circuitBreaker),
    row(circuitBreaker, "CbFilterCreate", {2, 0}, Realm::circuitBreaker),
    row(circuitBreaker, "CbFilterDelete", {2, 0}, Realm::circuitBreaker),
    row(circuitBreaker, "CbFilterEnumerate", {2, 0}, Realm::circuitBreaker),
    row(circuitBreaker, "CbFilterGet", {2, 0}, Realm::circuitBreaker),
    row(circuitBreaker, "CbPolicyEnable", {2, 0}, Realm::circuitBreaker),
    row(circuitBreaker, "CbPolicyDisable", {2, 0}, Realm::circuitBreaker),
    row(circuitBreaker, "CbPolicyGetActive", {2, 0}, Realm::circuitBreaker),
    row(agentPresenceRemote, "ConsoleWatchdogSetCbPolicy", {2, 0}, Realm::agentPresenceRemote),
    row(agentPresenceRemote, "ConsoleWatchdogCreate", {2, 0}, Realm::agentPresenceRemote),
    row(agentPresenceRemote, "ConsoleWatchdogDelete", {2, 0}, Realm::agentPresenceRemote),
    row(agentPresenceRemote, "ConsoleWatchdogEnumerate", {2, 0}, Realm::agentPresenceRemote),
    row(agentPresenceRemote, "ConsoleWatchdogQuery", {2, 0}, Realm::agentPresenceRemote),
    row(agentPresenceRemote, "ConsoleWatchdogSetActions", {2, 0}, Realm::agentPresenceRemote),
    row(agentPresenceRemote, "ConsoleWatchdogGetActions", {2, 0}, Realm::agentPresenceRemote),
    row(agentPresenceRemote, "ConsoleWatchdogGetCbPolicy", {2, 0}, Realm::agentPresenceRemote),
    row(endpointAccessControl, "GetPosture", {2, 5}, Realm::endpointAccessControl),
    row(endpointAccessControl, "GetPostureHash", {2, 5}, Realm::endpointAccessControl),
    row(endpointAccessControl, "UpdatePostureState", {2, 5}, Realm::endpointAccessControl),
    row(endpointAccessControlAdmin, "GetEacOptions", {2, 5}, Realm::endpointAccessControlAdmin),
    row(endpointAccessControlAdmin, "SetEacOptions", {2, 5}, Realm::endpointAccessControlAdmin),
    row(endpointAccessControlAdmin, "EacEnable", {2, 5}, Realm::endpointAccessControlAdmin),
    row(endpointAccessControlAdmin, "EacDisable", {2, 5}, Realm::endpointAccessControlAdmin),
    row(endpointAccessControlAdmin, "EacGetStatus", {2, 5}, Realm::endpointAccessControlAdmin),
    row(wirelessConfiguration, "GetWirelessCapabilities", {2, 5}, Realm::ptAdministration),
    row(wirelessConfiguration, "AddWirelessProfile", {2, 5}, Realm::ptAdministration),
    row(wirelessConfiguration, "GetWirelessProfile", {2, 5}, Realm::ptAdministration),
    row(wirelessConfiguration, "EnumerateWirelessProfiles", {2, 5}, Realm::ptAdministration),
    row(wirelessConfiguration, "RemoveWirelessProfile", {2, 5}, Realm::ptAdministration),
    row(wirelessConfiguration, "SetWirelessProfilePriority", {2, 5}, Realm::ptAdministration),
    row(auditLog, "ReadRecords", {4, 0}, Realm::auditLog),
    row(auditLog, "ClearLog", {4, 0}, Realm::auditLog),
    row(auditLog, "SetAuditLock", {4, 0}, Realm::auditLog),
    row(auditLog, "ExportAuditLogSignature", {4, 0}, Realm::auditLog),
    row(auditLog, "SetSigningKeyMaterial", {4, 0}, Realm::auditLog),
    row(auditLog, "SetAuditPolicy", {4, 0}, Realm::auditLog),
    row(auditLog, "SetAuditEnable", {4, 0}, Realm::auditLog),
    row(remoteAccessAdmin, "AddMps", {4, 0}, Realm::ptAdministration),
    row(remoteAccessAdmin, "AddRemoteAccessPolicyRule", {4, 0}, Realm::ptAdministration),
    row(remoteAccessAdmin, "EnumerateMps", {4, 0}, Realm::ptAdministration),
    row(remoteAccessAdmin, "GetMps", {4, 0}, Realm::ptAdministration),
    row(remoteAccessAdmin, "RemoveMps", {4, 0}, Realm::ptAdministration),
    row(firmwareUpdate, kEveryName, {2, 0}, Realm::firmwareUpdate),
};

}  // namespace

AmtStatus unsupported(Call&) {
  return AmtStatus::unsupported;
}

std::span<const Operation> unsupportedOperations() {
  return kRows;
}

}  // namespace vme::firmware::eoi

// The operations that are emulated (eoi.md 4, whose order the rows follow). Those that are known and answer
// "unsupported" stand in unsupported_table.cpp.

#include <algorithm>
#include <array>

#include "firmware/eoi/handlers.hpp"
#include "firmware/eoi/unsupported_table.hpp"

namespace vme::firmware::eoi {
namespace {

using enum ServiceId;
using wire::Realm;
using wire::RealmSet;

constexpr Level k10{1, 0}, k20{2, 0}, k22{2, 2}, k25{2, 5}, k30{3, 0}, k40{4, 0};
constexpr bool kDeprecated = true;
constexpr RealmSet kAnyone;
constexpr RealmSet kAdmin = RealmSet::of({Realm::ptAdministration});
constexpr RealmSet kRemote = RealmSet::of({Realm::remoteControl});
constexpr RealmSet kEvents = RealmSet::of({Realm::eventManager});
constexpr RealmSet kEventReading = RealmSet::of({Realm::eventManager, Realm::eventLogReader});
constexpr RealmSet kRedir = RealmSet::of({Realm::redirection});
constexpr RealmSet kTime = RealmSet::of({Realm::networkTime});
constexpr RealmSet kInfo = RealmSet::of({Realm::generalInfo});
constexpr RealmSet kAcl = RealmSet::of({Realm::acl});

constexpr std::array kOperations{
    Operation{securityAdministration, "GetCoreVersion", k10, false, kAnyone, getCoreVersion},
    Operation{securityAdministration, "GetCodeVersions", k10, false, kAdmin, getCodeVersions},
    Operation{securityAdministration, "GetProvisioningMode", k20, false, kAdmin, getProvisioningMode},
    Operation{securityAdministration, "GetProvisioningState", k22, false, kAdmin, getProvisioningState},
    Operation{securityAdministration, "CommitChanges", k10, false, kAdmin, commitChanges},
    Operation{securityAdministration, "Unprovision", k20, false, kAdmin, unprovision},
    Operation{securityAdministration, "PartialUnprovision", k20, false, kAdmin, partialUnprovision},
    Operation{securityAdministration, "ResetFlashWearOutProtection", k20, false, kAdmin, resetFlashWearOutProtection},
    Operation{securityAdministration, "SetMEBxPassword", k22, false, kAdmin, setMebxPassword},
    Operation{securityAdministration, "ExtendProvisioningPeriod", k30, false, kAdmin, extendProvisioningPeriod},
    Operation{securityAdministration, "SetTLSPSK", k20, false, kAdmin, setTlsPsk},
    Operation{securityAdministration, "GetProvisioningPID", k22, false, kAdmin, getProvisioningPid},
    Operation{securityAdministration, "GetZeroTouchConfigurationMode", k22, false, kAdmin,
              getZeroTouchConfigurationMode},
    Operation{securityAdministration, "SetZeroTouchConfigurationMode", k22, false, kAdmin,
              setZeroTouchConfigurationMode},
    Operation{securityAdministration, "EnumerateCertificateHashEntries", k22, false, kAdmin,
              enumerateCertificateHashEntries},
    Operation{securityAdministration, "GetCertificateHashEntry", k22, false, kAdmin, getCertificateHashEntry},
    Operation{securityAdministration, "AddCertificateHashEntry", k22, false, kAdmin, addCertificateHashEntry},
    Operation{securityAdministration, "DeleteCertificateHashEntry", k22, false, kAdmin, deleteCertificateHashEntry},
    Operation{securityAdministration, "SetCertificateHashEntryState", k22, false, kAdmin, setCertificateHashEntryState},
    Operation{securityAdministration, "GetProvisioningAuditRecord", k22, false, kAdmin, getProvisioningAuditRecord},
    Operation{securityAdministration, "SetProvisioningServerOTP", k22, false, kAdmin, setProvisioningServerOtp},
    Operation{securityAdministration, "GetProvisioningServerOTP", k22, false, kAdmin, getProvisioningServerOtp},
    Operation{securityAdministration, "SetRngKey", k20, false, kAdmin, setRngKey},
    Operation{securityAdministration, "AddUserAclEntry", k10, kDeprecated, kAdmin, addUserAclEntry},
    Operation{securityAdministration, "UpdateUserAclEntry", k10, kDeprecated, kAdmin, updateUserAclEntry},
    Operation{securityAdministration, "GetUserAclEntry", k10, kDeprecated, kAdmin, getUserAclEntry},
    Operation{securityAdministration, "AddUserAclEntryEx", k20, false, kAdmin, addUserAclEntryEx},
    Operation{securityAdministration, "UpdateUserAclEntryEx", k20, false, kAdmin, updateUserAclEntryEx},
    Operation{securityAdministration, "GetUserAclEntryEx", k20, false, kAdmin, getUserAclEntryEx},
    Operation{securityAdministration, "EnumerateUserAclEntries", k10, false, kAdmin, enumerateUserAclEntries},
    Operation{securityAdministration, "RemoveUserAclEntry", k10, false, kAdmin, removeUserAclEntry},
    Operation{securityAdministration, "SetAdminAclEntryEx", k20, false, kAdmin, setAdminAclEntryEx},
    Operation{securityAdministration, "GetAdminAclEntry", k10, false, kAdmin, getAdminAclEntry},
    Operation{securityAdministration, "GetAdminAclEntryStatus", k20, false, kAdmin, getAdminAclEntryStatus},
    Operation{securityAdministration, "GetAdminNetAclEntryStatus", k20, false, kAdmin, getAdminAclEntryStatus},
    Operation{securityAdministration, "SetAclEnabledState", k30, false, kAdmin, setAclEnabledState},
    Operation{securityAdministration, "GetAclEnabledState", k30, false, kAdmin, getAclEnabledState},
    Operation{securityAdministration, "GetDigestRealm", k20, false, kAdmin, getDigestRealm},
    Operation{securityAdministration, "SetKerberosOptions", k20, false, kAdmin, setKerberosOptions},
    Operation{securityAdministration, "GetKerberosOptions", k20, false, kAdmin, getKerberosOptions},
    Operation{securityAdministration, "SetEnabledInterfaces", k20, false, kAdmin, setEnabledInterfaces},
    Operation{securityAdministration, "GetEnabledInterfaces", k20, false, kAdmin, getEnabledInterfaces},
    Operation{securityAdministration, "EnumeratePowerPackages", k20, false, kAdmin, enumeratePowerPackages},
    Operation{securityAdministration, "GetActivePowerPackage", k20, false, kAdmin, getActivePowerPackage},
    Operation{securityAdministration, "SetActivePowerPackage", k20, false, kAdmin, setActivePowerPackage},
    Operation{securityAdministration, "GetGlobalPowerPolicy", k20, false, kAdmin, getGlobalPowerPolicy},
    Operation{securityAdministration, "SetGlobalPowerPolicy", k20, false, kAdmin, setGlobalPowerPolicy},
    Operation{securityAdministration, "SetTLSOptions", k20, false, kAdmin, setTlsOptions},
    Operation{securityAdministration, "GetTLSOptions", k20, false, kAdmin, getTlsOptions},
    Operation{securityAdministration, "SetTLSCredentials", k25, false, kAdmin, setTlsCredentials},
    Operation{securityAdministration, "GetTLSCredentials", k25, false, kAdmin, getTlsCredentials},
    Operation{securityAdministration, "SetTLSKeyAndCertificate", k20, false, kAdmin, setTlsKeyAndCertificate},
    Operation{securityAdministration, "CertStoreAddCertificate", k25, false, kAdmin, certStoreAddCertificate},
    Operation{securityAdministration, "CertStoreAddKey", k25, false, kAdmin, certStoreAddKey},
    Operation{securityAdministration, "CertStoreEnumerateCertificates", k25, false, kAdmin,
              certStoreEnumerateCertificates},
    Operation{securityAdministration, "CertStoreGetCertificate", k25, false, kAdmin, certStoreGetCertificate},
    Operation{securityAdministration, "CertStoreRemoveCertificate", k25, false, kAdmin, certStoreRemoveCertificate},
    Operation{securityAdministration, "SetCRL", k25, false, kAdmin, setCrl},
    Operation{securityAdministration, "GetCRL", k25, false, kAdmin, getCrl},
    Operation{securityAdministration, "GetPkiCapabilities", k20, false, kAdmin, getPkiCapabilities},
    Operation{securityAdministration, "SetTrustedFqdnCN", k20, false, kAdmin, setTrustedFqdnCn},

    Operation{networkAdministration, "GetHostName", k10, false, kAdmin, getHostName},
    Operation{networkAdministration, "SetHostName", k10, false, kAdmin, setHostName},
    Operation{networkAdministration, "GetDomainName", k10, false, kAdmin, getDomainName},
    Operation{networkAdministration, "SetDomainName", k10, false, kAdmin, setDomainName},
    Operation{networkAdministration, "GetTcpIpParameters", k10, kDeprecated, kAdmin, getTcpIpParameters},
    Operation{networkAdministration, "SetTcpIpParameters", k10, kDeprecated, kAdmin, setTcpIpParameters},
    Operation{networkAdministration, "EnumerateInterfaces", k25, false, kAdmin, enumerateInterfaces},
    Operation{networkAdministration, "GetInterfaceSettings", k25, false, kAdmin, getInterfaceSettings},
    Operation{networkAdministration, "SetInterfaceSettings", k25, false, kAdmin, setInterfaceSettings},
    Operation{networkAdministration, "GetVlanParameters", k10, false, kAdmin, getVlanParameters},
    Operation{networkAdministration, "SetVlanParameters", k10, false, kAdmin, setVlanParameters},
    Operation{networkAdministration, "GetPingResponse", k10, false, kAdmin, getPingResponse},
    Operation{networkAdministration, "SetPingResponse", k10, false, kAdmin, setPingResponse},

    Operation{ServiceId::remoteControl, "GetSystemPowerState", k10, false, kRemote, getSystemPowerState},
    Operation{ServiceId::remoteControl, "GetRemoteControlCapabilities", k10, false, kRemote,
              getRemoteControlCapabilities},
    Operation{ServiceId::remoteControl, "RemoteControl", k10, false, kRemote, eoi::remoteControl},

    Operation{eventManager, "ReadEventLogRecords", k10, false, kEventReading, readEventLogRecords},
    Operation{eventManager, "ClearEventLog", k10, false, kEvents, clearEventLog},
    Operation{eventManager, "FreezeEventLog", k10, false, kEvents, freezeEventLog},
    Operation{eventManager, "GetEventLogStatus", k10, false, kEventReading, getEventLogStatus},

    Operation{redirection, "SetRedirectionListenerState", k10, false, kRedir, setRedirectionListenerState},
    Operation{redirection, "GetRedirectionListenerState", k10, false, kRedir, getRedirectionListenerState},
    Operation{redirection, "GetIDERSessionLog", k10, false, kRedir, getIderSessionLog},

    Operation{networkTime, "GetLowAccuracyTimeSynch", k10, false, kTime, getLowAccuracyTimeSynch},
    Operation{networkTime, "SetHighAccuracyTimeSynch", k10, false, kTime, setHighAccuracyTimeSynch},

    Operation{generalInfo, "GetCoreVersion", k20, false, kInfo, getCoreVersion},
    Operation{generalInfo, "GetCodeVersions", k20, false, kInfo, getCodeVersions},
    Operation{generalInfo, "GetProvisioningMode", k20, false, kInfo, getProvisioningMode},
    Operation{generalInfo, "GetProvisioningState", k20, false, kInfo, getProvisioningState},
    Operation{generalInfo, "GetHostName", k20, false, kInfo, getHostName},
    Operation{generalInfo, "GetDomainName", k20, false, kInfo, getDomainName},
    Operation{generalInfo, "GetFQDN", k20, false, kInfo, getFqdn},
    Operation{generalInfo, "GetTcpIpParameters", k20, false, kInfo, getTcpIpParameters},
    Operation{generalInfo, "GetVlanParameters", k20, false, kInfo, getVlanParameters},
    Operation{generalInfo, "GetPingResponse", k20, false, kInfo, getPingResponse},
    Operation{generalInfo, "GetConfigServerInfo", k20, false, kInfo, getConfigServerInfo},
    Operation{generalInfo, "GetAdminAclEntryStatus", k20, false, kInfo, getAdminAclEntryStatus},
    Operation{generalInfo, "GetAdminNetAclEntryStatus", k20, false, kInfo, getAdminAclEntryStatus},
    Operation{generalInfo, "GetEnabledInterfaces", k20, false, kInfo, getEnabledInterfaces},
    Operation{generalInfo, "GetNetworkState", k20, false, kInfo, getNetworkState},
    Operation{generalInfo, "GetSecurityParameters", k20, false, kInfo, getSecurityParameters},
    Operation{generalInfo, "GetIDERSessionLog", k20, false, kInfo, getIderSessionLog},

    Operation{userAccessControl, "AddUserAclEntryEx", k40, false, kAcl, addUserAclEntryEx},
    Operation{userAccessControl, "UpdateUserAclEntryEx", k40, false, kAcl, updateUserAclEntryEx},
    Operation{userAccessControl, "GetUserAclEntryEx", k40, false, kAcl, getUserAclEntryEx},
    Operation{userAccessControl, "EnumerateUserAclEntries", k40, false, kAcl, enumerateUserAclEntries},
    Operation{userAccessControl, "RemoveUserAclEntry", k40, false, kAcl, removeUserAclEntry},
    Operation{userAccessControl, "SetAclEnabledState", k40, false, kAcl, setAclEnabledState},
    Operation{userAccessControl, "GetAclEnabledState", k40, false, kAcl, getAclEnabledState},
};

}  // namespace

std::span<const Operation> allOperations() {
  return kOperations;
}

const Operation* findOperation(const profile::Profile& profile, ServiceId service, std::string_view name) {
  const auto wanted = [&](const Operation& row) {
    if (row.service != service || (row.name != name && row.name != kEveryName)) return false;
    return levelOf(profile) >= row.since && (!row.deprecated || profile.api.eoiDeprecated);
  };
  if (const auto* const row = std::ranges::find_if(kOperations, wanted); row != kOperations.end()) return row;
  const auto rest = unsupportedOperations();
  const auto row = std::ranges::find_if(rest, wanted);
  return row == rest.end() ? nullptr : &*row;
}

}  // namespace vme::firmware::eoi

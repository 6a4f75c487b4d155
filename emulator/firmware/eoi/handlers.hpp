#pragma once
// Every handler of the operation table, by group.

#include "firmware/eoi/operation.hpp"

namespace vme::firmware::eoi {

/// For operations whose part of the firmware is not emulated.
AmtStatus unsupported(Call& call);

// info_calls.cpp
AmtStatus getCoreVersion(Call& call);
AmtStatus getCodeVersions(Call& call);
AmtStatus getFqdn(Call& call);
AmtStatus getConfigServerInfo(Call& call);
AmtStatus getNetworkState(Call& call);
AmtStatus getSecurityParameters(Call& call);

// setup_calls.cpp
AmtStatus getProvisioningMode(Call& call);
AmtStatus getProvisioningState(Call& call);
AmtStatus commitChanges(Call& call);
AmtStatus unprovision(Call& call);
AmtStatus partialUnprovision(Call& call);
AmtStatus resetFlashWearOutProtection(Call& call);
AmtStatus setMebxPassword(Call& call);
AmtStatus extendProvisioningPeriod(Call& call);
AmtStatus setTlsPsk(Call& call);
AmtStatus getProvisioningPid(Call& call);
AmtStatus getZeroTouchConfigurationMode(Call& call);
AmtStatus setZeroTouchConfigurationMode(Call& call);
AmtStatus getProvisioningAuditRecord(Call& call);
AmtStatus setProvisioningServerOtp(Call& call);
AmtStatus getProvisioningServerOtp(Call& call);
AmtStatus setRngKey(Call& call);

// root_calls.cpp
AmtStatus enumerateCertificateHashEntries(Call& call);
AmtStatus getCertificateHashEntry(Call& call);
AmtStatus addCertificateHashEntry(Call& call);
AmtStatus deleteCertificateHashEntry(Call& call);
AmtStatus setCertificateHashEntryState(Call& call);

// account_calls.cpp
AmtStatus addUserAclEntry(Call& call);
AmtStatus updateUserAclEntry(Call& call);
AmtStatus getUserAclEntry(Call& call);
AmtStatus addUserAclEntryEx(Call& call);
AmtStatus updateUserAclEntryEx(Call& call);
AmtStatus getUserAclEntryEx(Call& call);
AmtStatus enumerateUserAclEntries(Call& call);
AmtStatus removeUserAclEntry(Call& call);
AmtStatus setAdminAclEntryEx(Call& call);
AmtStatus getAdminAclEntry(Call& call);
AmtStatus getAdminAclEntryStatus(Call& call);
AmtStatus setAclEnabledState(Call& call);
AmtStatus getAclEnabledState(Call& call);
AmtStatus getDigestRealm(Call& call);
AmtStatus setKerberosOptions(Call& call);
AmtStatus getKerberosOptions(Call& call);

// interface_calls.cpp
AmtStatus setEnabledInterfaces(Call& call);
AmtStatus getEnabledInterfaces(Call& call);
AmtStatus setRedirectionListenerState(Call& call);
AmtStatus getRedirectionListenerState(Call& call);
AmtStatus getIderSessionLog(Call& call);

// tls_calls.cpp
AmtStatus setTlsOptions(Call& call);
AmtStatus getTlsOptions(Call& call);
AmtStatus setTlsCredentials(Call& call);
AmtStatus getTlsCredentials(Call& call);
AmtStatus setTlsKeyAndCertificate(Call& call);
AmtStatus setTrustedFqdnCn(Call& call);
AmtStatus getPkiCapabilities(Call& call);

// store_calls.cpp
AmtStatus certStoreAddCertificate(Call& call);
AmtStatus certStoreAddKey(Call& call);
AmtStatus certStoreEnumerateCertificates(Call& call);
AmtStatus certStoreGetCertificate(Call& call);
AmtStatus certStoreRemoveCertificate(Call& call);
AmtStatus setCrl(Call& call);
AmtStatus getCrl(Call& call);

// network_calls.cpp
AmtStatus getHostName(Call& call);
AmtStatus setHostName(Call& call);
AmtStatus getDomainName(Call& call);
AmtStatus setDomainName(Call& call);
AmtStatus getTcpIpParameters(Call& call);
AmtStatus setTcpIpParameters(Call& call);
AmtStatus enumerateInterfaces(Call& call);
AmtStatus getInterfaceSettings(Call& call);
AmtStatus setInterfaceSettings(Call& call);
AmtStatus getVlanParameters(Call& call);
AmtStatus setVlanParameters(Call& call);
AmtStatus getPingResponse(Call& call);
AmtStatus setPingResponse(Call& call);
AmtStatus getLowAccuracyTimeSynch(Call& call);
AmtStatus setHighAccuracyTimeSynch(Call& call);

// power_calls.cpp
AmtStatus getSystemPowerState(Call& call);
AmtStatus getRemoteControlCapabilities(Call& call);
AmtStatus remoteControl(Call& call);
AmtStatus enumeratePowerPackages(Call& call);
AmtStatus getActivePowerPackage(Call& call);
AmtStatus setActivePowerPackage(Call& call);
AmtStatus getGlobalPowerPolicy(Call& call);
AmtStatus setGlobalPowerPolicy(Call& call);

// event_calls.cpp
AmtStatus readEventLogRecords(Call& call);
AmtStatus clearEventLog(Call& call);
AmtStatus freezeEventLog(Call& call);
AmtStatus getEventLogStatus(Call& call);

}  // namespace vme::firmware::eoi

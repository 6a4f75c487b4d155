#pragma once
// The operations of AMTHI, the host's own interface to AMT: what a profile names and the wire carries. The numbers are
// the command words of heci.md 4.2: class in bits 24 to 31, operation in bits 0 to 22.

#include <cstdint>

namespace vme {

enum class AmthiCommand : std::uint32_t {
  getAmtState = 0x01000001,
  getTcpipParameters = 0x04000006,
  getProvisioningMode = 0x04000008,
  unprovision = 0x04000010,
  getProvisioningState = 0x04000011,
  getCodeVersions = 0x0400001A,
  getSecurityParameters = 0x0400001B,
  getAdminNetAclEntryStatus = 0x0400001E,
  getMacAddresses = 0x04000025,
  generateRngSeed = 0x04000028,
  startConfiguration = 0x04000029,
  setProvisioningServerOtp = 0x0400002A,
  getProvisioningTlsMode = 0x0400002B,
  enumerateHashHandles = 0x0400002C,
  getCertificateHashEntry = 0x0400002D,
  getRngSeedStatus = 0x0400002E,
  setDnsSuffix = 0x0400002F,
  getZeroTouchEnabled = 0x04000030,
  getPkiFqdnSuffix = 0x04000036,
  setZeroTouchEnabled = 0x0400003A,
  getPid = 0x0400003B,
  getDnsSuffixList = 0x0400003E,
  setEnterpriseAccess = 0x0400003F,
  openUserInitiatedConnection = 0x04000044,
  closeUserInitiatedConnection = 0x04000045,
  getRemoteAccessConnectionStatus = 0x04000046,
  getCurrentPowerPolicy = 0x04000047,
  getLanInterfaceSettings = 0x04000048,
  getFeaturesState = 0x04000049,
  getLastHostResetReason = 0x0400004A,
  getUserInitiatedEnabledInterfaces = 0x0400004D,
  getConfigServerData = 0x0400004E,
  // Of firmware from 6.0 on.
  getIpv6LanInterfaceStatus = 0x04000052,
  getFqdn = 0x04000056,
  getRedirectionState = 0x04000058,
  setHostFqdn = 0x0400005B,
  getUuid = 0x0400005C,
  stopConfiguration = 0x0400005E,
  startConfigurationEx = 0x04000062,
  getLocalSystemAccount = 0x04000067,
  getControlMode = 0x0400006B,
  getEhbcState = 0x04000084,
};

}  // namespace vme

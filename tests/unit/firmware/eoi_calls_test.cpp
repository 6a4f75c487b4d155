// Single operations in depth: what they change on the machine.

#include <gmock/gmock.h>

#include "machine/event_log.hpp"
#include "machine/power.hpp"
#include "machine/setup.hpp"
#include "machine/stores.hpp"
#include "net/pki.hpp"
#include "unit/firmware/client.hpp"

namespace vme::firmware {
namespace {

using ::testing::HasSubstr;
using testing::MachineBuilder;
using ::testing::Not;
using wire::AmtStatus;

class EoiCalls : public ::testing::Test {
 protected:
  EoiAnswer call(const EoiTarget& target, std::string_view operation, std::string_view parameters = {}) {
    return client_.call(target, operation, parameters);
  }
  const machine::Nvram& nvram() { return machine_->me().nvram(); }

  std::unique_ptr<testing::BuiltMachine> machine_ = MachineBuilder("amt-3.2.2").operational(kPassword).build();
  Client client_{*machine_};
};

TEST_F(EoiCalls, RootHashes) {
  const auto builtIn = machine_->environment.roots.size();
  ASSERT_GT(builtIn, 0U);
  const auto first = call(kSecurity, "GetCertificateHashEntry", "<Handle>1</Handle>");
  EXPECT_EQ(first.text("Name"), machine_->environment.roots[0].name);
  EXPECT_EQ(first.text("IsDefault"), "true");
  EXPECT_EQ(first.text("HashAlgorithm"), "1");
  const std::string hash = toBase64(Bytes(20, 0xAB));
  const auto added = call(kSecurity, "AddCertificateHashEntry",
                          "<Name>own root</Name><CertificateHash>" + hash + "</CertificateHash>");
  ASSERT_EQ(added.status, 0U);
  const auto handle = "<Handle>" + added.text("Handle") + "</Handle>";
  EXPECT_EQ(call(kSecurity, "SetCertificateHashEntryState", handle + "<Enabled>false</Enabled>").status, 0U);
  const auto read = call(kSecurity, "GetCertificateHashEntry", handle);
  EXPECT_EQ(read.text("IsActive"), "false");
  EXPECT_EQ(read.text("IsDefault"), "false");
  EXPECT_EQ(read.text("CertificateHash"), hash);
  EXPECT_THAT(call(kSecurity, "EnumerateCertificateHashEntries").body,
              HasSubstr("<s0:Handles>" + added.text("Handle") + "</s0:Handles>"));
  EXPECT_EQ(call(kSecurity, "DeleteCertificateHashEntry", handle).status, 0U);
  EXPECT_EQ(call(kSecurity, "GetCertificateHashEntry", handle).status, numberOf(AmtStatus::notFound));
  EXPECT_EQ(call(kSecurity, "DeleteCertificateHashEntry", "<Handle>1</Handle>").status,
            numberOf(AmtStatus::notPermitted));
  EXPECT_EQ(
      call(kSecurity, "AddCertificateHashEntry", "<Name>odd</Name><CertificateHash>AAAA</CertificateHash>").status,
      numberOf(AmtStatus::invalidParameter));
}

TEST_F(EoiCalls, KerberosUsersAndOptions) {
  const std::string sid = toBase64(Bytes(28, 1));
  const auto added = call(kSecurity, "AddUserAclEntryEx",
                          "<EntryEx><KerberosUser><Sid>" + sid +
                              "</Sid></KerberosUser><AccessPermission>NetworkAccessPermission</AccessPermission>"
                              "<Realms><Realm>3</Realm></Realms></EntryEx>");
  ASSERT_EQ(added.status, 0U);
  EXPECT_THAT(call(kSecurity, "GetUserAclEntryEx", "<Handle>1</Handle>").body,
              HasSubstr("<s0:KerberosUser><s0:Sid>" + sid + "</s0:Sid></s0:KerberosUser>"));
  const auto options = [](std::string_view encryption) {
    return "<KerberosRealmName>VME.TEST</KerberosRealmName><KerberosKeyVersion>2</KerberosKeyVersion>"
           "<KerberosEncryption>" +
           std::string(encryption) + "</KerberosEncryption><KerberosMasterKey>" + toBase64(Bytes(16, 9)) +
           "</KerberosMasterKey>";
  };
  EXPECT_EQ(call(kSecurity, "SetKerberosOptions", options("DES")).status, numberOf(AmtStatus::invalidParameter));
  EXPECT_EQ(call(kSecurity, "SetKerberosOptions", options("RC4-HMAC")).status, 0U);
  const auto read = call(kSecurity, "GetKerberosOptions");
  EXPECT_EQ(read.text("KerberosRealmName"), "VME.TEST");
  EXPECT_EQ(read.text("KerberosKeyVersion"), "2");
  EXPECT_THAT(read.body, Not(HasSubstr(toBase64(Bytes(16, 9))))) << "the key is never told";
}

TEST_F(EoiCalls, EntriesOfRelease10) {
  EXPECT_EQ(call(kSecurity, "AddUserAclEntry",
                 "<UserAclEntry><Username>old</Username><Password>0ld!Passw0rd</Password><Realms><Realm>5</Realm>"
                 "</Realms></UserAclEntry>")
                .status,
            0U);
  EXPECT_EQ(Client(*machine_, "old", "0ld!Passw0rd").call(kRemoteControl, "GetSystemPowerState").status, 0U);
  EXPECT_EQ(call(kSecurity, "GetUserAclEntry", "<Handle>1</Handle>").text("Username"), "old");
}

TEST_F(EoiCalls, EntriesAreDisabledChangedAndRemoved) {
  const auto entry = [](std::string_view user) {
    return "<EntryEx><Username>" + std::string(user) +
           "</Username><DigestPassword>xuFJBTnTxQMg5zNKb3zWVA==</DigestPassword><Realm>5</Realm></EntryEx>";
  };
  ASSERT_EQ(call(kSecurity, "AddUserAclEntryEx", entry("one")).status, 0U);
  ASSERT_EQ(call(kSecurity, "AddUserAclEntryEx", entry("two")).status, 0U);
  EXPECT_EQ(call(kSecurity, "SetAclEnabledState", "<Handle>1</Handle><Enabled>false</Enabled>").status, 0U);
  EXPECT_EQ(call(kSecurity, "GetAclEnabledState", "<Handle>1</Handle>").text("Enabled"), "false");
  EXPECT_EQ(call(kSecurity, "UpdateUserAclEntryEx", "<Handle>2</Handle>" + entry("three")).status, 0U);
  EXPECT_EQ(call(kSecurity, "GetUserAclEntryEx", "<Handle>2</Handle>").text("Username"), "three");
  EXPECT_EQ(call(kSecurity, "EnumerateUserAclEntries", "<StartIndex>2</StartIndex>").text("HandlesCount"), "1");
  EXPECT_EQ(call(kSecurity, "EnumerateUserAclEntries", "<StartIndex>9</StartIndex>").text("HandlesCount"), "0");
  EXPECT_EQ(call(kSecurity, "EnumerateUserAclEntries", "<StartIndex>0</StartIndex>").status,
            numberOf(AmtStatus::invalidIndex));
  EXPECT_EQ(call(kSecurity, "RemoveUserAclEntry", "<Handle>1</Handle>").status, 0U);
  EXPECT_EQ(call(kSecurity, "RemoveUserAclEntry", "<Handle>1</Handle>").status, numberOf(AmtStatus::invalidHandle));
}

TEST_F(EoiCalls, ReadingSettingsAndWritingThemBackKeepsDhcp) {
  const auto read = call(kNetwork, "GetInterfaceSettings", "<InterfaceHandle>0</InterfaceHandle>");
  auto descriptor = "<InterfaceDescriptor>" + read.text("InterfaceDescriptor") + "</InterfaceDescriptor>";
  for (auto at = descriptor.find("s0:"); at != std::string::npos; at = descriptor.find("s0:")) descriptor.erase(at, 3);
  EXPECT_EQ(call(kNetwork, "SetInterfaceSettings", "<InterfaceHandle>0</InterfaceHandle>" + descriptor).status, 0U);
  EXPECT_TRUE(nvram().wired.dhcp);
  EXPECT_FALSE(nvram().wired.fixed);
}

TEST_F(EoiCalls, FixedAddressNeedsItsOwnMac) {
  const std::string rest =
      "<IPv4Parameters><LocalAddress>167838211</LocalAddress><SubnetMask>4294967040</SubnetMask>"
      "</IPv4Parameters></InterfaceDescriptor>";
  const auto with = [&](std::string_view mode) {
    return call(kNetwork, "SetInterfaceSettings",
                "<InterfaceHandle>0</InterfaceHandle><InterfaceDescriptor><InterfaceMode>" + std::string(mode) +
                    "</InterfaceMode>" + rest)
        .status;
  };
  EXPECT_EQ(with("SHARED_MAC_ADDRESS"), numberOf(AmtStatus::invalidDhcpMode));
  EXPECT_EQ(with("NO_MAC"), numberOf(AmtStatus::invalidParameter));
  EXPECT_EQ(with("SEPARATE_MAC_ADDRESS"), 0U);
  EXPECT_EQ(nvram().wired.fixed->address, 167838211U);
  EXPECT_EQ(call(kNetwork, "GetInterfaceSettings", "<InterfaceHandle>1</InterfaceHandle>").status,
            numberOf(AmtStatus::invalidHandle));
}

TEST_F(EoiCalls, VlansCannotBeSwitchedOn) {
  EXPECT_EQ(call(kNetwork, "SetVlanParameters", "<VlanParameters><Enabled>false</Enabled></VlanParameters>").status,
            0U);
  EXPECT_EQ(call(kNetwork, "SetVlanParameters", "<VlanParameters><Enabled>true</Enabled></VlanParameters>").status,
            numberOf(AmtStatus::unsupported));
}

TEST_F(EoiCalls, PowerPackages) {
  const auto active = call(kSecurity, "GetActivePowerPackage").text("PowerPackage");
  const auto all = call(kSecurity, "EnumeratePowerPackages").body;
  EXPECT_THAT(all, HasSubstr(active));
  auto me = machine_->me();
  const auto last = toBase64(machine::powerPackages(me).back());
  EXPECT_EQ(call(kSecurity, "SetActivePowerPackage", "<PowerPackage>" + last + "</PowerPackage>").status, 0U);
  EXPECT_EQ(call(kSecurity, "GetActivePowerPackage").text("PowerPackage"), last);
  EXPECT_EQ(
      call(kSecurity, "SetActivePowerPackage", "<PowerPackage>" + toBase64(Bytes(16, 0)) + "</PowerPackage>").status,
      numberOf(AmtStatus::notFound));
  EXPECT_EQ(call(kSecurity, "SetGlobalPowerPolicy",
                 "<GlobalPowerPolicy><IdleWakeTimeout>7</IdleWakeTimeout></GlobalPowerPolicy>")
                .status,
            0U);
  EXPECT_EQ(call(kSecurity, "GetGlobalPowerPolicy").text("IdleWakeTimeout"), "7");
}

TEST_F(EoiCalls, TlsOptionsAndTrustedNames) {
  EXPECT_EQ(call(kSecurity, "SetTLSOptions",
                 "<NetworkInterfaceTlsOptions><Enabled>true</Enabled><MutualAuthentication>true</MutualAuthentication>"
                 "<TrustedCN>vme.test</TrustedCN><AcceptNonSecureConnections>true</AcceptNonSecureConnections>"
                 "</NetworkInterfaceTlsOptions>")
                .status,
            0U);
  auto me = machine_->me();
  const auto& tls = machine::tlsConfigured(me);
  EXPECT_TRUE(tls.network.enabled && tls.network.mutualAuthentication && tls.network.acceptNonSecure);
  EXPECT_FALSE(tls.local.enabled);
  EXPECT_EQ(tls.trustedCn, std::vector<std::string>{"vme.test"});
  EXPECT_EQ(call(kSecurity, "CommitChanges").status, numberOf(AmtStatus::dataMissing)) << "no certificate yet";
  EXPECT_EQ(
      call(kSecurity, "SetTrustedFqdnCN", "<FqdnSuffix>a.test</FqdnSuffix><FqdnSuffix>b.test</FqdnSuffix>").status, 0U);
  EXPECT_THAT(call(kSecurity, "GetTLSOptions").body,
              HasSubstr("<s0:TrustedCN>a.test</s0:TrustedCN><s0:TrustedCN>b.test</s0:TrustedCN>"));
  EXPECT_EQ(call(kSecurity, "SetTrustedFqdnCN", "<FqdnSuffix>" + std::string(64, 'a') + "</FqdnSuffix>").status,
            numberOf(AmtStatus::invalidParameter));
  EXPECT_EQ(call(kSecurity, "SetTLSCredentials", "<CertificateHandle>5</CertificateHandle>").status,
            numberOf(AmtStatus::invalidHandle));
  EXPECT_EQ(call(kSecurity, "SetTLSCredentials").status, 0U) << "takes the association away";
}

TEST_F(EoiCalls, CertificateStore) {
  const auto key = net::makeRsaKey(1024);
  net::CertificateRequest request;
  request.commonName = "root.vme.test";
  request.ca = true;
  request.notAfter = 2'000'000'000;
  const auto blob = toBase64(net::issueCertificate(request, key.der, {}, key.der));
  const auto parameters = "<CertificateBlob>" + blob + "</CertificateBlob><TrustedRoot>true</TrustedRoot>";
  const auto added = call(kSecurity, "CertStoreAddCertificate", parameters);
  ASSERT_EQ(added.status, 0U);
  EXPECT_EQ(call(kSecurity, "CertStoreAddCertificate", parameters).status, numberOf(AmtStatus::duplicate));
  const auto handle = "<Handle>" + added.text("CertHandle") + "</Handle>";
  const auto read = call(kSecurity, "CertStoreGetCertificate", handle);
  EXPECT_EQ(read.text("CertificateBlob"), blob);
  EXPECT_EQ(read.text("TrustedRoot"), "true");
  EXPECT_EQ(call(kSecurity, "CertStoreRemoveCertificate", handle).status, 0U);
  EXPECT_EQ(call(kSecurity, "CertStoreGetCertificate", handle).status, numberOf(AmtStatus::notFound));
  EXPECT_EQ(call(kSecurity, "CertStoreAddCertificate", "<CertificateBlob>AAAA</CertificateBlob>").status,
            numberOf(AmtStatus::invalidCert));
  EXPECT_EQ(call(kSecurity, "CertStoreAddKey", "<KeyBlob>AAAA</KeyBlob>").status, numberOf(AmtStatus::invalidKey));
  EXPECT_EQ(call(kSecurity, "CertStoreAddKey", "<KeyBlob>%%</KeyBlob>").status, numberOf(AmtStatus::invalidParameter));
}

TEST_F(EoiCalls, RevocationLists) {
  EXPECT_EQ(call(kSecurity, "SetCRL",
                 "<Crl><Url>http://ca.vme.test/crl</Url><CrlBlob>" + toBase64(Bytes(10, 1)) + "</CrlBlob></Crl>")
                .status,
            0U);
  const auto read = call(kSecurity, "GetCRL");
  EXPECT_EQ(read.text("Url"), "http://ca.vme.test/crl");
  EXPECT_EQ(read.text("CrlBlob"), toBase64(Bytes(10, 1)));
  EXPECT_EQ(call(kSecurity, "SetCRL", "<Crl><CrlBlob>" + toBase64(Bytes(2000, 1)) + "</CrlBlob></Crl>").status,
            numberOf(AmtStatus::maxLimitReached));
}

TEST_F(EoiCalls, PskPairsAreCheckedForFormOnly) {
  const auto set = [&](std::string_view pid, std::string_view pps) {
    return call(kSecurity, "SetTLSPSK", "<PID>" + std::string(pid) + "</PID><PPS>" + std::string(pps) + "</PPS>")
        .status;
  };
  const std::string pps(32, 'A');
  EXPECT_EQ(set("ABCDEFGH", pps), 0U);
  EXPECT_EQ(set(toBase64(asBytes("ABCDEFGH")), toBase64(asBytes(pps))), 0U);
  EXPECT_EQ(set("ABCDEFG", pps), numberOf(AmtStatus::invalidPidFormat));
  EXPECT_EQ(set("abcdefgh", pps), numberOf(AmtStatus::invalidPidFormat));
  EXPECT_EQ(set("ABCDEFGH", "AAAA"), numberOf(AmtStatus::invalidPpsFormat));
  EXPECT_EQ(call(kSecurity, "SetTLSPSK", "<PID>ABCDEFGH</PID>").status, numberOf(AmtStatus::invalidParameter));
  EXPECT_EQ(call(kSecurity, "GetProvisioningPID").text("PID"), toBase64(asBytes("ABCDEFGH")));
}

TEST_F(EoiCalls, EventLogIsReadNewestFirst) {
  auto me = machine_->me();
  for (std::uint8_t i = 1; i <= 3; ++i) {
    machine::EventRecord record;
    record.sensorNumber = i;
    machine::logEvent(me, record);
  }
  const auto all = call(kEvents, "ReadEventLogRecords", "<StartIndex>1</StartIndex>");
  EXPECT_EQ(all.text("TotalRecordCount"), "3");
  EXPECT_EQ(all.text("RecordsReturned"), "3");
  EXPECT_EQ(all.text("SensorNumber"), "3");
  const auto last = call(kEvents, "ReadEventLogRecords", "<StartIndex>3</StartIndex><RecordCount>5</RecordCount>");
  EXPECT_EQ(last.text("RecordsReturned"), "1");
  EXPECT_EQ(last.text("SensorNumber"), "1");
  EXPECT_EQ(call(kEvents, "ReadEventLogRecords", "<StartIndex>4</StartIndex>").status,
            numberOf(AmtStatus::invalidIndex));
  EXPECT_EQ(call(kEvents, "FreezeEventLog", "<FreezeEventLog>true</FreezeEventLog>").status, 0U);
  EXPECT_EQ(call(kEvents, "GetEventLogStatus").text("IsFrozen"), "true");
  EXPECT_EQ(call(kEvents, "ClearEventLog").status, numberOf(AmtStatus::eventlogFrozen));
  EXPECT_EQ(call(kEvents, "FreezeEventLog", "<FreezeEventLog>false</FreezeEventLog>").status, 0U);
  EXPECT_EQ(call(kEvents, "ClearEventLog").status, 0U);
  EXPECT_EQ(call(kEvents, "ReadEventLogRecords", "<StartIndex>1</StartIndex>").text("RecordsReturned"), "0");
}

TEST_F(EoiCalls, RedirectionListener) {
  EXPECT_EQ(call(kRedirection, "GetRedirectionListenerState").text("RedirectionListenerState"), "false");
  EXPECT_EQ(call(kRedirection, "SetRedirectionListenerState", "<RedirectionListenerState>1</RedirectionListenerState>")
                .status,
            0U);
  EXPECT_TRUE(nvram().interfaces.redirectionListener);
  EXPECT_EQ(call(kSecurity, "SetEnabledInterfaces", "<EnabledInterfaces>Kvm</EnabledInterfaces>").status,
            numberOf(AmtStatus::invalidParameter));
}

TEST_F(EoiCalls, WindowAndFlash) {
  EXPECT_EQ(call(kSecurity, "ExtendProvisioningPeriod", "<Duration>2</Duration>").status,
            numberOf(AmtStatus::invalidProvisioningState));
  machine_->profile.power.flashWritesMax = 1;
  machine_->hot.flashWrites = 1;
  EXPECT_EQ(call(kNetwork, "SetHostName", "<HostName>a</HostName>").status,
            numberOf(AmtStatus::flashWriteLimitExceeded));
  EXPECT_EQ(call(kSecurity, "ResetFlashWearOutProtection").status, 0U);
  EXPECT_EQ(call(kNetwork, "SetHostName", "<HostName>a</HostName>").status, 0U);
}

TEST(EoiWindow, TheServerClosesItWithZero) {
  const auto machine = MachineBuilder("amt-3.2.2").inSetupByPki().build();
  Client client(*machine, "admin", "admin");
  client.inSetup(TlsOffer::Kind::setupPki);
  EXPECT_EQ(client.call(kSecurity, "ExtendProvisioningPeriod", "<Duration>25</Duration>").status,
            numberOf(AmtStatus::invalidParameter));
  EXPECT_EQ(client.call(kSecurity, "ExtendProvisioningPeriod", "<Duration>0</Duration>").status, 0U);
  EXPECT_EQ(machine->hot.state, machine::State::quiet);
}

}  // namespace
}  // namespace vme::firmware

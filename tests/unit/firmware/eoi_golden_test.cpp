// The rows of eoi.md section 8 on a 5.2 machine, byte for byte.

#include <gmock/gmock.h>

#include "machine/power.hpp"
#include "unit/firmware/client.hpp"

namespace vme::firmware {
namespace {

using testing::MachineBuilder;

class EoiGolden : public ::testing::Test {
 protected:
  EoiGolden() {
    machine_ = MachineBuilder("amt-5.2").hostName("vme0001", "lab.example").operational(kPassword).build();
    machine_->identity.mac = {0x00, 0x19, 0xD1, 0x00, 0x00, 0x01};
  }

  /// The child of Body in the answer to that child of Body.
  std::string payload(const EoiTarget& target, std::string_view request) {
    Client client(*machine_);
    const auto response = client.post(target.path, envelopeOf(request));
    EXPECT_EQ(response.status, 200U);
    const auto head = R"(<?xml version="1.0" encoding="UTF-8"?><soap:Envelope xmlns:soap=)"
                      R"("http://schemas.xmlsoap.org/soap/envelope/" xmlns:s0=")" +
                      target.xmlNamespace + R"("><soap:Body>)";
    const std::string tail = "</soap:Body></soap:Envelope>";
    EXPECT_TRUE(response.body.starts_with(head)) << response.body;
    EXPECT_TRUE(response.body.ends_with(tail)) << response.body;
    return response.body.substr(head.size(), response.body.size() - head.size() - tail.size());
  }
  std::string call(const EoiTarget& target, std::string_view operation, std::string_view parameters = {}) {
    return payload(target, operationOf(target, operation, parameters));
  }

  std::unique_ptr<testing::BuiltMachine> machine_;
};

TEST_F(EoiGolden, WholeAnswerWithHeadersAndChunks) {
  Client client(*machine_);
  const auto response = client.post(kSecurity.path, envelopeOf(operationOf(kSecurity, "GetCoreVersion", "")));
  EXPECT_EQ(wire::http::serialize(response),
            "HTTP/1.1 200 OK\r\n"
            "Content-Type: text/xml; charset=UTF-8\r\n"
            "Date: Tue, 11 Aug 2009 00:00:00 GMT\r\n"
            "Cache-Control: no-cache\r\n"
            "Expires: Thu, 26 Oct 1995 00:00:00 GMT\r\n"
            "Transfer-Encoding: chunked\r\n"
            "Server: Intel(R) Active Management Technology 5.2.10\r\n"
            "\r\n"
            "0154\r\n"
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
            "<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\" "
            "xmlns:s0=\"http://schemas.intel.com/platform/client/SecurityAdministration/2004/01\"><soap:Body>"
            "<s0:GetCoreVersionResponse><s0:Status>0</s0:Status><s0:Version>5.2.10</s0:Version>"
            "</s0:GetCoreVersionResponse></soap:Body></soap:Envelope>\r\n"
            "0\r\n\r\n");
}

TEST_F(EoiGolden, HostAndDomainName) {
  EXPECT_EQ(call(kNetwork, "GetHostName"),
            "<s0:GetHostNameResponse><s0:Status>0</s0:Status><s0:HostName>vme0001</s0:HostName>"
            "</s0:GetHostNameResponse>");
  EXPECT_EQ(call(kNetwork, "SetHostName", "<HostName>vme0002</HostName>"),
            "<s0:SetHostNameResponse><s0:Status>0</s0:Status></s0:SetHostNameResponse>");
  EXPECT_EQ(machine_->me().nvram().hostName, "vme0002");
  EXPECT_EQ(call(kNetwork, "GetDomainName"),
            "<s0:GetDomainNameResponse><s0:Status>0</s0:Status><s0:DomainName>lab.example</s0:DomainName>"
            "</s0:GetDomainNameResponse>");
}

TEST_F(EoiGolden, PowerStateAndCapabilities) {
  EXPECT_EQ(call(kRemoteControl, "GetSystemPowerState"),
            "<s0:GetSystemPowerStateResponse><s0:Status>0</s0:Status><s0:SystemPowerState>0</s0:SystemPowerState>"
            "</s0:GetSystemPowerStateResponse>");
  EXPECT_EQ(call(kRemoteControl, "GetRemoteControlCapabilities"),
            "<s0:GetRemoteControlCapabilitiesResponse><s0:Status>0</s0:Status><s0:IanaOemNumber>343</s0:IanaOemNumber>"
            "<s0:OemDefinedCapabilities>31</s0:OemDefinedCapabilities>"
            "<s0:SpecialCommandsSupported>4864</s0:SpecialCommandsSupported>"
            "<s0:SystemCapabilitiesSupported>15</s0:SystemCapabilitiesSupported>"
            "<s0:SystemFirmwareCapabilities>63488</s0:SystemFirmwareCapabilities>"
            "</s0:GetRemoteControlCapabilitiesResponse>");
}

TEST_F(EoiGolden, RemoteControl) {
  machine_->environment.conditions.powerPackage = 3;  // on in all states
  EXPECT_EQ(call(kRemoteControl, "RemoteControl",
                 "<Command>19</Command><IanaOemNumber>343</IanaOemNumber><SpecialCommand>1</SpecialCommand>"),
            "<s0:RemoteControlResponse><s0:Status>0</s0:Status></s0:RemoteControlResponse>");
  EXPECT_EQ(call(kRemoteControl, "RemoteControl", "<Command>18</Command><IanaOemNumber>343</IanaOemNumber>"),
            "<s0:RemoteControlResponse><s0:Status>0</s0:Status></s0:RemoteControlResponse>");
  EXPECT_EQ(call(kRemoteControl, "RemoteControl", "<Command>16</Command><IanaOemNumber>343</IanaOemNumber>"),
            "<s0:RemoteControlResponse><s0:Status>16</s0:Status></s0:RemoteControlResponse>");
}

TEST_F(EoiGolden, PowerDownIsTheLastThatAnMeAnswersWhichIsOnInS0Alone) {
  EXPECT_EQ(call(kRemoteControl, "RemoteControl", "<Command>18</Command><IanaOemNumber>343</IanaOemNumber>"),
            "<s0:RemoteControlResponse><s0:Status>0</s0:Status></s0:RemoteControlResponse>");
  auto me = machine_->me();
  const auto decision = onOpen(me, machine::kHttpPort);
  ASSERT_TRUE(std::holds_alternative<Refuse>(decision));
  EXPECT_EQ(std::get<Refuse>(decision).reason, Reason::meOff);
}

TEST_F(EoiGolden, Interfaces) {
  EXPECT_EQ(call(kNetwork, "EnumerateInterfaces"),
            "<s0:EnumerateInterfacesResponse><s0:Status>0</s0:Status><s0:InterfaceHandles>0</s0:InterfaceHandles>"
            "</s0:EnumerateInterfacesResponse>");
  EXPECT_EQ(call(kNetwork, "SetInterfaceSettings",
                 "<InterfaceHandle>0</InterfaceHandle><InterfaceDescriptor><InterfaceMode>SEPARATE_MAC_ADDRESS"
                 "</InterfaceMode><LinkPolicy>17</LinkPolicy><IPv4Parameters><LocalAddress>3232235786</LocalAddress>"
                 "<SubnetMask>4294967040</SubnetMask><DefaultGatewayAddress>3232235777</DefaultGatewayAddress>"
                 "<PrimaryDnsAddress>3232235777</PrimaryDnsAddress><SecondaryDnsAddress>0</SecondaryDnsAddress>"
                 "</IPv4Parameters></InterfaceDescriptor>"),
            "<s0:SetInterfaceSettingsResponse><s0:Status>0</s0:Status></s0:SetInterfaceSettingsResponse>");
  EXPECT_EQ(call(kNetwork, "GetInterfaceSettings", "<InterfaceHandle>0</InterfaceHandle>"),
            "<s0:GetInterfaceSettingsResponse><s0:Status>0</s0:Status><s0:InterfaceDescriptor>"
            "<s0:HardwareAddressDescription>Wired0</s0:HardwareAddressDescription>"
            "<s0:MACAddress>00-19-D1-00-00-01</s0:MACAddress><s0:InterfaceMode>SEPARATE_MAC_ADDRESS</s0:InterfaceMode>"
            "<s0:LinkPolicy>17</s0:LinkPolicy><s0:DhcpEnabled>false</s0:DhcpEnabled><s0:IPv4Parameters>"
            "<s0:LocalAddress>3232235786</s0:LocalAddress><s0:SubnetMask>4294967040</s0:SubnetMask>"
            "<s0:DefaultGatewayAddress>3232235777</s0:DefaultGatewayAddress>"
            "<s0:PrimaryDnsAddress>3232235777</s0:PrimaryDnsAddress><s0:SecondaryDnsAddress>0</s0:SecondaryDnsAddress>"
            "</s0:IPv4Parameters></s0:InterfaceDescriptor></s0:GetInterfaceSettingsResponse>");
  EXPECT_EQ(call(kNetwork, "SetInterfaceSettings",
                 "<InterfaceHandle>0</InterfaceHandle><InterfaceDescriptor><InterfaceMode>SHARED_MAC_ADDRESS"
                 "</InterfaceMode><LinkPolicy>17</LinkPolicy></InterfaceDescriptor>"),
            "<s0:SetInterfaceSettingsResponse><s0:Status>0</s0:Status></s0:SetInterfaceSettingsResponse>");
  EXPECT_TRUE(machine_->me().nvram().wired.dhcp);
}

TEST_F(EoiGolden, MaskThatAmttoolGarbles) {
  EXPECT_EQ(call(kNetwork, "SetInterfaceSettings",
                 "<InterfaceHandle>0</InterfaceHandle><InterfaceDescriptor><InterfaceMode>SEPARATE_MAC_ADDRESS"
                 "</InterfaceMode><LinkPolicy>17</LinkPolicy><IPv4Parameters><LocalAddress>167835651</LocalAddress>"
                 "<SubnetMask>4294314240</SubnetMask><DefaultGatewayAddress>0</DefaultGatewayAddress>"
                 "<PrimaryDnsAddress>0</PrimaryDnsAddress><SecondaryDnsAddress>0</SecondaryDnsAddress>"
                 "</IPv4Parameters></InterfaceDescriptor>"),
            "<s0:SetInterfaceSettingsResponse><s0:Status>37</s0:Status></s0:SetInterfaceSettingsResponse>");
}

TEST_F(EoiGolden, Accounts) {
  const std::string entry =
      "<EntryEx><DigestUser><Username>oper1</Username><DigestPassword>xuFJBTnTxQMg5zNKb3zWVA==</DigestPassword>"
      "</DigestUser><AccessPermission>AnyAccessPermission</AccessPermission><Realms><Realm>2</Realm><Realm>5</Realm>"
      "</Realms></EntryEx>";
  EXPECT_EQ(call(kSecurity, "AddUserAclEntryEx", entry),
            "<s0:AddUserAclEntryExResponse><s0:Status>0</s0:Status><s0:Handle>1</s0:Handle>"
            "</s0:AddUserAclEntryExResponse>");
  EXPECT_EQ(call(kSecurity, "AddUserAclEntryEx", entry),
            "<s0:AddUserAclEntryExResponse><s0:Status>2058</s0:Status></s0:AddUserAclEntryExResponse>");
  EXPECT_EQ(call(kSecurity, "EnumerateUserAclEntries", "<StartIndex>1</StartIndex>"),
            "<s0:EnumerateUserAclEntriesResponse><s0:Status>0</s0:Status><s0:TotalCount>1</s0:TotalCount>"
            "<s0:HandlesCount>1</s0:HandlesCount><s0:Handles>1</s0:Handles></s0:EnumerateUserAclEntriesResponse>");
  EXPECT_EQ(call(kSecurity, "GetUserAclEntryEx", "<Handle>1</Handle>"),
            "<s0:GetUserAclEntryExResponse><s0:Status>0</s0:Status><s0:EntryEx><s0:DigestUser>"
            "<s0:Username>oper1</s0:Username></s0:DigestUser>"
            "<s0:AccessPermission>AnyAccessPermission</s0:AccessPermission><s0:Realms><s0:Realm>2</s0:Realm>"
            "<s0:Realm>5</s0:Realm></s0:Realms></s0:EntryEx></s0:GetUserAclEntryExResponse>");
  EXPECT_EQ(call(kSecurity, "GetAdminAclEntryStatus"),
            "<s0:GetAdminAclEntryStatusResponse><s0:Status>0</s0:Status><s0:IsDefault>false</s0:IsDefault>"
            "</s0:GetAdminAclEntryStatusResponse>");
  EXPECT_EQ(call(kSecurity, "SetMEBxPassword", "<Password>N3w!Passw0rd</Password>"),
            "<s0:SetMEBxPasswordResponse><s0:Status>0</s0:Status></s0:SetMEBxPasswordResponse>");
  EXPECT_EQ(call(kSecurity, "SetMEBxPassword", "<Password>weak</Password>"),
            "<s0:SetMEBxPasswordResponse><s0:Status>2054</s0:Status></s0:SetMEBxPasswordResponse>");
}

TEST_F(EoiGolden, Clock) {
  EXPECT_EQ(call(kTime, "GetLowAccuracyTimeSynch"),
            "<s0:GetLowAccuracyTimeSynchResponse><s0:Status>0</s0:Status><s0:Ta0>1249948800</s0:Ta0>"
            "</s0:GetLowAccuracyTimeSynchResponse>");
  EXPECT_EQ(call(kTime, "SetHighAccuracyTimeSynch", "<Ta0>1249948800</Ta0><Tm1>1249948810</Tm1><Tm2>1249948810</Tm2>"),
            "<s0:SetHighAccuracyTimeSynchResponse><s0:Status>0</s0:Status></s0:SetHighAccuracyTimeSynchResponse>");
  EXPECT_THAT(call(kTime, "GetLowAccuracyTimeSynch"), ::testing::HasSubstr("<s0:Ta0>1249948810</s0:Ta0>"));
}

TEST_F(EoiGolden, SetUp) {
  EXPECT_EQ(call(kSecurity, "GetProvisioningMode"),
            "<s0:GetProvisioningModeResponse><s0:Status>0</s0:Status><s0:ProvisioningMode>2</s0:ProvisioningMode>"
            "</s0:GetProvisioningModeResponse>");
  EXPECT_EQ(call(kSecurity, "GetZeroTouchConfigurationMode"),
            "<s0:GetZeroTouchConfigurationModeResponse><s0:Status>0</s0:Status><s0:Enabled>true</s0:Enabled>"
            "</s0:GetZeroTouchConfigurationModeResponse>");
  EXPECT_EQ(call(kSecurity, "GetPkiCapabilities"),
            "<s0:GetPkiCapabilitiesResponse><s0:Status>0</s0:Status><s0:PkiCaps><s0:CrlStoreSize>1424</s0:CrlStoreSize>"
            "<s0:RootCertMaxSize>1500</s0:RootCertMaxSize><s0:RootCertMaxInstances>4</s0:RootCertMaxInstances>"
            "<s0:FqdnSuffixMaxEntries>4</s0:FqdnSuffixMaxEntries>"
            "<s0:FqdnSuffixMaxEntryLength>63</s0:FqdnSuffixMaxEntryLength>"
            "<s0:CertChainMaxSize>4100</s0:CertChainMaxSize><s0:SupportedKeyLengths>1024</s0:SupportedKeyLengths>"
            "<s0:SupportedKeyLengths>1536</s0:SupportedKeyLengths><s0:SupportedKeyLengths>2048</s0:SupportedKeyLengths>"
            "</s0:PkiCaps></s0:GetPkiCapabilitiesResponse>");
  EXPECT_EQ(call(kSecurity, "CommitChanges"),
            "<s0:CommitChangesResponse><s0:Status>0</s0:Status></s0:CommitChangesResponse>");
}

TEST(EoiGoldenRealm, OfAnOlderFirmware) {
  auto machine = MachineBuilder("amt-3.0").operational(kPassword).build();
  machine->identity.uuid = *Uuid::parse("4B4B4544-0032-4610-8034-CAC04F543153");
  auto me = machine->me();
  // The password hash depends on the realm, so the admin is set anew.
  machine::setAdmin(me, "admin", wire::digestHash("admin", machine::digestRealm(me), kPassword));
  EXPECT_EQ(Client(*machine).call(kSecurity, "GetDigestRealm").text("DigestRealm"),
            "Intel(R) AMT (ID:4B4B4544-0032-4610-8034-CAC04F543153)");
}

TEST(EoiGoldenOtp, DuringSetup) {
  const auto machine = MachineBuilder("amt-5.2").otp("password123").inSetupByPki().build();
  Client client(*machine, "admin", "admin");
  const auto answer = client.inSetup(TlsOffer::Kind::setupPki).call(kSecurity, "GetProvisioningServerOTP");
  EXPECT_EQ(answer.text("OTP"), "cGFzc3dvcmQxMjM=");
}

}  // namespace
}  // namespace vme::firmware

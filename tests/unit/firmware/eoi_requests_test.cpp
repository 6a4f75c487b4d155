// What clients send, and what is no call: faults, forms of the field, realms.

#include <gmock/gmock.h>

#include "unit/firmware/client.hpp"

namespace vme::firmware {
namespace {

using ::testing::HasSubstr;
using testing::MachineBuilder;

class EoiRequests : public ::testing::Test {
 protected:
  wire::http::Response post(std::string body, std::string path = kSecurity.path) {
    return client_.post(std::move(path), std::move(body));
  }
  void expectFault(const wire::http::Response& response, const std::string& code, const std::string& text) {
    EXPECT_EQ(response.status, 500U);
    EXPECT_TRUE(response.close);
    EXPECT_THAT(response.body, HasSubstr("<soap:Fault><faultcode>soap:" + code + "</faultcode><faultstring>" + text +
                                         "</faultstring></soap:Fault>"));
  }
  std::string version() { return operationOf(kSecurity, "GetCoreVersion", ""); }

  std::unique_ptr<testing::BuiltMachine> machine_ = MachineBuilder("amt-5.2").operational(kPassword).build();
  Client client_{*machine_};
};

TEST_F(EoiRequests, AmttoolForm) {
  const auto response = post(
      R"(<?xml version="1.0" encoding="UTF-8"?><soap:Envelope xmlns:soapenc="http://schemas.xmlsoap.org/soap/encoding/")"
      R"( soap:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/" xmlns:xsd="http://www.w3.org/2001/XMLSchema")"
      R"( xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">)"
      R"(<soap:Body><GetCoreVersion xmlns="http://schemas.intel.com/platform/client/SecurityAdministration/2004/01")"
      R"( xsi:nil="true" /></soap:Body></soap:Envelope>)");
  EXPECT_THAT(response.body, HasSubstr("<s0:Status>0</s0:Status><s0:Version>5.2.10</s0:Version>"));
}

TEST_F(EoiRequests, AmtcFormWithLinesAndIndentation) {
  const auto response = post(
      "\n<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
      "<soap:Envelope xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"\n"
      "  xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\">\n  <soap:Body>\n"
      "    <GetSystemPowerState xmlns=\"http://schemas.intel.com/platform/client/RemoteControl/2004/01\"\n"
      "      xsi:nil=\"true\" />\n  </soap:Body>\n</soap:Envelope>\n",
      kRemoteControl.path);
  EXPECT_THAT(response.body, HasSubstr("<s0:Status>0</s0:Status><s0:SystemPowerState>0</s0:SystemPowerState>"));
}

TEST_F(EoiRequests, GsoapFormWithPrefixes) {
  const auto response = post(
      R"(<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/" xmlns:net=)"
      R"("http://schemas.intel.com/platform/client/NetworkAdministration/2004/01" xmlns:sai=)"
      R"("http://schemas.intel.com/platform/client/SecurityAdministration/2004/01"><SOAP-ENV:Body>)"
      R"(<net:SetHostName><net:HostName>vme0002</net:HostName></net:SetHostName></SOAP-ENV:Body></SOAP-ENV:Envelope>)",
      kNetwork.path);
  EXPECT_EQ(Client::answerOf(response).status, 0U);
  EXPECT_EQ(machine_->me().nvram().hostName, "vme0002");
}

TEST_F(EoiRequests, ParametersInAnyOrderAndDepth) {
  const auto answer = client_.call(kSecurity, "AddUserAclEntryEx",
                                   "<Entry><Realms><Realm>RemoteControlRealm</Realm><Realm>4</Realm></Realms>"
                                   "<Deeper><Unknown>1</Unknown><DigestPassword>xuFJBTnTxQMg5zNKb3zWVA=="
                                   "</DigestPassword></Deeper><Username>oper1</Username>"
                                   "<AccessPermission>1</AccessPermission></Entry>");
  ASSERT_EQ(answer.status, 0U);
  const auto& entry = machine_->me().nvram().acl.at(0);
  EXPECT_EQ(entry.user, "oper1");
  EXPECT_EQ(entry.access, machine::AccessPermission::network);
  EXPECT_EQ(entry.realms, wire::RealmSet::of({wire::Realm::hardwareAsset, wire::Realm::remoteControl}));
}

TEST_F(EoiRequests, MissingOrUnreadableParametersAreInvalid) {
  const auto invalid = numberOf(wire::AmtStatus::invalidParameter);
  EXPECT_EQ(client_.call(kNetwork, "SetHostName").status, invalid);
  EXPECT_EQ(client_.call(kSecurity, "RemoveUserAclEntry", "<Handle>one</Handle>").status, invalid);
  EXPECT_EQ(client_.call(kSecurity, "RemoveUserAclEntry", "<Handle>4294967296</Handle>").status, invalid);
  EXPECT_EQ(client_.call(kSecurity, "RemoveUserAclEntry", "<Handle>-1</Handle>").status, invalid);
  EXPECT_EQ(client_.call(kNetwork, "SetPingResponse", "<Enabled>yes</Enabled>").status, invalid);
  EXPECT_EQ(client_
                .call(kSecurity, "SetAdminAclEntryEx",
                      "<EntryEx><Username>admin</Username><DigestPassword>c2hvcnQ=</DigestPassword></EntryEx>")
                .status,
            invalid);
  const auto& name = "<EntryEx><Username>u</Username><DigestPassword>xuFJBTnTxQMg5zNKb3zWVA==</DigestPassword>";
  EXPECT_EQ(client_.call(kSecurity, "AddUserAclEntryEx", std::string(name) + "<Realm>99</Realm></EntryEx>").status,
            numberOf(wire::AmtStatus::invalidRealm));
}

TEST_F(EoiRequests, MalformedXmlIsAFault) {
  const auto whole = envelopeOf(version());
  expectFault(post(""), "Client", "Malformed request");
  expectFault(post("not xml"), "Client", "Malformed request");
  expectFault(post(whole.substr(0, whole.size() - 5)), "Client", "Malformed request");
  expectFault(post(envelopeOf("")), "Client", "Malformed request");
  expectFault(post("<Letter/>"), "Client", "Malformed request");
  EXPECT_TRUE(client_.noted(Reason::malformedSoap));
}

TEST_F(EoiRequests, CutAtEveryByteItIsAFaultOrTheAnswer) {
  const auto whole = envelopeOf(version());
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_EQ(post(whole.substr(0, length)).status, 500U) << length;
  }
  EXPECT_EQ(post(whole).status, 200U);
}

TEST_F(EoiRequests, DocumentTypesAndEntitiesAreRefused) {
  expectFault(post("<!DOCTYPE a [<!ENTITY x \"y\">]>" + envelopeOf(version()).substr(38)), "Client",
              "Malformed request");
}

TEST_F(EoiRequests, Soap12IsAVersionMismatch) {
  auto body = envelopeOf(version());
  const std::string old = "http://schemas.xmlsoap.org/soap/envelope/";
  body.replace(body.find(old), old.size(), "http://www.w3.org/2003/05/soap-envelope");
  expectFault(post(body), "VersionMismatch", "SOAP version mismatch");
}

TEST_F(EoiRequests, UnknownOperationsAndWrongNamespacesAreFaults) {
  expectFault(post(envelopeOf(operationOf(kSecurity, "GetUuid", ""))), "Client", "Unknown operation");
  expectFault(post(envelopeOf(operationOf(kNetwork, "GetCoreVersion", ""))), "Client", "Unknown operation");
  expectFault(post(envelopeOf(operationOf(kNetwork, "GetHostName", ""))), "Client", "Unknown operation");
  expectFault(post(envelopeOf("<GetCoreVersion/>")), "Client", "Unknown operation");
  EXPECT_TRUE(client_.noted(Reason::unknownOperation));
}

TEST_F(EoiRequests, WhatIsNotBuiltSaysUnsupported) {
  const auto unsupported = numberOf(wire::AmtStatus::unsupported);
  EXPECT_EQ(client_.call(kSecurity, "GeneratePKCS10Request").status, unsupported);
  EXPECT_EQ(client_.call(kNetwork, "Get8021XWiredProfile").status, unsupported);
  EXPECT_EQ(client_.call(EoiTarget::of("HardwareAsset"), "EnumerateAssetTypes").status, unsupported);
  EXPECT_EQ(client_.call(EoiTarget::of("Storage"), "GetMTU").status, unsupported);
  EXPECT_EQ(client_.call(EoiTarget::of("FirmwareUpdate"), "AnythingAtAll").status, unsupported);
  EXPECT_EQ(
      client_
          .call({"/AgentWatchdogRemoteService", "http://schemas.intel.com/2004/12/management/PC/AgentWatchdogRemote"},
                "ConsoleWatchdogEnumerate")
          .status,
      unsupported);
}

TEST_F(EoiRequests, RealmsDecideWhoMayCallWhat) {
  auto me = machine_->me();
  machine::AclEntry entry{.user = "oper1", .kerberosSid = {}};
  entry.ha1 = wire::digestHash("oper1", machine::digestRealm(me), kPassword);
  entry.realms = wire::RealmSet::of({wire::Realm::remoteControl, wire::Realm::eventLogReader});
  std::uint32_t handle = 0;
  ASSERT_EQ(machine::addUser(me, entry, handle), wire::AmtStatus::success);

  Client oper(*machine_, "oper1");
  EXPECT_EQ(oper.call(kRemoteControl, "GetSystemPowerState").status, 0U);
  EXPECT_EQ(oper.call(kSecurity, "GetCoreVersion").status, 0U) << "open to every user";
  EXPECT_EQ(oper.call(kEvents, "GetEventLogStatus").status, 0U) << "readers may read";
  EXPECT_EQ(oper.call(kEvents, "ClearEventLog").status, 16U) << "but not clear";
  const auto refused = oper.call(kNetwork, "SetHostName", "<HostName>mine</HostName>");
  EXPECT_EQ(refused.http, 200U);
  EXPECT_THAT(refused.body, HasSubstr("<s0:SetHostNameResponse><s0:Status>16</s0:Status></s0:SetHostNameResponse>"));
  EXPECT_TRUE(oper.noted(Reason::realmMissing));
  EXPECT_EQ(machine_->me().nvram().hostName, "");

  entry.realms.add(wire::Realm::ptAdministration);
  ASSERT_EQ(machine::updateUser(me, handle, entry), wire::AmtStatus::success);
  EXPECT_EQ(oper.call(kNetwork, "SetHostName", "<HostName>mine</HostName>").status, 0U) << "administration is all";
}

TEST_F(EoiRequests, StatusComesFirstAndOutputsOnlyWithSuccess) {
  const auto answer = client_.call(kSecurity, "GetUserAclEntryEx", "<Handle>9</Handle>");
  EXPECT_THAT(answer.body, HasSubstr("<s0:GetUserAclEntryExResponse><s0:Status>2053</s0:Status>"
                                     "</s0:GetUserAclEntryExResponse>"));
}

TEST_F(EoiRequests, TextIsEscaped) {
  auto me = machine_->me();
  me.change().domainName = "a<b>&\"c";
  EXPECT_THAT(client_.call(kNetwork, "GetDomainName").body, HasSubstr(">a&lt;b&gt;&amp;&quot;c<"));
}

}  // namespace
}  // namespace vme::firmware

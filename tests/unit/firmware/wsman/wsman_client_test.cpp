// Requests in the forms that known clients send (wsman.md 2.1, 7.7, 8).

#include "unit/firmware/wsman/wsman_machine.hpp"

namespace vme::firmware::wsman {
namespace {

TEST(WsmanClient, WinRm) {
  WsmanMachine machine;
  const auto answer = machine.post(
      R"(<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope")"
      R"( xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing")"
      R"( xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd")"
      R"( xmlns:p="http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd"><s:Header>)"
      R"(<a:To>https://me-0001.vme.test:16993/wsman</a:To>)"
      R"(<w:ResourceURI s:mustUnderstand="true">http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_SoftwareIdentity)"
      R"(</w:ResourceURI><a:ReplyTo><a:Address s:mustUnderstand="true">)"
      R"(http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:Address></a:ReplyTo>)"
      R"(<a:Action s:mustUnderstand="true">http://schemas.xmlsoap.org/ws/2004/09/transfer/Get</a:Action>)"
      R"(<w:MaxEnvelopeSize s:mustUnderstand="true">153600</w:MaxEnvelopeSize>)"
      R"(<a:MessageID>uuid:6C4A3E2B-0D5F-4B3C-8C9F-0A0B0C0D0E0F</a:MessageID>)"
      R"(<w:Locale xml:lang="en-US" s:mustUnderstand="false"/><p:DataLocale xml:lang="en-US" s:mustUnderstand="false"/>)"
      R"(<w:SelectorSet><w:Selector Name="InstanceID">AMT</w:Selector></w:SelectorSet>)"
      R"(<w:OperationTimeout>PT60.000S</w:OperationTimeout></s:Header><s:Body/></s:Envelope>)");
  EXPECT_EQ(answer.fault(), "") << answer.http.body;
  EXPECT_EQ(answer.text("VersionString"), machine.profile().identity.version);
  EXPECT_EQ(answer.header("RelatesTo"), "uuid:6C4A3E2B-0D5F-4B3C-8C9F-0A0B0C0D0E0F");
}

TEST(WsmanClient, OpenWsmanEnumeratesOneByOne) {
  WsmanMachine machine;
  const auto head = std::string(R"(<?xml version="1.0" encoding="UTF-8"?>
<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"
    xmlns:wsa="http://schemas.xmlsoap.org/ws/2004/08/addressing"
    xmlns:wsman="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"
    xmlns:wsen="http://schemas.xmlsoap.org/ws/2004/09/enumeration">
  <s:Header>
    <wsa:To s:mustUnderstand="true">http://10.0.0.9:16992/wsman</wsa:To>
    <wsman:ResourceURI s:mustUnderstand="true">
        http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ComputerSystem</wsman:ResourceURI>
    <wsa:ReplyTo>
      <wsa:Address>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</wsa:Address>
    </wsa:ReplyTo>
    <wsa:MessageID s:mustUnderstand="true">uuid:5d7a1c9e</wsa:MessageID>
    <wsa:Action s:mustUnderstand="true">http://schemas.xmlsoap.org/ws/2004/09/enumeration/)");
  const auto enumerate = machine.post(head + R"(Enumerate</wsa:Action></s:Header><s:Body><wsen:Enumerate>
      <wsman:OptimizeEnumeration/><wsman:MaxElements>1</wsman:MaxElements></wsen:Enumerate></s:Body></s:Envelope>)");
  ASSERT_EQ(enumerate.fault(), "") << enumerate.http.body;
  const auto pull = machine.post(head + "Pull</wsa:Action></s:Header><s:Body><wsen:Pull>\n<wsen:EnumerationContext>" +
                                 enumerate.text("EnumerationContext") +
                                 "</wsen:EnumerationContext>\n</wsen:Pull></s:Body></s:Envelope>");
  EXPECT_EQ(childCount(wire::childNamed(pull.body(), "Items")), 1U);
  EXPECT_FALSE(pull.text("EnumerationContext").empty());
}

TEST(WsmanClient, PythonAmtWithItsNamespacedSelectorAttribute) {
  WsmanMachine machine;
  const auto answer = machine.get(
      "AMT_TLSSettingData",
      R"(<wsman:SelectorSet xmlns:wsman="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd">)"
      R"(<wsman:Selector wsman:Name="InstanceID">Intel(r) AMT LMS TLS Settings</wsman:Selector></wsman:SelectorSet>)");
  EXPECT_EQ(answer.text("ElementName"), "Intel(r) AMT LMS TLS Settings");
}

TEST(WsmanClient, ParametersWithoutNamespaceAndAnEmptyBody) {
  WsmanMachine machine;
  constexpr std::string_view kSetup = "AMT_SetupAndConfigurationService";
  EXPECT_EQ(machine.invoke(kSetup, "SetMEBxPassword", R"(<Password xmlns="">P@ssw0rd1</Password>)").text("ReturnValue"),
            "0");
  EXPECT_EQ(machine.post(WsmanMachine::envelope(uri::ofClass(kSetup) + "/ResetFlashWearOutProtection", kSetup, ""))
                .text("ReturnValue"),
            "0");
}

TEST(WsmanClient, ReferenceAddressesPlayNoPart) {
  WsmanMachine machine;
  for (const std::string_view address : {"/wsman", "default", "http://schemas.xmlsoap.org/ws/2004/08/addressing"}) {
    auto reference =
        WsmanMachine::reference("CIM_BootConfigSetting", "InstanceID", "Intel(r) AMT: Boot Configuration 0");
    reference.replace(reference.find("/wsman"), 6, address);
    EXPECT_EQ(machine
                  .invoke("CIM_BootService", "SetBootConfigRole",
                          "<r:BootConfigSetting>" + reference + "</r:BootConfigSetting><r:Role>1</r:Role>")
                  .text("ReturnValue"),
              "0");
  }
}

TEST(WsmanClient, NilStandsForAbsent) {
  WsmanMachine machine;
  EXPECT_EQ(machine
                .put("AMT_GeneralSettings",
                     R"(<r:HostName xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true"/>)")
                .fault(),
            "");
  EXPECT_EQ(machine.overlay, nullptr);
}

}  // namespace
}  // namespace vme::firmware::wsman

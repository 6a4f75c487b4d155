// The exact bytes of answers (wsman.md 1.2, 2.3, 4, 6.1).

#include "unit/firmware/wsman/wsman_machine.hpp"

namespace vme::firmware::wsman {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(WsmanEnvelope, GetAnswersTheBytesOfTheReference) {
  WsmanMachine machine;
  machine.hot.answers = 0x1A;
  const auto answer = machine.get("AMT_CryptographicCapabilities");
  EXPECT_EQ(
      answer.http.body,
      R"(<?xml version="1.0" encoding="UTF-8"?><a:Envelope xmlns:a="http://www.w3.org/2003/05/soap-envelope")"
      R"( xmlns:b="http://schemas.xmlsoap.org/ws/2004/08/addressing")"
      R"( xmlns:c="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd")"
      R"( xmlns:d="http://schemas.xmlsoap.org/ws/2005/02/trust")"
      R"( xmlns:e="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd")"
      R"( xmlns:f="http://schemas.dmtf.org/wbem/wsman/1/cimbinding.xsd")"
      R"( xmlns:g="http://intel.com/wbem/wscim/1/amt-schema/1/AMT_CryptographicCapabilities")"
      R"( xmlns:h="http://schemas.dmtf.org/wbem/wscim/1/common")"
      R"( xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><a:Header>)"
      R"(<b:To>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</b:To><b:RelatesTo>7</b:RelatesTo>)"
      R"(<b:Action a:mustUnderstand="true">http://schemas.xmlsoap.org/ws/2004/09/transfer/GetResponse</b:Action>)"
      R"(<b:MessageID>uuid:00000000-8086-8086-8086-00000000001B</b:MessageID>)"
      R"(<c:ResourceURI>http://intel.com/wbem/wscim/1/amt-schema/1/AMT_CryptographicCapabilities</c:ResourceURI>)"
      R"(</a:Header><a:Body><g:AMT_CryptographicCapabilities>)"
      R"(<g:ElementName>Intel(r) AMT: Cryptographic Capabilities</g:ElementName>)"
      R"(<g:HardwareAcceleration>1</g:HardwareAcceleration>)"
      R"(<g:InstanceID>Intel(r) AMT: Cryptographic Capabilities 0</g:InstanceID>)"
      R"(</g:AMT_CryptographicCapabilities></a:Body></a:Envelope>)");
}

TEST(WsmanEnvelope, HeadersAreThoseOfTheCapture) {
  WsmanMachine machine;
  machine.now = MeTime{1'643'624'584'000};
  const auto bytes = wire::http::serialize(machine.get("AMT_CryptographicCapabilities").http);
  EXPECT_THAT(bytes, StartsWith("HTTP/1.1 200 OK\r\n"
                                "Date: Mon, 31 Jan 2022 10:23:04 GMT\r\n"
                                "Server: Intel(R) Active Management Technology 3.2.2\r\n"
                                "Content-Type: application/soap+xml; charset=UTF-8\r\n"
                                "Transfer-Encoding: chunked\r\n\r\n0220\r\n<?xml"));
}

TEST(WsmanEnvelope, FaultHasItsOwnNamespacesAndNoResourceUri) {
  WsmanMachine machine;
  const auto answer = machine.get("AMT_NoSuchClass");
  EXPECT_EQ(answer.http.status, 400U);
  EXPECT_TRUE(answer.http.close);
  EXPECT_EQ(
      answer.http.body,
      R"(<?xml version="1.0" encoding="UTF-8"?><a:Envelope)"
      R"( xmlns:g="http://schemas.dmtf.org/wbem/wsman/1/cimbinding.xsd")"
      R"( xmlns:f="http://schemas.xmlsoap.org/ws/2004/08/eventing")"
      R"( xmlns:e="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd")"
      R"( xmlns:d="http://schemas.xmlsoap.org/ws/2004/09/transfer")"
      R"( xmlns:c="http://schemas.xmlsoap.org/ws/2004/09/enumeration")"
      R"( xmlns:b="http://schemas.xmlsoap.org/ws/2004/08/addressing")"
      R"( xmlns:a="http://www.w3.org/2003/05/soap-envelope")"
      R"( xmlns:h="http://schemas.xmlsoap.org/ws/2005/02/trust")"
      R"( xmlns:i="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd")"
      R"( xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><a:Header>)"
      R"(<b:To>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</b:To><b:RelatesTo>7</b:RelatesTo>)"
      R"(<b:Action a:mustUnderstand="true">http://schemas.xmlsoap.org/ws/2004/08/addressing/fault</b:Action>)"
      R"(<b:MessageID>uuid:00000000-8086-8086-8086-000000000001</b:MessageID></a:Header><a:Body><a:Fault><a:Code>)"
      R"(<a:Value>a:Sender</a:Value><a:Subcode><a:Value>b:DestinationUnreachable</a:Value></a:Subcode></a:Code>)"
      R"(<a:Reason><a:Text xml:lang="en-US">No route can be determined to reach the destination role defined by the )"
      R"(WSAddressing To.</a:Text></a:Reason><a:Detail></a:Detail></a:Fault></a:Body></a:Envelope>)");
}

TEST(WsmanEnvelope, MessageNumbersCountAnswersAndFaults) {
  WsmanMachine machine;
  machine.get("AMT_NoSuchClass");
  EXPECT_THAT(machine.get("AMT_GeneralSettings").header("MessageID"), EndsWith("0002"));
}

TEST(WsmanEnvelope, RelatesToEchoesAnyText) {
  WsmanMachine machine;
  auto body = WsmanMachine::envelope("http://schemas.xmlsoap.org/ws/2004/09/transfer/Get", "AMT_GeneralSettings", "");
  body.replace(body.find(">7<"), 3, ">uuid:a&amp;b&lt;c<");
  const auto answer = machine.post(body);
  EXPECT_EQ(answer.header("RelatesTo"), "uuid:a&b<c");
  EXPECT_THAT(answer.http.body, HasSubstr("uuid:a&amp;b&lt;c"));
}

TEST(WsmanEnvelope, MethodAnswerHasOutputsBeforeReturnValue) {
  WsmanMachine machine;
  const auto answer = machine.invoke("AMT_TimeSynchronizationService", "GetLowAccuracyTimeSynch");
  EXPECT_EQ(
      answer.header("Action"),
      "http://intel.com/wbem/wscim/1/amt-schema/1/AMT_TimeSynchronizationService/GetLowAccuracyTimeSynchResponse");
  EXPECT_THAT(answer.http.body, HasSubstr("<g:GetLowAccuracyTimeSynch_OUTPUT><g:Ta0>1700000000</g:Ta0>"
                                          "<g:ReturnValue>0</g:ReturnValue></g:GetLowAccuracyTimeSynch_OUTPUT>"));
}

TEST(WsmanEnvelope, DatetimeIsNestedInTheCommonNamespace) {
  WsmanMachine machine;
  EXPECT_THAT(machine.get("CIM_BIOSElement").http.body,
              HasSubstr("<g:ReleaseDate><h:Datetime>2008-08-10T00:00:00Z</h:Datetime></g:ReleaseDate>"));
}

TEST(WsmanEnvelope, IdentifyHasAnEmptyHeaderAndFixedOrder) {
  WsmanMachine machine;
  const auto answer = machine.post(R"(<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope")"
                                   R"( xmlns:wsmid="http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd">)"
                                   R"(<s:Header/><s:Body><wsmid:Identify/></s:Body></s:Envelope>)");
  EXPECT_EQ(answer.http.status, 200U);
  EXPECT_THAT(answer.http.body,
              HasSubstr("<a:Header></a:Header><a:Body><b:IdentifyResponse>"
                        "<b:ProtocolVersion>http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd</b:ProtocolVersion>"
                        "<b:ProductVendor>Intel(r)</b:ProductVendor><b:ProductVersion>AMT 3.2</b:ProductVersion>"
                        "<c:DASHVersion>1.0.0</c:DASHVersion><b:SecurityProfiles>"));
  EXPECT_EQ(machine.hot.answers, 0U);
}

TEST(WsmanEnvelope, BeforeDashThereIsNoDashVersion) {
  WsmanMachine machine("amt-3.0");
  const auto answer = machine.post(
      R"(<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>)"
      R"(<i:Identify xmlns:i="http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd"/></s:Body></s:Envelope>)");
  EXPECT_EQ(answer.text("ProductVersion"), "AMT 3.0");
  EXPECT_THAT(answer.http.body, ::testing::Not(HasSubstr("DASHVersion")));
}

}  // namespace
}  // namespace vme::firmware::wsman

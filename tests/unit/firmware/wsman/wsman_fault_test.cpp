// Every fault that this firmware can give, and what provokes it (wsman.md 6.2).

#include "unit/firmware/wsman/wsman_credentials.hpp"
#include "unit/firmware/wsman/wsman_machine.hpp"

namespace vme::firmware::wsman {
namespace {

constexpr std::string_view kGet = "http://schemas.xmlsoap.org/ws/2004/09/transfer/Get";
constexpr std::string_view kSettings = "AMT_GeneralSettings";

std::string without(std::string body, std::string_view from, std::string_view to) {
  const auto start = body.find(from);
  const auto end = body.find(to, start) + to.size();
  return body.erase(start, end - start);
}

struct Refused {
  std::string_view name;
  std::string body;
  std::string_view fault;
  unsigned status;
};
void PrintTo(const Refused& refused, std::ostream* out) {
  *out << refused.name;
}

std::vector<Refused> refusals() {
  const auto good = WsmanMachine::envelope(kGet, kSettings, "");
  const auto with = [](std::string_view headers, std::string_view className = kSettings) {
    return WsmanMachine::envelope(kGet, className, "", headers);
  };
  const auto filter = [](std::string_view dialect) {
    std::string body(R"(<n:Enumerate xmlns:n="http://schemas.xmlsoap.org/ws/2004/09/enumeration"><w:Filter Dialect=")");
    body.append(dialect).append(R"(">x</w:Filter></n:Enumerate>)");
    return WsmanMachine::envelope("http://schemas.xmlsoap.org/ws/2004/09/enumeration/Enumerate", kSettings, body);
  };
  return {
      {"NoXml", "hello", "e:SchemaValidationError", 400},
      {"Empty", "", "e:SchemaValidationError", 400},
      {"Doctype", "<!DOCTYPE x>" + good.substr(good.find("?>") + 2), "e:SchemaValidationError", 400},
      {"Cut", good.substr(0, good.size() - 5), "e:SchemaValidationError", 400},
      {"Soap11", R"(<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body/></e:Envelope>)",
       "e:SchemaValidationError", 400},
      {"NoBody", R"(<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"/>)", "e:SchemaValidationError", 400},
      {"Utf16", std::string("\xFF\xFE<\0?\0", 6), "e:EncodingLimit", 400},
      {"NoAction", without(good, "<a:Action>", "</a:Action>"), "b:MessageInformationHeaderRequired", 400},
      {"NoTo", without(good, "<a:To>", "</a:To>"), "b:MessageInformationHeaderRequired", 400},
      {"NoMessageId", without(good, "<a:MessageID>", "</a:MessageID>"), "b:MessageInformationHeaderRequired", 400},
      {"NoResourceUri", without(good, "<w:ResourceURI>", "</w:ResourceURI>"), "b:MessageInformationHeaderRequired",
       400},
      {"EmptyAction", WsmanMachine::envelope("", kSettings, ""), "b:InvalidMessageInformationHeader", 400},
      {"UnknownAction", WsmanMachine::envelope("http://example.test/Do", kSettings, ""), "b:ActionNotSupported", 400},
      {"UnknownMethod", WsmanMachine::envelope(uri::ofClass(kSettings) + "/Nothing", kSettings, ""),
       "b:ActionNotSupported", 400},
      {"MethodOfAnotherClass",
       WsmanMachine::envelope(uri::ofClass("AMT_TimeSynchronizationService") + "/GetLowAccuracyTimeSynch", kSettings,
                              ""),
       "b:ActionNotSupported", 400},
      {"SmallEnvelope", with("<w:MaxEnvelopeSize>49999</w:MaxEnvelopeSize>"), "e:EncodingLimit", 400},
      {"BadEnvelopeSize", with("<w:MaxEnvelopeSize>many</w:MaxEnvelopeSize>"), "e:SchemaValidationError", 400},
      {"OptionSet", with(R"(<w:OptionSet xmlns:s="http://www.w3.org/2003/05/soap-envelope" s:mustUnderstand="true"/>)"),
       "a:MustUnderstand", 500},
      {"UnknownHeader",
       with(R"(<x:New xmlns:x="urn:x" xmlns:s="http://www.w3.org/2003/05/soap-envelope" )"
            R"(s:mustUnderstand="1"/>)"),
       "a:MustUnderstand", 500},
      {"Fragment", with("<w:FragmentTransfer>HostName</w:FragmentTransfer>"), "e:UnsupportedFeature", 400},
      {"Locale",
       with(R"(<w:Locale xml:lang="de" xmlns:s="http://www.w3.org/2003/05/soap-envelope" )"
            R"(s:mustUnderstand="true"/>)"),
       "e:UnsupportedFeature", 400},
      {"Polymorphism",
       with(R"(<p:PolymorphismMode xmlns:p="http://schemas.dmtf.org/wbem/wsman/1/cimbinding.xsd">None)"
            R"(</p:PolymorphismMode>)"),
       "e:UnsupportedFeature", 400},
      {"UnknownSelector", with(WsmanMachine::selectors("Colour", "red")), "e:InvalidSelectors", 400},
      {"NoKeySelector", with(WsmanMachine::selectors("HostName", "")), "e:InvalidSelectors", 400},
      {"NoSuchInstance", with(WsmanMachine::selectors("InstanceID", "none")), "e:InvalidSelectors", 400},
      {"SelectorTwice",
       with(R"(<w:SelectorSet><w:Selector Name="InstanceID">a</w:Selector>)"
            R"(<w:Selector Name="InstanceID">b</w:Selector></w:SelectorSet>)"),
       "e:InvalidSelectors", 400},
      {"Ambiguous", with("", "CIM_SoftwareIdentity"), "e:InvalidSelectors", 400},
      {"NewerClass", with("", "IPS_HostBasedSetupService"), "b:DestinationUnreachable", 400},
      {"LaterClass", with("", "AMT_AlarmClockService"), "b:DestinationUnreachable", 400},
      {"SuperclassGet", with("", "CIM_ServiceAvailableToElement"), "b:DestinationUnreachable", 400},
      {"WrongFamily", WsmanMachine::envelope(kGet, kSettings, "").replace(good.find("amt-schema"), 10, "cim-schema"),
       "b:DestinationUnreachable", 400},
      {"KnownFilter", filter("http://schemas.dmtf.org/wbem/wsman/1/wsman/SelectorFilter"), "c:CannotProcessFilter",
       400},
      {"XPath", filter("http://www.w3.org/TR/1999/REC-xpath-19991116"), "c:FilterDialectRequestedUnavailable", 400},
  };
}

class WsmanRefusal : public ::testing::TestWithParam<Refused> {};

TEST_P(WsmanRefusal, IsTheFaultOfTheTable) {
  WsmanMachine machine;
  const auto answer = machine.post(GetParam().body);
  EXPECT_EQ(answer.fault(), GetParam().fault) << answer.http.body;
  EXPECT_EQ(answer.http.status, GetParam().status);
  EXPECT_TRUE(answer.http.close);
  EXPECT_TRUE(answer.http.chunked);
  EXPECT_FALSE(answer.stores);
  EXPECT_EQ(machine.overlay, nullptr);
}

INSTANTIATE_TEST_SUITE_P(Each, WsmanRefusal, ::testing::ValuesIn(refusals()),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(WsmanFault, GoodRequestIsNoneOfThem) {
  WsmanMachine machine;
  EXPECT_EQ(machine.get(kSettings).fault(), "");
}

TEST(WsmanFault, EnvelopeCutAnywhereIsSchemaValidationError) {
  WsmanMachine machine;
  const auto good = WsmanMachine::envelope(kGet, kSettings, "");
  for (std::size_t size = 0; size < good.size(); ++size) {
    ASSERT_EQ(machine.post(good.substr(0, size)).fault(), "e:SchemaValidationError") << size;
  }
}

TEST(WsmanFault, RequestOverTheLimitIsEncodingLimit) {
  WsmanMachine machine;
  const auto padding = "<!--" + std::string(machine.profile().api.httpBodyMax, ' ') + "-->";
  EXPECT_EQ(machine.post(WsmanMachine::envelope(kGet, kSettings, padding)).fault(), "e:EncodingLimit");
}

TEST(WsmanFault, OptionalOptionSetAndUnknownHeadersAreIgnored) {
  WsmanMachine machine;
  EXPECT_EQ(
      machine.get(kSettings, R"(<w:OptionSet><w:Option Name="x">1</w:Option></w:OptionSet><y xmlns="urn:y"/>)").fault(),
      "");
}

TEST(WsmanFault, LoginWithoutTheRealmIsDenied) {
  WsmanMachine machine;
  machine.login = {.ha1 = {}, .realms = wire::RealmSet::of({wire::Realm::generalInfo}), .isAdmin = false, .handle = 1};
  EXPECT_EQ(machine.get(kSettings).fault(), "");
  EXPECT_EQ(machine.get("AMT_TLSSettingData").fault(), "e:AccessDenied");
  EXPECT_EQ(machine.enumerate("AMT_TLSSettingData").fault(), "e:AccessDenied");
  EXPECT_EQ(machine.put(kSettings, "<HostName>x</HostName>").fault(), "e:AccessDenied");
  EXPECT_EQ(machine.invoke("AMT_SetupAndConfigurationService", "CommitChanges").fault(), "e:AccessDenied");
  EXPECT_EQ(machine.remove("AMT_TLSCredentialContext").fault(), "e:AccessDenied");
  EXPECT_EQ(machine.overlay, nullptr);
  ASSERT_FALSE(machine.effects.empty());
  EXPECT_EQ(std::get<machine::Note>(machine.effects.front()).reason, Reason::realmMissing);
}

TEST(WsmanFault, SuperclassShowsOnlyWhatTheLoginMaySee) {
  WsmanMachine machine;
  machine.login = {.ha1 = {}, .realms = wire::RealmSet::of({wire::Realm::generalInfo}), .isAdmin = false, .handle = 1};
  const auto answer = machine.all("CIM_SettingData");
  EXPECT_EQ(childCount(wire::childNamed(answer.body(), "Items")), 2U);  // general settings, wired port
}

TEST(WsmanFault, OperationThatTheClassLacksIsNotSupported) {
  WsmanMachine machine;
  EXPECT_EQ(machine.put("AMT_CryptographicCapabilities", "").fault(), "b:ActionNotSupported");
  EXPECT_EQ(machine.create(kSettings, "").fault(), "b:ActionNotSupported");
  EXPECT_EQ(machine.remove(kSettings).fault(), "b:ActionNotSupported");
}

TEST(WsmanFault, KeyGenerationIsOfLaterFirmware) {
  WsmanMachine machine;
  EXPECT_EQ(machine
                .invoke("AMT_PublicKeyManagementService", "GenerateKeyPair",
                        "<r:KeyAlgorithm>0</r:KeyAlgorithm><r:KeyLength>2048</r:KeyLength>")
                .fault(),
            "b:ActionNotSupported");
}

TEST(WsmanFault, HostBasedSetupIsOfLaterFirmware) {
  WsmanMachine machine;
  EXPECT_EQ(machine.get("IPS_HostBasedSetupService").fault(), "b:DestinationUnreachable");
  EXPECT_EQ(machine.enumerate("IPS_HostBasedSetupService").fault(), "b:DestinationUnreachable");
}

TEST(WsmanFault, MissingOrWrongParameter) {
  WsmanMachine machine;
  constexpr std::string_view kTime = "AMT_TimeSynchronizationService";
  EXPECT_EQ(machine.invoke(kTime, "SetHighAccuracyTimeSynch", "<r:Ta0>1</r:Ta0>").fault(), "e:InvalidParameter");
  EXPECT_EQ(
      machine.invoke(kTime, "SetHighAccuracyTimeSynch", "<r:Ta0>1</r:Ta0><r:Tm1>x</r:Tm1><r:Tm2>1</r:Tm2>").fault(),
      "e:InvalidParameter");
}

TEST(WsmanFault, IllegalNumberMakesTheMethodAnswerAStatus) {
  WsmanMachine machine;
  EXPECT_EQ(
      machine.invoke("AMT_SetupAndConfigurationService", "Unprovision", "<r:ProvisioningMode>9</r:ProvisioningMode>")
          .text("ReturnValue"),
      "36");
  EXPECT_EQ(machine.hot.state, machine::State::operational);
}

TEST(WsmanFault, PutWithoutARequiredPropertyIsInvalidRepresentation) {
  WsmanMachine machine;
  const auto wired = WsmanMachine::selectors("InstanceID", "Intel(r) AMT 802.3 TLS Settings");
  EXPECT_EQ(machine.put("AMT_TLSSettingData", "<MutualAuthentication>false</MutualAuthentication>", wired).fault(),
            "d:InvalidRepresentation");
  EXPECT_EQ(machine.put("AMT_TLSSettingData", "<Enabled>perhaps</Enabled>", wired).fault(), "d:InvalidRepresentation");
  EXPECT_EQ(
      machine.post(WsmanMachine::envelope("http://schemas.xmlsoap.org/ws/2004/09/transfer/Put", kSettings, "<Other/>"))
          .fault(),
      "d:InvalidRepresentation");
}

TEST(WsmanFault, SharedMacIsRequiredBeforeRelease4Only) {
  WsmanMachine old("amt-3.2.2");
  EXPECT_EQ(old.put("AMT_EthernetPortSettings", "<DHCPEnabled>true</DHCPEnabled>").fault(), "d:InvalidRepresentation");
  WsmanMachine later("amt-5.0");
  EXPECT_EQ(later.put("AMT_EthernetPortSettings", "<DHCPEnabled>true</DHCPEnabled>").fault(), "");
}

TEST(WsmanFault, OperationThatFailsInsideCarriesItsStatus) {
  WsmanMachine machine;
  const auto answer = machine.put(kSettings, "<HostName>no spaces allowed</HostName>");
  EXPECT_EQ(answer.fault(), "e:InternalError");
  EXPECT_EQ(answer.http.status, 500U);
  EXPECT_THAT(answer.http.body,
              ::testing::HasSubstr(R"(<a:Detail><a:Text xml:lang="en-US">AMT-STATUS 12</a:Text></a:Detail>)"));
}

TEST(WsmanFault, FaultToARequestWithoutMessageIdRelatesToNothing) {
  WsmanMachine machine;
  EXPECT_THAT(machine.post("hello").http.body, ::testing::Not(::testing::HasSubstr("RelatesTo")));
}

TEST(WsmanFault, Release30AnswersUtf16With401) {
  WsmanMachine machine("amt-3.0");
  machine.change([](profile::Profile& profile) { profile.quirks.emplace_back("utf16_401"); });
  wire::http::Request request{.method = "POST", .target = "/wsman", .headers = {}, .body = "\xFF\xFE<"};
  auto view = machine.me();
  EXPECT_EQ(handle(view, machine.login, request, machine.effects).response.status, 401U);
}

}  // namespace
}  // namespace vme::firmware::wsman

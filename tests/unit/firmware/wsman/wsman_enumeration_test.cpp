#include "firmware/wsman/enumeration_context.hpp"
#include "unit/firmware/wsman/wsman_machine.hpp"

namespace vme::firmware::wsman {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kSoftware = "CIM_SoftwareIdentity";

TEST(WsmanEnumeration, EnumerateGivesAContextAlone) {
  WsmanMachine machine;
  const auto answer = machine.enumerate(kSoftware);
  EXPECT_THAT(answer.text("EnumerationContext"), ::testing::MatchesRegex("[0-9A-F]{8}-0000-0000-0000-000000000000"));
  EXPECT_EQ(childCount(answer.body()), 1U);
  EXPECT_THAT(answer.http.body, HasSubstr(R"(xmlns:g="http://schemas.xmlsoap.org/ws/2004/09/enumeration")"));
}

TEST(WsmanEnumeration, PullsOneByOneInTheCapturedOrder) {
  WsmanMachine machine("amt-4.0");
  auto context = machine.enumerate(kSoftware).text("EnumerationContext");
  std::vector<std::string> ids;
  for (int pulls = 0; pulls < 20; ++pulls) {
    const auto answer = machine.pull(kSoftware, context);
    ASSERT_EQ(answer.fault(), "");
    const auto items = wire::childNamed(answer.body(), "Items");
    EXPECT_EQ(childCount(items), 1U);
    ids.emplace_back(wire::textOf(wire::childNamed(wire::firstElement(items), "InstanceID")));
    if (wire::childNamed(answer.body(), "EndOfSequence")) break;
    // The context comes first while more remain.
    EXPECT_EQ(wire::localName(wire::firstElement(answer.body())), "EnumerationContext");
    context = answer.text("EnumerationContext");
  }
  EXPECT_THAT(ids,
              ::testing::ElementsAre("Flash", "Netstack", "AMTApps", "AMT", "Sku", "VendorID", "Build Number",
                                     "Recovery Version", "Recovery Build Num", "Legacy Mode", "AMT FW Core Version"));
}

TEST(WsmanEnumeration, EndOfSequenceStandsLastAndIsNotSelfClosed) {
  WsmanMachine machine;
  EXPECT_THAT(machine.all(kSoftware).http.body,
              HasSubstr("</g:Items><g:EndOfSequence></g:EndOfSequence></g:PullResponse>"));
}

TEST(WsmanEnumeration, ClassWithoutInstancesIsEmpty) {
  WsmanMachine machine;
  EXPECT_THAT(machine.all("AMT_PublicKeyCertificate").http.body,
              HasSubstr("<g:PullResponse><g:Items></g:Items><g:EndOfSequence></g:EndOfSequence></g:PullResponse>"));
}

TEST(WsmanEnumeration, SuperclassItemsKeepTheirOwnNamesAndNamespaces) {
  WsmanMachine machine;
  const auto power = machine.all("CIM_ServiceAvailableToElement").http.body;
  EXPECT_THAT(power,
              HasSubstr(R"(xmlns:h="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_AssociatedPowerManagementS)"
                        R"(ervice" xmlns:i="http://schemas.dmtf.org/wbem/wscim/1/common")"));
  EXPECT_THAT(power, HasSubstr("<g:Items><h:CIM_AssociatedPowerManagementService><h:PowerState>2</h:PowerState>"));
  EXPECT_THAT(machine.all("CIM_SystemPackaging").http.body, HasSubstr("<h:CIM_ComputerSystemPackage>"));
  const auto packages = machine.all("CIM_PhysicalPackage").http.body;
  EXPECT_THAT(packages, HasSubstr("<h:CIM_Card>"));
  EXPECT_THAT(packages, HasSubstr("<i:CIM_Chassis>"));
}

TEST(WsmanEnumeration, ModesGiveReferencesOrBoth) {
  WsmanMachine machine;
  const auto references = machine.all(kSoftware, "<w:EnumerationMode>EnumerateEPR</w:EnumerationMode>").http.body;
  EXPECT_THAT(references,
              HasSubstr("<g:Items><b:EndpointReference><b:Address>http://schemas.xmlsoap.org/ws/2004/08/addressing/"
                        "role/anonymous</b:Address><b:ReferenceParameters><c:ResourceURI>http://schemas.dmtf.org/wbem/"
                        "wscim/1/cim-schema/2/CIM_SoftwareIdentity</c:ResourceURI><c:SelectorSet>"
                        "<c:Selector Name=\"InstanceID\">Flash</c:Selector></c:SelectorSet>"
                        "</b:ReferenceParameters></b:EndpointReference>"));
  EXPECT_THAT(references, Not(HasSubstr("VersionString")));
  const auto both = machine.all(kSoftware, "<w:EnumerationMode>EnumerateObjectAndEPR</w:EnumerationMode>").http.body;
  EXPECT_THAT(both, HasSubstr("<g:Items><c:Item><h:CIM_SoftwareIdentity>"));
  EXPECT_THAT(both, HasSubstr("</h:CIM_SoftwareIdentity><b:EndpointReference>"));
  EXPECT_EQ(machine.enumerate(kSoftware, "<w:EnumerationMode>Other</w:EnumerationMode>").fault(),
            "e:UnsupportedFeature");
}

TEST(WsmanEnumeration, MaxCharactersEndsAPullEarly) {
  WsmanMachine machine;
  const auto context = machine.enumerate(kSoftware).text("EnumerationContext");
  std::string body(R"(<n:Pull xmlns:n="http://schemas.xmlsoap.org/ws/2004/09/enumeration"><n:EnumerationContext>)");
  body.append(context).append("</n:EnumerationContext><n:MaxElements>999</n:MaxElements>");
  body.append("<n:MaxCharacters>200</n:MaxCharacters></n:Pull>");
  const auto answer =
      machine.post(WsmanMachine::envelope("http://schemas.xmlsoap.org/ws/2004/09/enumeration/Pull", kSoftware, body));
  const auto items = childCount(wire::childNamed(answer.body(), "Items"));
  EXPECT_GT(items, 0U);
  EXPECT_LT(items, 11U);
}

TEST(WsmanEnumeration, ReleaseAnswersWithAnEmptyBody) {
  WsmanMachine machine;
  const auto context = machine.enumerate(kSoftware).text("EnumerationContext");
  EXPECT_THAT(machine.pull(kSoftware, context, 0, "Release").http.body, HasSubstr("<a:Body></a:Body>"));
}

TEST(WsmanEnumeration, ContextOfAnotherClassOrNoneIsInvalid) {
  WsmanMachine machine;
  const auto context = machine.enumerate(kSoftware).text("EnumerationContext");
  EXPECT_EQ(machine.pull("CIM_ComputerSystem", context).fault(), "c:InvalidEnumerationContext");
  EXPECT_EQ(machine.pull(kSoftware, "12345678-0000-0000-0000-000000000000").fault(), "c:InvalidEnumerationContext");
  EXPECT_EQ(machine.pull(kSoftware, "").http.status, 500U);
}

TEST(WsmanEnumeration, ContextReadsBack) {
  for (const std::uint16_t enumerable : {std::uint16_t{0}, std::uint16_t{1}, std::uint16_t{77}, std::uint16_t{4095}}) {
    for (const std::uint16_t position : {std::uint16_t{0}, std::uint16_t{1}, std::uint16_t{512}, std::uint16_t{1023}}) {
      for (const auto mode : {EnumerationMode::objects, EnumerationMode::references, EnumerationMode::both}) {
        const auto back = parseContext(toText({enumerable, position, mode}));
        ASSERT_TRUE(back);
        EXPECT_EQ(back->enumerable, enumerable);
        EXPECT_EQ(back->position, position);
        EXPECT_EQ(back->mode, mode);
      }
    }
  }
}

TEST(WsmanEnumeration, AlteredContextIsMostlyRefused) {
  const auto good = toText({77, 3, EnumerationMode::objects});
  std::size_t accepted = 0;
  for (std::size_t at = 0; at < 8; ++at) {
    for (const char digit : std::string_view("0123456789ABCDEF")) {
      auto text = good;
      text[at] = digit;
      if (text != good && parseContext(text)) ++accepted;
    }
  }
  EXPECT_LT(accepted, 5U);
  EXPECT_FALSE(parseContext(good.substr(1)));
  EXPECT_FALSE(parseContext(good + "0"));
}

}  // namespace
}  // namespace vme::firmware::wsman

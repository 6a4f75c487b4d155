// A walk over every row of the catalogue on every profile that has WS-Man.

#include <algorithm>

#include "firmware/wsman/catalogue/model.hpp"
#include "firmware/wsman/instances.hpp"
#include "profile/check.hpp"
#include "unit/firmware/wsman/wsman_credentials.hpp"
#include "unit/firmware/wsman/wsman_machine.hpp"

namespace vme::firmware::wsman {
namespace {

/// Every store has something in it, so that every list has items.
void fill(WsmanMachine& machine) {
  constexpr std::string_view kKeys = "AMT_PublicKeyManagementService";
  const auto value = [](std::string_view name, std::string_view text) {
    return "<r:" + std::string(name) + ">" + std::string(text) + "</r:" + std::string(name) + ">";
  };
  machine.hot.rngSeeded = true;
  ASSERT_EQ(machine.invoke(kKeys, "AddKey", value("KeyBlob", kPrivateKey)).text("ReturnValue"), "0");
  ASSERT_EQ(machine.invoke(kKeys, "AddCertificate", value("CertificateBlob", kCertificate)).text("ReturnValue"), "0");
  const auto context =
      "<r:ElementInContext>" +
      WsmanMachine::reference("AMT_PublicKeyCertificate", "InstanceID", "Intel(r) AMT Certificate: Handle: 2") +
      "</r:ElementInContext><r:ElementProvidingContext>" +
      WsmanMachine::reference("AMT_TLSProtocolEndpointCollection", "ElementName",
                              "TLSProtocolEndpointInstances Collection") +
      "</r:ElementProvidingContext>";
  ASSERT_EQ(machine.create("AMT_TLSCredentialContext", context).fault(), "");
  auto me = machine.me();
  ASSERT_EQ(machine::setKerberos(me, {.realmName = "VME.TEST", .masterKey = Bytes(16, 1)}), wire::AmtStatus::success);
  me.change().crls.push_back({{"http://pki.vme.test/crl"}, Bytes(4)});
}

/// The element is one of the class, its properties in ASCII order and in its namespace, its keys there.
void expectInstance(const pugi::xml_node& element, const Class& row) {
  ASSERT_EQ(wire::localName(element), row.name);
  EXPECT_EQ(wire::namespaceOf(element), uri::ofClass(row.name));
  std::vector<std::string> names;
  for (auto child = wire::firstElement(element); child; child = wire::nextElement(child)) {
    EXPECT_EQ(wire::namespaceOf(child), uri::ofClass(row.name));
    names.emplace_back(wire::localName(child));
  }
  EXPECT_TRUE(std::ranges::is_sorted(names)) << row.name << ::testing::PrintToString(names);
  for (const auto& property : row.properties) {
    if (property.key) {
      EXPECT_TRUE(std::ranges::find(names, property.name) != names.end()) << row.name << "." << property.name;
    }
  }
}

class WsmanCatalogue : public ::testing::TestWithParam<std::string> {
 protected:
  WsmanMachine machine{GetParam()};
  Level level = levelOf(machine.profile());
  bool has(const Class& row) const { return row.presence.in(machine.profile(), level); }
};

TEST_P(WsmanCatalogue, EnumeratesEveryClass) {
  fill(machine);
  std::size_t seen = 0;
  for (const auto& row : catalogue()) {
    const auto answer = machine.all(row.name);
    if (!has(row)) {
      EXPECT_EQ(machine.enumerate(row.name).fault(), "b:DestinationUnreachable") << row.name;
      continue;
    }
    ASSERT_EQ(answer.fault(), "") << row.name << answer.http.body;
    EXPECT_TRUE(wire::childNamed(answer.body(), "EndOfSequence")) << row.name;
    auto view = machine.me();
    EXPECT_GE(childCount(wire::childNamed(answer.body(), "Items")), instancesOf(view, row).size()) << row.name;
    const auto items = wire::childNamed(answer.body(), "Items");
    for (auto item = wire::firstElement(items); item; item = wire::nextElement(item)) {
      const auto* own = findClass(wire::localName(item));
      ASSERT_NE(own, nullptr) << row.name;
      expectInstance(item, *own);
      ++seen;
    }
  }
  EXPECT_GT(seen, 60U);
}

TEST_P(WsmanCatalogue, GetsEveryInstanceByTheReferenceThatEnumerationGives) {
  fill(machine);
  for (const auto& row : catalogue()) {
    if (!has(row)) continue;
    const auto answer = machine.all(row.name, "<w:EnumerationMode>EnumerateEPR</w:EnumerationMode>");
    const auto items = wire::childNamed(answer.body(), "Items");
    for (auto item = wire::firstElement(items); item; item = wire::nextElement(item)) {
      const auto parameters = wire::childNamed(item, "ReferenceParameters");
      const auto className = uri::className(wire::textOf(wire::childNamed(parameters, "ResourceURI")));
      // The selectors as they are, with the prefixes of the answer declared.
      std::ostringstream selectors;
      wire::childNamed(parameters, "SelectorSet").print(selectors, "", pugi::format_raw);
      auto text = selectors.str();
      text.insert(text.find('>'), R"( xmlns:b="http://schemas.xmlsoap.org/ws/2004/08/addressing")"
                                  R"( xmlns:c="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd")");
      const auto got = machine.get(className, text);
      if (text.contains("EndpointReference") && profile::hasQuirk(machine.profile(), "epr_selector")) {
        EXPECT_EQ(got.fault(), "b:DestinationUnreachable") << className;
        continue;
      }
      ASSERT_EQ(got.fault(), "") << className << text;
      expectInstance(got.body(), *findClass(className));
    }
  }
}

TEST_P(WsmanCatalogue, EnumeratesEverySuperclass) {
  for (const auto& enumerable : enumerables()) {
    const auto answer = machine.all(enumerable.name);
    const bool exists =
        std::ranges::any_of(enumerable.classes, [&](std::uint16_t index) { return has(catalogue()[index]); });
    if (exists) {
      EXPECT_TRUE(wire::childNamed(answer.body(), "Items")) << enumerable.name << answer.http.body;
    } else {
      EXPECT_EQ(machine.enumerate(enumerable.name).fault(), "b:DestinationUnreachable") << enumerable.name;
    }
  }
}

TEST_P(WsmanCatalogue, EveryMethodAnswersOrSaysWhatIsWrong) {
  for (const auto& row : catalogue()) {
    for (const auto& method : row.methods) {
      // A fresh machine: methods may unprovision it.
      WsmanMachine fresh(GetParam());
      const auto selectors =
          row.name == "AMT_SystemPowerScheme" ? WsmanMachine::selectors("InstanceID", "SCHEME 0") : "";
      const auto answer = fresh.invoke(row.name, method.name, "", selectors);
      if (!has(row)) {
        EXPECT_EQ(answer.fault(), "b:DestinationUnreachable") << row.name;
        continue;
      }
      if (!method.presence.in(fresh.profile(), level)) {
        EXPECT_EQ(answer.fault(), "b:ActionNotSupported") << row.name << "." << method.name;
        continue;
      }
      const bool needsInput = std::ranges::any_of(method.inputs, &Parameter::required);
      EXPECT_EQ(answer.fault(), needsInput ? "e:InvalidParameter" : "") << row.name << "." << method.name;
      if (!needsInput) {
        EXPECT_FALSE(answer.text("ReturnValue").empty()) << row.name << "." << method.name;
      }
    }
  }
}

TEST_P(WsmanCatalogue, PuttingBackWhatWasReadChangesNothing) {
  for (const auto& row : catalogue()) {
    if (!row.put || !has(row) || row.list) continue;
    auto view = machine.me();
    for (const auto& instance : instancesOf(view, row)) {
      const auto reference = referenceTo(view, instance);
      std::string headers = "<w:SelectorSet>";
      for (const auto& selector : reference.selectors) {
        headers += "<w:Selector Name=\"" + selector.name + "\">" + selector.text + "</w:Selector>";
      }
      headers += "</w:SelectorSet>";
      const auto before = machine.get(row.name, headers);
      std::ostringstream properties;
      for (const auto& child : before.body().children()) child.print(properties, "", pugi::format_raw);
      auto text = properties.str();
      for (auto at = text.find("g:"); at != std::string::npos; at = text.find("g:")) text.erase(at, 2);
      const auto put = machine.put(row.name, text, headers);
      EXPECT_EQ(put.fault(), "") << row.name << text;
      std::ostringstream first, second;
      before.body().print(first, "", pugi::format_raw);
      machine.get(row.name, headers).body().print(second, "", pugi::format_raw);
      EXPECT_EQ(first.str(), second.str());
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Profiles, WsmanCatalogue, ::testing::ValuesIn(wsmanProfiles()), [](const auto& row) {
  auto name = row.param;
  std::ranges::replace_if(name, [](char c) { return c == '-' || c == '.'; }, '_');
  return name;
});

TEST(WsmanCatalogueOrder, RowsAreSortedForTheSearch) {
  EXPECT_TRUE(std::ranges::is_sorted(catalogue(), {}, &Class::name));
  EXPECT_TRUE(std::ranges::is_sorted(enumerables(), {}, &Enumerable::name));
  for (const auto& row : catalogue()) EXPECT_EQ(findClass(row.name), &row);
  EXPECT_LT(enumerables().size(), 4096U);
}

TEST(WsmanCatalogueLevels, LaterThingsAreAbsentFromEarlierSets) {
  WsmanMachine first("amt-3.0");
  EXPECT_EQ(first.get("AMT_MessageLog").fault(), "b:DestinationUnreachable");
  EXPECT_THAT(first.all("CIM_SoftwareIdentity").http.body, ::testing::Not(::testing::HasSubstr("IsEntity")));
  WsmanMachine later("amt-4.0");
  EXPECT_EQ(later.get("AMT_MessageLog").fault(), "");
  EXPECT_THAT(later.all("CIM_SoftwareIdentity").http.body, ::testing::HasSubstr("IsEntity"));
}

TEST(WsmanCatalogueLevels, HardwareGoesByTheChipset) {
  EXPECT_EQ(WsmanMachine("amt-3.2.2").get("CIM_Chassis").text("Model"), "vPC 3000 Desktop");
  EXPECT_EQ(WsmanMachine("amt-5.0").get("CIM_Chassis").text("Model"), "vPC 5000 Desktop");
  WsmanMachine laptop("amt-4.0");
  EXPECT_EQ(laptop.get("CIM_Chassis").text("Model"), "vPC 4000 Notebook");
  EXPECT_EQ(laptop.get("CIM_Chassis").text("ChassisPackageType"), "10");
  EXPECT_EQ(laptop.get("CIM_PhysicalMemory").text("FormFactor"), "12");
}

TEST(WsmanCatalogueLevels, LaptopsHaveABattery) {
  WsmanMachine laptop("amt-4.0");
  EXPECT_EQ(laptop.get("CIM_Battery").text("DeviceID"), "Battery 0");
  WsmanMachine desktop("amt-3.2.2");
  EXPECT_EQ(desktop.get("CIM_Battery").fault(), "e:InvalidSelectors");
  EXPECT_EQ(childCount(wire::childNamed(desktop.all("CIM_Battery").body(), "Items")), 0U);
}

}  // namespace
}  // namespace vme::firmware::wsman

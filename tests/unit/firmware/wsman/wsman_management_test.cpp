// What a console does with an operational machine: accounts, network, power, redirection, event log.

#include "machine/event_log.hpp"
#include "machine/network.hpp"
#include "unit/firmware/wsman/wsman_machine.hpp"

namespace vme::firmware::wsman {
namespace {

constexpr std::string_view kAccounts = "AMT_AuthorizationService";

std::string value(std::string_view name, std::string_view text) {
  std::string out("<r:");
  return out.append(name).append(">").append(text).append("</r:").append(name).append(">");
}

std::string user(std::string_view name) {
  return value("DigestUsername", name) + value("DigestPassword", toBase64(Bytes(16, 7))) +
         value("AccessPermission", "2") + value("Realms", "2") + value("Realms", "5");
}

TEST(WsmanAccounts, EntriesAreAddedShownChangedAndRemoved) {
  WsmanMachine machine;
  const auto none = machine.invoke(kAccounts, "EnumerateUserAclEntries", value("StartIndex", "1"));
  EXPECT_EQ(none.text("TotalCount"), "0");
  EXPECT_EQ(none.text("ReturnValue"), "0");
  const auto handle = machine.invoke(kAccounts, "AddUserAclEntryEx", user("alice")).text("Handle");
  ASSERT_FALSE(handle.empty());
  EXPECT_THAT(machine.invoke(kAccounts, "EnumerateUserAclEntries", value("StartIndex", "1")).http.body,
              ::testing::HasSubstr("<g:TotalCount>1</g:TotalCount><g:HandlesCount>1</g:HandlesCount><g:Handles>" +
                                   handle + "</g:Handles><g:ReturnValue>0</g:ReturnValue>"));
  EXPECT_THAT(
      machine.invoke(kAccounts, "GetUserAclEntryEx", value("Handle", handle)).http.body,
      ::testing::HasSubstr("<g:DigestUsername>alice</g:DigestUsername><g:AccessPermission>2</g:AccessPermission>"
                           "<g:Realms>2</g:Realms><g:Realms>5</g:Realms><g:ReturnValue>0</g:ReturnValue>"));
  EXPECT_EQ(
      machine.invoke(kAccounts, "UpdateUserAclEntryEx", value("Handle", handle) + user("bob")).text("ReturnValue"),
      "0");
  EXPECT_EQ(machine.invoke(kAccounts, "SetAclEnabledState", value("Handle", handle) + value("Enabled", "false"))
                .text("ReturnValue"),
            "0");
  EXPECT_EQ(machine.invoke(kAccounts, "GetAclEnabledState", value("Handle", handle)).text("Enabled"), "false");
  EXPECT_EQ(machine.invoke(kAccounts, "RemoveUserAclEntry", value("Handle", handle)).text("ReturnValue"), "0");
  EXPECT_EQ(machine.invoke(kAccounts, "GetUserAclEntryEx", value("Handle", handle)).text("ReturnValue"), "2053");
  EXPECT_EQ(machine.invoke(kAccounts, "EnumerateUserAclEntries", value("StartIndex", "0")).text("ReturnValue"), "35");
}

TEST(WsmanAccounts, EntriesThatAreNotAllowed) {
  WsmanMachine machine;
  const auto add = [&](const std::string& parameters) {
    return machine.invoke(kAccounts, "AddUserAclEntryEx", parameters).text("ReturnValue");
  };
  EXPECT_EQ(add(user("alice")), "0");
  EXPECT_EQ(add(user("alice")), "2058");
  EXPECT_EQ(add(value("DigestUsername", "bob") + value("AccessPermission", "2") + value("Realms", "2")), "36");
  EXPECT_EQ(add(user("carol") + value("Realms", "99")), "2055");
  EXPECT_EQ(add(value("DigestUsername", "dave") + value("DigestPassword", toBase64(Bytes(16))) +
                value("AccessPermission", "7") + value("Realms", "2")),
            "36");
  EXPECT_EQ(
      add(value("KerberosUserSid", toBase64(Bytes(28, 1))) + value("AccessPermission", "1") + value("Realms", "3")),
      "0");
}

TEST(WsmanAccounts, AdminIsShownByNameAndState) {
  WsmanMachine machine;
  EXPECT_EQ(machine.invoke(kAccounts, "GetAdminAclEntry").text("Username"), "admin");
  EXPECT_EQ(machine.invoke(kAccounts, "GetAdminAclEntryStatus").text("IsDefault"), "true");
}

TEST(WsmanNetwork, StaticAddressIsStoredAndShown) {
  WsmanMachine machine("amt-5.0");
  const auto properties = value("DHCPEnabled", "false") + value("SharedMAC", "false") + value("IPAddress", "10.1.2.3") +
                          value("SubnetMask", "255.255.255.0") + value("DefaultGateway", "10.1.2.1") +
                          value("LinkPolicy", "1") + value("LinkPolicy", "14");
  const auto answer = machine.put("AMT_EthernetPortSettings", properties);
  ASSERT_EQ(answer.fault(), "") << answer.http.body;
  EXPECT_EQ(answer.text("IPAddress"), "10.1.2.3");
  EXPECT_EQ(machine.overlay->wired.linkPolicy, 15U);
  EXPECT_EQ(machine.overlay->wired.fixed->mask, 0xFFFFFF00U);
  EXPECT_EQ(
      machine.put("AMT_EthernetPortSettings", value("DHCPEnabled", "false") + value("IPAddress", "10.1.2")).fault(),
      "d:InvalidRepresentation");
}

TEST(WsmanNetwork, DhcpShowsTheAddressItGaveAndLowerCaseMac) {
  WsmanMachine machine;
  const auto answer = machine.get("AMT_EthernetPortSettings");
  EXPECT_EQ(answer.text("IPAddress"), "127.16.0.1");
  EXPECT_EQ(answer.text("MACAddress"), "00-19-d1-0a-0b-0c");
  EXPECT_EQ(answer.text("DHCPEnabled"), "true");
}

TEST(WsmanNetwork, GeneralSettingsShowTheDigestRealm) {
  WsmanMachine machine;
  auto view = machine.me();
  EXPECT_EQ(machine.get("AMT_GeneralSettings").text("DigestRealm"), machine::digestRealm(view));
  EXPECT_THAT(machine.get("AMT_GeneralSettings").http.body, ::testing::HasSubstr("<g:HostName></g:HostName>"));
}

TEST(WsmanPower, StateChangesAreRemoteControlCommands) {
  WsmanMachine machine;
  const auto ask = [&](std::string_view state) {
    return machine
        .invoke("CIM_PowerManagementService", "RequestPowerStateChange",
                value("PowerState", state) +
                    value("ManagedElement", WsmanMachine::reference("CIM_ComputerSystem", "Name", "ManagedSystem")))
        .text("ReturnValue");
  };
  EXPECT_EQ(ask("8"), "0");
  EXPECT_EQ(machine.get("CIM_AssociatedPowerManagementService").text("PowerState"), "8");
  EXPECT_EQ(ask("10"), "32784") << "a reset of a machine that is off is NOT_PERMITTED";
  EXPECT_EQ(ask("2"), "0");
  EXPECT_EQ(machine.hot.powerState, 0U);
  EXPECT_EQ(ask("7"), "2");
  EXPECT_EQ(machine.invoke("CIM_PowerManagementService", "RequestPowerStateChange", value("PowerState", "2"))
                .text("ReturnValue"),
            "5");
}

TEST(WsmanPower, SchemeIsChosenBySelector) {
  WsmanMachine machine;
  const auto third = WsmanMachine::selectors("InstanceID", "SCHEME 2");
  EXPECT_EQ(machine.get("AMT_SystemPowerScheme", third).text("Description"), "Desktop: ON in S0, S3, S4-5");
  EXPECT_EQ(machine.invoke("AMT_SystemPowerScheme", "SetPowerScheme", "", third).text("ReturnValue"), "0");
  EXPECT_EQ(machine.overlay->powerPackage, 3U);
}

TEST(WsmanBoot, OptionsThatAreNotKeptAreRefused) {
  WsmanMachine machine;
  std::string plain;
  const auto got = machine.get("AMT_BootSettingData");
  for (auto child = wire::firstElement(got.body()); child; child = wire::nextElement(child)) {
    plain += value(wire::localName(child), wire::textOf(child));
  }
  EXPECT_EQ(machine.put("AMT_BootSettingData", plain).fault(), "");
  const auto at = plain.find("<r:UseIDER>false");
  plain.replace(at, 16, "<r:UseIDER>true");
  EXPECT_EQ(machine.put("AMT_BootSettingData", plain).fault(), "e:InternalError");
  EXPECT_EQ(machine.invoke("CIM_BootConfigSetting", "ChangeBootOrder", "<r:Source></r:Source>").text("ReturnValue"),
            "0");
  EXPECT_EQ(machine
                .invoke("CIM_BootConfigSetting", "ChangeBootOrder",
                        value("Source", WsmanMachine::reference("CIM_BootSourceSetting", "InstanceID",
                                                                "Intel(r) AMT: Force PXE Boot")))
                .text("ReturnValue"),
            "1");
}

TEST(WsmanInterfaces, RedirectionAndWebUiAreSwitched) {
  WsmanMachine machine;
  const auto off = value("RequestedState", "32768");
  EXPECT_EQ(machine.invoke("AMT_RedirectionService", "RequestStateChange", off).text("ReturnValue"), "0");
  EXPECT_EQ(machine.get("AMT_RedirectionService").text("EnabledState"), "32768");
  EXPECT_EQ(machine.put("AMT_RedirectionService", value("ListenerEnabled", "true") + value("EnabledState", "32771"))
                .text("ListenerEnabled"),
            "true");
  EXPECT_TRUE(machine.overlay->interfaces.serialOverLan);
  EXPECT_EQ(machine.invoke("AMT_WebUIService", "RequestStateChange", value("RequestedState", "3")).text("ReturnValue"),
            "0");
  EXPECT_FALSE(machine.overlay->interfaces.webUi);
  EXPECT_EQ(machine.invoke("AMT_WebUIService", "RequestStateChange", value("RequestedState", "7")).text("ReturnValue"),
            "5");
}

TEST(WsmanKerberos, KeyIsTakenAndNeverShown) {
  WsmanMachine machine;
  const auto key = toBase64(Bytes(16, 9));
  const auto answer =
      machine.put("AMT_KerberosSettingData",
                  value("KrbEnabled", "true") + value("RealmName", "VME.TEST") + value("MasterKey", key));
  EXPECT_EQ(answer.text("RealmName"), "VME.TEST");
  EXPECT_EQ(answer.text("KrbEnabled"), "true");
  EXPECT_THAT(answer.http.body, ::testing::Not(::testing::HasSubstr(key)));
  EXPECT_EQ(machine.put("AMT_KerberosSettingData", value("KrbEnabled", "true") + value("MasterKey", "AAAA")).fault(),
            "d:InvalidRepresentation");
}

TEST(WsmanEventLog, RecordsAreReadNewestFirst) {
  WsmanMachine machine;
  EXPECT_EQ(machine.invoke("AMT_MessageLog", "PositionToFirstRecord").text("ReturnValue"), "2");
  EXPECT_EQ(
      machine.invoke("AMT_MessageLog", "GetRecords", value("IterationIdentifier", "1") + value("MaxReadRecords", "390"))
          .text("ReturnValue"),
      "3");
  auto view = machine.me();
  machine::logAuthenticationFailure(view);
  machine.now = machine.now + MeDuration::seconds(1);
  auto later = machine.me();
  machine::logEvent(later, {.sensorType = 0x0F, .eventType = 0x6F, .data = {1, 2, 3, 4, 5, 6, 7, 8}});
  EXPECT_EQ(machine.invoke("AMT_MessageLog", "PositionToFirstRecord").text("IterationIdentifier"), "1");
  const auto first =
      machine.invoke("AMT_MessageLog", "GetRecords", value("IterationIdentifier", "1") + value("MaxReadRecords", "1"));
  EXPECT_EQ(first.text("NoMoreRecords"), "false");
  const auto record = fromBase64(first.text("RecordArray"));
  ASSERT_TRUE(record && record->size() == 21);
  EXPECT_EQ(readLe32(*record, 0), 1'700'000'001U);
  EXPECT_EQ((*record)[5], 0x0F);
  EXPECT_EQ((*record)[20], 8);
  const auto second =
      machine.invoke("AMT_MessageLog", "GetRecords",
                     value("IterationIdentifier", first.text("IterationIdentifier")) + value("MaxReadRecords", "390"));
  EXPECT_EQ(second.text("NoMoreRecords"), "true");
  EXPECT_EQ(readLe32(*fromBase64(second.text("RecordArray")), 0), 1'700'000'000U);
  EXPECT_EQ(machine.get("AMT_MessageLog").text("CurrentNumberOfRecords"), "2");
}

TEST(WsmanEventLog, OneRecordIsBytesAndPositionsMove) {
  WsmanMachine machine;
  auto view = machine.me();
  for (int i = 0; i < 3; ++i) machine::logAuthenticationFailure(view);
  const auto record = machine.invoke("AMT_MessageLog", "GetRecord",
                                     value("IterationIdentifier", "2") + value("PositionToNext", "true"));
  EXPECT_EQ(record.text("IterationIdentifier"), "3");
  EXPECT_EQ(childCount(record.body()), 2U + 21U + 1U);
  const auto position = [&](std::string_view number, std::string_view absolute) {
    return machine.invoke(
        "AMT_MessageLog", "PositionAtRecord",
        value("IterationIdentifier", "1") + value("MoveAbsolute", absolute) + value("RecordNumber", number));
  };
  EXPECT_EQ(position("2", "false").text("RecordNumber"), "3");
  EXPECT_EQ(position("3", "false").text("ReturnValue"), "2");
  EXPECT_EQ(position("-9223372036854775808", "true").text("ReturnValue"), "2");
}

TEST(WsmanEventLog, FrozenLogIsNotCleared) {
  WsmanMachine machine;
  auto view = machine.me();
  machine::logAuthenticationFailure(view);
  EXPECT_EQ(machine.invoke("AMT_MessageLog", "FreezeLog", value("Freeze", "true")).text("ReturnValue"), "0");
  EXPECT_EQ(machine.invoke("AMT_MessageLog", "ClearLog").text("ReturnValue"), "34827");
  EXPECT_EQ(machine.get("AMT_MessageLog").text("IsFrozen"), "true");
}

}  // namespace
}  // namespace vme::firmware::wsman

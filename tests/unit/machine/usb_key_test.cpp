#include "machine/usb_key.hpp"

#include <gmock/gmock.h>

#include "machine/network.hpp"
#include "machine/power.hpp"
#include "machine/trust.hpp"
#include "test_machine.hpp"
#include "wire/setup_bin_variables.hpp"

namespace vme::machine {
namespace {

namespace setup_bin = wire::setup_bin;
using ::testing::HasSubstr;

constexpr std::string_view kPid = "0000037M", kPps = "NKLDG5DCRRNQE9YZZIJL7LFLVJED69XJ";

struct KeyedMachine : TestMachine {
  UsbOffer offer{.version = {1, 0}, .number = 1, .records = 3, .record = setup_bin::Record{}};

  KeyedMachine() {
    profile.prov.usbRecord = "2.1";
    set("me.current_password", "admin");
    set("me.new_password", "P@ssw0rd");
  }

  /// The variable in the record, in place of what it was.
  void set(std::string_view name, std::string_view text) {
    const auto& variable = *setup_bin::findVariable(name);
    drop(name);
    const auto value = setup_bin::parseValue(variable, text);
    ASSERT_TRUE(value) << name << ": " << value.error().text;
    offer.record->entries.push_back({variable.module, variable.id, *value});
    offer.version = std::max(offer.version, variable.since);
  }
  void drop(std::string_view name) {
    const auto& variable = *setup_bin::findVariable(name);
    if (setup_bin::isRepeatable(variable)) return;
    std::erase_if(offer.record->entries, [&](const setup_bin::Entry& entry) {
      return entry.module == variable.module && entry.variable == variable.id;
    });
  }
  void setPair() {
    set("cm.pid", kPid);
    set("cm.pps", kPps);
  }

  std::string refusal(Reason reason) {
    const auto note = refusalOf(me(), offer);
    if (!note) return "taken";
    EXPECT_EQ(note->reason, reason);
    return note->text;
  }
  /// Takes the record; the notes' texts, a line each.
  std::string take() {
    auto view = me();
    EXPECT_FALSE(refusalOf(view, offer));
    Effects done;
    takeRecord(view, offer, done);
    std::string texts;
    for (const auto& effect : done) texts += std::get<Note>(effect).text + "\n";
    return texts;
  }
};

TEST(UsbKey, APairAndANewPasswordStartSetUpByPsk) {
  KeyedMachine m;
  m.setPair();
  EXPECT_EQ(m.take(), "USB key: takes record 1 of 3, PID 0000-037M\n");
  auto me = m.me();
  EXPECT_EQ(m.hot.state, State::inSetup);
  EXPECT_EQ(m.hot.method, SetupMethod::psk);
  EXPECT_EQ(pskPair(me)->pidText(), kPid);
  EXPECT_EQ(pskPair(me)->ppsText(), kPps);
  EXPECT_TRUE(isMebxPassword(me, "P@ssw0rd"));
  EXPECT_FALSE(isMebxPassword(me, "admin"));
  EXPECT_EQ(findLogin(me, "admin")->ha1, wire::digestHash("admin", digestRealm(me), "P@ssw0rd"));
  const auto hello = wire::parseHello(std::get<SendHello>(m.deadline().front()).message);
  ASSERT_TRUE(hello);
  EXPECT_EQ(std::get<std::string>(hello->credentials), kPid);
  EXPECT_TRUE(hello->adminCredentialsSet);
}

TEST(UsbKey, AdminKeepsItsPasswordWhereTheFirmwareDoesNotCoupleThem) {
  KeyedMachine m;
  m.profile.prov.pskImpliesAdminSet = false;
  m.setPair();
  m.take();
  auto me = m.me();
  EXPECT_TRUE(isAdminDefault(me));
  EXPECT_TRUE(isMebxPassword(me, "P@ssw0rd"));
}

TEST(UsbKey, WithoutAPairTheMachineGoesOnByItself) {
  KeyedMachine m;
  m.set("cm.pki_suffix", "corp.example");
  m.set("cm.remote_configuration", "on");
  EXPECT_EQ(m.take(), "USB key: takes record 1 of 3\n");
  EXPECT_EQ(m.hot.state, State::factory);
  m.bringUp();
  EXPECT_EQ(m.hot.state, State::inSetup);
  EXPECT_EQ(m.hot.method, SetupMethod::pki);
  EXPECT_EQ(m.me().nvram().pkiSuffix, "corp.example");
  KeyedMachine off;
  off.set("cm.remote_configuration", "off");
  off.take();
  off.bringUp();
  EXPECT_EQ(off.hot.state, State::factory);
}

TEST(UsbKey, SmallBusinessModeIsOperationalAtOnce) {
  KeyedMachine m;
  m.set("cm.mode", "small-business");
  m.take();
  auto me = m.me();
  EXPECT_EQ(m.hot.state, State::operational);
  EXPECT_EQ(m.hot.mode, ProvisioningMode::smallBusiness);
  EXPECT_EQ(findLogin(me, "admin")->ha1, wire::digestHash("admin", digestRealm(me), "P@ssw0rd"));
}

TEST(UsbKey, WrongPasswordsAreError2209AndChangeNothing) {
  KeyedMachine m;
  m.setPair();
  m.set("me.current_password", "P@ssw0rd");
  EXPECT_EQ(m.refusal(Reason::usbProvisioningError),
            "2209 - USB Provisioning Error: the current MEBx password is wrong in record 1 of 3; nothing is changed");
  m.drop("me.current_password");
  EXPECT_THAT(m.refusal(Reason::usbProvisioningError), HasSubstr("the current MEBx password is wrong"));
  m.set("me.current_password", "admin");
  m.set("me.new_password", "password");
  EXPECT_THAT(m.refusal(Reason::usbProvisioningError), HasSubstr("2209 - USB Provisioning Error: the new password is"));
  m.drop("me.new_password");
  EXPECT_THAT(m.refusal(Reason::usbProvisioningError), HasSubstr("no new password replaces the default"));
  EXPECT_EQ(m.hot.state, State::factory);
  EXPECT_EQ(m.overlay, nullptr);
}

TEST(UsbKey, AnOwnPasswordMayStayAsItIs) {
  KeyedMachine m;
  auto me = m.me();
  ASSERT_EQ(setMebxPassword(me, "0ther-Pass"), AmtStatus::success);
  EXPECT_THAT(m.refusal(Reason::usbProvisioningError), HasSubstr("the current MEBx password is wrong"));
  m.set("me.current_password", "0ther-Pass");
  m.drop("me.new_password");
  m.setPair();
  m.take();
  EXPECT_EQ(m.hot.state, State::inSetup);
  EXPECT_TRUE(isMebxPassword(m.me(), "0ther-Pass"));
}

TEST(UsbKey, WrongPairsAreError2209) {
  KeyedMachine m;
  m.set("cm.pid", kPid);
  EXPECT_THAT(m.refusal(Reason::usbProvisioningError), HasSubstr("2209 - USB Provisioning Error: PPS: "));
  m.set("cm.pps", "NKLDG5DCRRNQE9YZZIJL7LFLVJED69XK");
  EXPECT_THAT(m.refusal(Reason::usbProvisioningError), HasSubstr("ends in a wrong checksum"));
  m.setPair();
  EXPECT_EQ(m.refusal(Reason::none), "taken");
  m.profile.prov.psk = false;
  EXPECT_THAT(m.refusal(Reason::usbProvisioningError), HasSubstr("no set-up by PSK"));
}

TEST(UsbKey, OnlyFactoryMachinesReadIt) {
  KeyedMachine m;
  m.enterPsk();
  EXPECT_EQ(m.refusal(Reason::usbKeyIgnored),
            "USB key: only a machine in factory state reads one; this one is in-setup");
}

TEST(UsbKey, AUsedUpKeySaysSo) {
  KeyedMachine m;
  m.offer.record.reset();
  m.offer.number = 3;
  EXPECT_EQ(m.refusal(Reason::usbKeyUsedUp), "USB key: no record is left for this machine, all 3 are consumed");
}

TEST(UsbKey, TheProfileSaysWhichVersionsAreRead) {
  const std::vector<setup_bin::Version> versions{{1, 0}, {2, 0}, {2, 1}, {3, 0}, {4, 0}};
  const std::vector<std::pair<std::string, std::size_t>> readable{{"", 0}, {"1.0", 1}, {"2.0", 2}, {"2.1", 3}};
  for (const auto& [newest, count] : readable) {
    for (std::size_t i = 0; i < versions.size(); ++i) {
      KeyedMachine m;
      m.profile.prov.usbRecord = newest;
      m.offer.version = versions[i];
      const auto text = m.refusal(Reason::usbKeyIgnored);
      EXPECT_EQ(text == "taken", i < count) << newest << " " << versions[i].text() << ": " << text;
    }
  }
}

TEST(UsbKey, EveryValueThatTheMachineHasAPlaceForIsTaken) {
  KeyedMachine m;
  const auto package = powerPackages(m.me()).at(1);
  Uuid guid;
  std::ranges::copy(package, guid.wire.begin());
  m.set("me.manageability", "amt");
  m.set("me.power_package", guid.text());
  m.set("cm.builtin_hashes", "off");
  m.set("cm.own_hashes", "enabled");
  m.set("cm.add_hash", "sha1:742c3192e607e424eb4549542be1bbc53e6174e2:Corp");
  m.set("cm.add_hash", "sha1:2796bae63f1801e277261ba0d77770028f20eee4:Other");
  m.set("cm.redirection", "sol+login");
  m.set("cm.hostname", "pc-1");
  m.set("cm.domain", "corp.example");
  m.set("cm.dhcp", "disabled");
  m.set("cm.static_ipv4", "10.0.0.2,255.0.0.0,10.0.0.1,10.0.0.3,0.0.0.0");
  m.set("cm.idle_timeout", "7");
  EXPECT_EQ(m.take(), "USB key: takes record 1 of 3\n");
  const auto me = m.me();
  EXPECT_EQ(activePowerPackage(me), package);
  const auto table = roots(me);
  ASSERT_EQ(table.size(), 4U);
  EXPECT_FALSE(table[0].active || table[1].active);
  EXPECT_TRUE(table[2].active && table[3].active);
  EXPECT_EQ(table[3].name, "Other");
  EXPECT_FALSE(me.nvram().interfaces.ideRedirection);
  EXPECT_TRUE(me.nvram().interfaces.serialOverLan);
  EXPECT_EQ(me.nvram().hostName, "pc-1");
  EXPECT_EQ(me.nvram().domainName, "corp.example");
  EXPECT_FALSE(me.nvram().wired.dhcp);
  EXPECT_EQ(ipv4(me), (Ipv4Settings{0x0A000002, 0xFF000000, 0x0A000001, 0x0A000003, 0}));
  EXPECT_EQ(idleWakeMinutes(me), 7U);
}

TEST(UsbKey, OwnHashesAreSwitchedOffOrDeleted) {
  for (const bool deletes : {false, true}) {
    KeyedMachine m;
    auto own = TestMachine::root("own", 0x33);
    own.handle = 3;
    own.factory = false;
    m.environment.roots.push_back(own);
    m.set("cm.own_hashes", deletes ? "delete" : "disabled");
    m.take();
    const auto table = roots(m.me());
    ASSERT_EQ(table.size(), deletes ? 2U : 3U);
    EXPECT_TRUE(table[0].active);
    if (!deletes) {
      EXPECT_FALSE(table[2].active);
    }
  }
}

TEST(UsbKey, WhatHasNoPlaceIsNotedByName) {
  struct Case {
    const char* name;
    const char* text;
    const char* said;
  };
  for (const auto& [name, text, said] :
       {Case{"me.manageability", "none", "has no place here, Intel AMT stays on"},
        Case{"me.local_update", "enabled", "has no place in this machine"},
        Case{"me.power_package", "44454c4c-3100-1051-8032-b4c04f4b4d31", "is refused with NOT_FOUND"},
        Case{"cm.server_fqdn", "sp.example", "has no place in this machine"},
        Case{"cm.server_port", "9971", "has no place in this machine"},
        Case{"cm.vlan", "3", "has no place in this machine"},
        Case{"cm.dhcp", "disabled", "is disabled without an address in its place"},
        Case{"cm.redirection", "none", "cannot switch off the login by password here"},
        Case{"cm.hostname", "not a name", "is refused with"}, Case{"cm.static_ipv4", "hex:0102", "cannot be read"},
        Case{"cm.idle_timeout", "hex:010203", "cannot be read"}, Case{"cm.idle_timeout", "0", "is refused with"}}) {
    KeyedMachine m;
    m.set(name, text);
    EXPECT_THAT(m.take(), HasSubstr(std::string("USB key: ") + name + " " + said)) << text;
  }
}

TEST(UsbKey, ValuesOfLaterVersionsAreNoted) {
  KeyedMachine m;
  m.set("cm.hostname", "pc");
  m.set("cm.domain", "corp.example");
  m.profile.prov.usbRecord = "2.0";
  m.offer.version = {2, 0};
  EXPECT_THAT(m.take(), HasSubstr("cm.hostname is newer than this firmware, cm.domain is newer than this firmware\n"));
  EXPECT_TRUE(m.me().nvram().hostName.empty());
}

TEST(UsbKey, TheMebxPasswordOutlivesUnprovisionAndNotACmosClear) {
  KeyedMachine m;
  m.setPair();
  m.take();
  auto me = m.me();
  ASSERT_EQ(commitChanges(me, m.effects), AmtStatus::success);
  ASSERT_EQ(unprovision(me, ProvisioningMode::enterprise, m.effects), AmtStatus::success);
  EXPECT_TRUE(isAdminDefault(me));
  EXPECT_FALSE(pskPair(me));
  EXPECT_THAT(m.refusal(Reason::usbProvisioningError), HasSubstr("the current MEBx password is wrong"));
  ASSERT_EQ(resetAtDesk(me, DeskReset::cmosClear, m.effects), AmtStatus::success);
  EXPECT_EQ(m.overlay, nullptr);
  EXPECT_EQ(m.refusal(Reason::none), "taken");
}

}  // namespace
}  // namespace vme::machine

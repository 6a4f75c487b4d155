// A group whose machines are configured by a USB key.

#include <gmock/gmock.h>
#include <unistd.h>

#include <fstream>

#include "scenario/staging.hpp"
#include "unit/scenario/text.hpp"
#include "wire/setup_bin_variables.hpp"

namespace vme::scenario {
namespace {

namespace setup_bin = wire::setup_bin;
using ::testing::Contains;
using ::testing::HasSubstr;

struct KeyedGroup : ::testing::Test {
  std::filesystem::path folder = std::filesystem::path(::testing::TempDir()) / ("keyed-" + std::to_string(getpid()));

  void SetUp() override { std::filesystem::create_directories(folder); }
  void TearDown() override { std::filesystem::remove_all(folder); }

  static void add(setup_bin::Record& record, std::string_view name, std::string_view text) {
    const auto& variable = *setup_bin::findVariable(name);
    record.entries.push_back({variable.module, variable.id, *setup_bin::parseValue(variable, text)});
  }
  static setup_bin::Record record(std::string_view password) {
    setup_bin::Record made;
    add(made, "me.current_password", "admin");
    add(made, "me.new_password", password);
    return made;
  }
  static setup_bin::Record pairRecord(std::uint64_t n) {
    auto made = record("P@ssw0rd");
    const auto pair = wire::drawPskPair(Draw(9, n));
    add(made, "cm.pid", pair.pidText());
    add(made, "cm.pps", pair.ppsText());
    return made;
  }
  void write(std::vector<setup_bin::Record> records) const {
    setup_bin::File file;
    file.header.version = {2, 1};
    file.header.records = static_cast<std::uint32_t>(records.size());
    file.records = std::move(records);
    const auto bytes = *setup_bin::encode(file);
    std::ofstream(folder / "key.bin", std::ios::binary).write(asText(bytes).data(), std::ssize(bytes));
  }
  std::string place() const { return (folder / "s.yaml").string(); }
  Scenario scenario(const std::string& keys) const { return parse(place(), withGroup(keys), {}); }
  std::string error(const std::string& keys) const {
    try {
      scenario(keys);
    } catch (const ConfigError& error) {
      return error.what();
    }
    return "none";
  }
};

TEST_F(KeyedGroup, IsSetUpByThePairsOfTheKey) {
  write({pairRecord(0), pairRecord(1)});
  const auto made = scenario("    profiles: [amt-2.1, amt-4.0]\n    usb_key: key.bin\n");
  ASSERT_EQ(made.groups.size(), 2U);
  EXPECT_EQ(made.groups[0].group.usbKey, made.groups[1].group.usbKey);
  for (const auto& spec : made.groups) {
    EXPECT_EQ(spec.method, "psk");
    EXPECT_FALSE(spec.group.enterPsk);
    EXPECT_FALSE(spec.group.environment.setupPassword);
  }
  const Roster roster(made);
  const auto pairs = pskPairs(made, roster);
  ASSERT_EQ(pairs.size(), 2U);
  EXPECT_EQ(pairs[1], wire::drawPskPair(Draw(9, 1)));
  EXPECT_THAT(servicePointOptions(made, roster, {}).setupPasswords, Contains("P@ssw0rd"));
}

TEST_F(KeyedGroup, TheServicePointMayKnowItsPairsWrongOrNotAtAll) {
  write({pairRecord(0)});
  const auto wrong = scenario("    profile: amt-2.1\n    usb_key: key.bin\n    service_point_knows: {pps: wrong}\n");
  const auto pairs = pskPairs(wrong, Roster(wrong));
  ASSERT_EQ(pairs.size(), 1U);
  EXPECT_EQ(pairs[0].pid, wire::drawPskPair(Draw(9, 0)).pid);
  EXPECT_NE(pairs[0].pps, wire::drawPskPair(Draw(9, 0)).pps);
  const auto none = scenario("    profile: amt-2.1\n    usb_key: key.bin\n    service_point_knows: {pid: false}\n");
  EXPECT_TRUE(pskPairs(none, Roster(none)).empty());
}

TEST_F(KeyedGroup, WithoutPairsItIsSetUpByCertificate) {
  write({record("P@ssw0rd")});
  EXPECT_EQ(scenario("    profile: amt-4.0\n    usb_key: key.bin\n").groups[0].method, "pki");
  EXPECT_THAT(error("    profile: amt-2.1\n    usb_key: key.bin\n"), HasSubstr("amt-2.1 has no set-up by certificate"));
}

TEST_F(KeyedGroup, WrongKeysAndKeysBesideOthersAreRefused) {
  const auto at = place() + ":6:14: ";
  EXPECT_EQ(error("    profile: amt-2.1\n    usb_key: none.bin\n"),
            at + (folder / "none.bin").string() + ": is no file. name one made by `vme setup-bin make`");
  write({pairRecord(0)});
  std::filesystem::resize_file(folder / "key.bin", 700);
  EXPECT_THAT(error("    profile: amt-2.1\n    usb_key: key.bin\n"),
              HasSubstr(at + (folder / "key.bin").string() + ": offset 0x1c: "));
  write({pairRecord(0)});
  for (const auto* other : {"method: psk", "setup_password: P@ssw0rd"}) {
    EXPECT_THAT(error(std::string("    profile: amt-2.1\n    usb_key: key.bin\n    ") + other + "\n"),
                HasSubstr("has no effect with usb_key"));
  }
  EXPECT_THAT(error("    profile: amt-2.1\n    usb_key: key.bin\n    provisioning: none\n"),
              HasSubstr("usb_key has no effect with provisioning: none"));
  auto manual = record("P@ssw0rd");
  add(manual, "cm.mode", "small-business");
  write({manual});
  EXPECT_THAT(error("    profile: amt-4.0\n    usb_key: key.bin\n"), HasSubstr("sets small-business mode"));
}

}  // namespace
}  // namespace vme::scenario

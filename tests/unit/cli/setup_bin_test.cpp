// What `vme setup-bin make` makes of its options.

#include <gmock/gmock.h>

#include "base/error.hpp"
#include "cli/setup_bin_make.hpp"
#include "fleet/plan.hpp"
#include "wire/setup_bin_variables.hpp"

namespace vme::cli {
namespace {

namespace setup_bin = wire::setup_bin;
using ::testing::HasSubstr;

constexpr const char* kPair = "0000-037M:NKLD-G5DC-RRNQ-E9YZ-ZIJL-7LFL-VJED-69XJ";

SetupBinOptions options() {
  SetupBinOptions some;
  some.file = "setup.bin";
  some.newPassword = "P@ssw0rd";
  return some;
}
setup_bin::File made(const SetupBinOptions& options) {
  return setupBinFrom(options, pskPairsOf(options));
}
std::string errorOf(const SetupBinOptions& options) {
  try {
    made(options);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "none";
}
std::string valueOf(const setup_bin::Record& record, std::string_view name) {
  const auto& variable = *setup_bin::findVariable(name);
  const auto* value = record.find(variable.module, variable.id);
  return value ? setup_bin::valueText(variable, *value) : "";
}

TEST(SetupBinMake, OneRecordWithPasswordsIsTheLeast) {
  const auto file = made(options());
  EXPECT_EQ(file.header.version.text(), "1.0");
  ASSERT_EQ(file.records.size(), 1U);
  EXPECT_EQ(valueOf(file.records[0], "me.current_password"), "admin");
  EXPECT_EQ(valueOf(file.records[0], "me.new_password"), "P@ssw0rd");
  EXPECT_EQ(file.records[0].entries.size(), 2U);
}

TEST(SetupBinMake, EachPairIsARecord) {
  auto some = options();
  some.psk = {kPair, "LSHJ-UODX:6EFD-IWZY-OZW4-POB9-STCI-AXTL-E2LF-02IR"};
  some.scramble = some.keep = true;
  const auto file = made(some);
  ASSERT_EQ(file.records.size(), 2U);
  EXPECT_EQ(file.header.records, 2U);
  EXPECT_TRUE(file.header.keepsRecords());
  EXPECT_EQ(valueOf(file.records[0], "cm.pid"), "0000037M");
  EXPECT_EQ(valueOf(file.records[1], "cm.pps"), "6EFDIWZYOZW4POB9STCIAXTLE2LF02IR");
  EXPECT_TRUE(file.records[0].scrambled && file.records[1].scrambled);
}

TEST(SetupBinMake, DerivedPairsAreThoseOfTheFleetOfThatSeed) {
  auto some = options();
  some.psk = {"derived"};
  some.seed = "5";
  some.count = "3";
  const auto pairs = pskPairsOf(some);
  ASSERT_EQ(pairs.size(), 3U);
  for (std::uint32_t i = 0; i < 3; ++i) EXPECT_EQ(pairs[i], fleet::identityOf(5, i, 0).psk);
}

TEST(SetupBinMake, TheVersionIsTheLowestThatHoldsTheValues) {
  auto some = options();
  some.pkiSuffix = "corp.example";
  EXPECT_EQ(made(some).header.version.text(), "2.0");
  some.hostName = "pc";
  EXPECT_EQ(made(some).header.version.text(), "2.1");
  some.version = "4";
  EXPECT_EQ(made(some).header.version.text(), "4.0");
  some.version = "2";
  EXPECT_EQ(errorOf(some), "--version: cm.hostname exists since version 2.1. give that one, or leave the value out");
  some.version = "5";
  EXPECT_EQ(errorOf(some), "--version: \"5\" is no version of setup.bin. give 1, 2, 2.1, 3 or 4");
}

TEST(SetupBinMake, EveryVariableIsReachableAndInOrder) {
  auto some = options();
  some.version = "4";
  some.newPassword.clear();
  some.currentPassword = "0ther-Pass";
  for (const auto& variable : setup_bin::allVariables()) {
    const std::string name(variable.name);
    if (name == "me.current_password" || variable.id == 1 || name == "cm.pps") continue;
    std::string value = "1";
    if (variable.type == setup_bin::ValueType::guid) value = "44454c4c-3100-1051-8032-b4c04f4b4d31";
    if (variable.type == setup_bin::ValueType::address) value = "10.0.0.1";
    if (variable.type == setup_bin::ValueType::addresses) value = "10.0.0.1,255.0.0.0,0.0.0.0,0.0.0.0,0.0.0.0";
    if (variable.type == setup_bin::ValueType::hash) value = "sha1:" + std::string(40, '1') + ":n";
    if (variable.type == setup_bin::ValueType::binary) value = "hex:" + std::string(168, '0');
    some.set.emplace_back(name).append("=").append(value);
  }
  some.set.emplace_back("cm.pid=0000037M");
  some.set.emplace_back("cm.pps=NKLDG5DCRRNQE9YZZIJL7LFLVJED69XJ");
  const auto file = made(some);
  EXPECT_EQ(file.records[0].entries.size(), setup_bin::allVariables().size());
  for (std::size_t i = 0; i < file.records[0].entries.size(); ++i) {
    EXPECT_EQ(file.records[0].entries[i].variable, setup_bin::allVariables()[i].id);
  }
}

TEST(SetupBinMake, PasswordsFollowTheRulesOfFirmware) {
  auto some = options();
  some.newPassword.clear();
  EXPECT_THAT(errorOf(some), HasSubstr("--new-password: is missing"));
  some.currentPassword = "0ther-Pass";
  EXPECT_EQ(errorOf(some), "none");
  for (const auto* weak : {"short1!", "password", "PASSWORD1!", "Passw0rd", "Pass:w0rd!", "Passw0rd_"}) {
    some.newPassword = weak;
    EXPECT_THAT(errorOf(some), HasSubstr("--new-password: firmware refuses it")) << weak;
  }
}

TEST(SetupBinMake, ContradictionsNameTheirOption) {
  auto some = options();
  some.psk = {"derived", kPair};
  EXPECT_THAT(errorOf(some), HasSubstr("--psk: pairs come from one place"));
  some.psk = {kPair};
  some.count = "2";
  EXPECT_EQ(errorOf(some), "--count: each pair makes a record. leave it out");
  some.count.clear();
  some.seed = "2";
  EXPECT_EQ(errorOf(some), "--seed: has no effect without --psk derived. leave it out");
  some.seed.clear();
  some.set = {"cm.pid=0000037M", "cm.pps=NKLDG5DCRRNQE9YZZIJL7LFLVJED69XJ"};
  EXPECT_EQ(errorOf(some), "--set: cm.pid is given beside --psk. leave one of them out");
  some.psk.clear();
  EXPECT_EQ(errorOf(some), "none");
  some.set = {"cm.pid=0000037M"};
  EXPECT_EQ(errorOf(some), "--set: cm.pid and cm.pps go together. give both, or --psk PID:PPS");
  some.set = {"cm.pid=0000037N", "cm.pps=NKLDG5DCRRNQE9YZZIJL7LFLVJED69XJ"};
  EXPECT_THAT(errorOf(some), HasSubstr("--set: PID: group 1 \"0000037N\" ends in a wrong checksum"));
  some.set = {"cm.hotname=x"};
  EXPECT_EQ(errorOf(some), "--set: there is no variable \"cm.hotname\". did you mean \"cm.hostname\"?");
  some.set = {"cm.hostname=a", "cm.hostname=b"};
  EXPECT_EQ(errorOf(some), "--set: cm.hostname is given twice. leave one of them out");
  some.set.assign(4, "cm.add_hash=sha1:" + std::string(40, '1') + ":n");
  EXPECT_EQ(errorOf(some), "--hash: firmware has 3 rows for such roots. give no more than that");
  some.set.clear();
  some.serverPort = "70000";
  EXPECT_EQ(errorOf(some),
            "--server-port: cm.server_port is not taken: \"70000\" is none. give a number of at most 65535");
}

}  // namespace
}  // namespace vme::cli

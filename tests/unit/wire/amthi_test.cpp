// AMTHI, MKHI and the watchdog as a client sends and reads them.

#include "wire/amthi.hpp"

#include <gtest/gtest.h>

#include "wire/heci_watchdog.hpp"
#include "wire/mkhi.hpp"

namespace vme::wire {
namespace {

using namespace amthi;

TEST(AmthiCodec, requestsAndResponsesByteForByte) {
  EXPECT_EQ(toHex(request(AmthiCommand::getProvisioningState)), "010100001100000400000000");
  EXPECT_EQ(toHex(request(AmthiCommand::setProvisioningServerOtp, ansi("one"))),
            "01010000"
            "2a000004"
            "05000000"
            "03006f6e65");
  EXPECT_EQ(toHex(response(0x01000001, AmtStatus::unsupported)),
            "01010000"
            "01008001"
            "04000000"
            "12080000");
}

TEST(AmthiCodec, aResponseIsReadStrictly) {
  const auto command = AmthiCommand::getProvisioningState;
  const auto good = response(0x04000011, AmtStatus::success, amthi::number(2));
  const auto parsed = parseResponse(command, good);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(readNumber(parsed->data), 2U);
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_FALSE(parseResponse(command, ByteView(good).first(size))) << size;
  }
  EXPECT_FALSE(parseResponse(AmthiCommand::getPid, good));
  EXPECT_FALSE(parseResponse(command, request(command, amthi::number(0)))) << "no answer bit";
  for (const std::size_t at : {0U, 2U, 3U, 8U, 11U}) {
    auto bad = good;
    ++bad[at];
    EXPECT_FALSE(parseResponse(command, bad)) << at;
  }
}

TEST(AmthiCodec, textsWithTheirCount) {
  EXPECT_EQ(readAnsi(ansi("corp.example")), "corp.example");
  EXPECT_EQ(readAnsi(ansi("")), "");
  EXPECT_EQ(readAnsi(*fromHex("0300414200")), "AB");
  EXPECT_EQ(readAnsi(*fromHex("02004142ff")), std::nullopt);
  EXPECT_EQ(readAnsi(*fromHex("03004142")), std::nullopt);
  EXPECT_EQ(readAnsi(*fromHex("01")), std::nullopt);
}

/// What does not fit its size is refused, and no byte of the rest can hurt.
template <typename Parse>
void expectOnlyWhole(const Bytes& data, Parse parse) {
  ASSERT_TRUE(parse(ByteView(data)));
  for (std::size_t size = 0; size < data.size(); ++size) EXPECT_FALSE(parse(ByteView(data).first(size))) << size;
  auto longer = data;
  longer.push_back(0);
  EXPECT_FALSE(parse(ByteView(longer)));
}

TEST(AmthiCodec, dataOfAnswers) {
  const CodeVersions versions{.bios = "68MCU F.15", .entries = {{"AMT", "2.5.0"}, {"Build Number", "1084"}}};
  const auto data = encode(versions);
  EXPECT_EQ(data.size(), 65U + 4 + 2 * 44);
  EXPECT_EQ(parseCodeVersions(data).value(), versions);
  expectOnlyWhole(data, parseCodeVersions);
  EXPECT_EQ(versions.of("AMT"), "2.5.0");
  EXPECT_EQ(versions.of("Sku"), "");
  auto lying = data;
  lying[69] = 4;
  EXPECT_FALSE(parseCodeVersions(lying)) << "a text shorter than its count";
  lying = data;
  lying[65] = 51;
  EXPECT_FALSE(parseCodeVersions(lying));

  const ProvisioningMode mode{.mode = 1, .legacy = true};
  EXPECT_EQ(parseProvisioningMode(encode(mode)).value(), mode);
  expectOnlyWhole(encode(mode), parseProvisioningMode);
  const MacAddresses addresses{.dedicated = {1, 2, 3, 4, 5, 6}, .host = {7, 8, 9, 10, 11, 12}};
  EXPECT_EQ(parseMacAddresses(encode(addresses)).value(), addresses);
  expectOnlyWhole(encode(addresses), parseMacAddresses);
  const std::vector<std::uint32_t> handles{1, 2, 77};
  EXPECT_EQ(parseHandles(encodeHandles(handles)).value(), handles);
  expectOnlyWhole(encodeHandles(handles), parseHandles);
  EXPECT_FALSE(parseHandles(encodeHandles(std::vector<std::uint32_t>(34))));
  const HashEntry entry{
      .isDefault = true, .isActive = false, .hash = {HashAlgorithm::sha1, Bytes(20, 0xAB)}, .name = "root"};
  EXPECT_EQ(parseHashEntry(encode(entry)).value(), entry);
  EXPECT_EQ(encode(entry).size(), 75U + 4);
  expectOnlyWhole(encode(entry), parseHashEntry);
  const LanSettings lan{
      .enabled = true, .ipv4 = 0x7F000001, .dhcp = true, .dhcpIpMode = 2, .link = true, .mac = {1, 2, 3, 4, 5, 6}};
  EXPECT_EQ(toHex(encode(lan)).substr(8, 8), "0100007f");
  EXPECT_EQ(parseLanSettings(encode(lan)).value(), lan);
  expectOnlyWhole(encode(lan), parseLanSettings);
  const LocalAccount account{.user = "$$OsAdmin", .password = "secret"};
  EXPECT_EQ(encode(account).size(), 68U);
  EXPECT_EQ(parseLocalAccount(encode(account)).value(), account);
  expectOnlyWhole(encode(account), parseLocalAccount);
}

TEST(MkhiCodec, theVersionOfTheFirmware) {
  EXPECT_EQ(toHex(mkhi::request(mkhi::kGroupGeneral, mkhi::kGetFwVersion)), "ff020000");
  const mkhi::FwVersion version{.major = 5, .minor = 2, .hotfix = 10, .build = 1023};
  const auto answer = mkhi::answer({mkhi::kGroupGeneral, mkhi::kGetFwVersion, 0}, mkhi::Result::success,
                                   mkhi::encode(version, version));
  EXPECT_EQ(toHex(answer),
            "ff820000"
            "02000500ff030a00"
            "02000500ff030a00");
  EXPECT_EQ(mkhi::parseFwVersion(answer).value(), version);
  for (std::size_t size = 0; size < answer.size(); ++size) {
    EXPECT_FALSE(mkhi::parseFwVersion(ByteView(answer).first(size))) << size;
  }
  EXPECT_FALSE(mkhi::parseFwVersion(
      mkhi::answer({mkhi::kGroupGeneral, mkhi::kGetFwVersion, 0}, mkhi::Result::notSupported, Bytes(16))));
}

TEST(WatchdogCodec, messagesOfTheDrivers) {
  const auto parse = [](std::string_view text) { return heci::parseWatchdog(*fromHex(text)); };
  const auto modern = parse(
      "02151310"
      "7800" +
      std::string(34, '0'));
  ASSERT_TRUE(modern);
  EXPECT_EQ(std::get<heci::WatchdogPing>(*modern).timeoutS, 120);
  const auto old = parse(
      "02121310"
      "ffff" +
      std::string(28, '1'));
  ASSERT_TRUE(old);
  EXPECT_EQ(std::get<heci::WatchdogPing>(*old).timeoutS, 65535);
  EXPECT_TRUE(std::holds_alternative<heci::WatchdogStop>(parse("02021410").value()));
  EXPECT_TRUE(std::holds_alternative<heci::AmtSwitchQuery>(parse("05025110").value()));
  EXPECT_TRUE(std::holds_alternative<heci::AmtSwitch>(parse("05025210").value()));
  for (const auto* text :
       {"", "02", "020214", "0202141000", "02021411", "03021410", "02021310", "07020110", "0503531000", "0215131078"}) {
    EXPECT_FALSE(parse(text)) << text;
  }
  EXPECT_EQ(toHex(heci::encodePingAnswer(true)), "020483100000");
  EXPECT_EQ(toHex(heci::encodePingAnswer(false)), "020483100001");
}

}  // namespace
}  // namespace vme::wire

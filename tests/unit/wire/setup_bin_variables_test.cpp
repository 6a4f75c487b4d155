#include "wire/setup_bin_variables.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace vme::wire::setup_bin {
namespace {

std::string hexOf(std::string_view name, std::string_view text) {
  const auto value = parseValue(*findVariable(name), text);
  return value ? toHex(*value) : value.error().text;
}
std::string textOf(std::string_view name, std::string_view hex) {
  return valueText(*findVariable(name), *fromHex(hex));
}

/// A value of the type, as text and as bytes.
std::pair<std::string, std::string> sample(const Variable& variable) {
  switch (variable.type) {
    case ValueType::text:
      return {std::string(variable.least, 'A'), toHex(Bytes(variable.least, 'A'))};
    case ValueType::number: {
      const auto hex = std::string("01000000").substr(0, 2U * variable.most);
      const auto choice = std::ranges::find(variable.choices, 1U, &Choice::value);
      return {choice == variable.choices.end() ? "1" : std::string(choice->word), hex};
    }
    case ValueType::guid:
      return {"44454c4c-3100-1051-8032-b4c04f4b4d31",
              "4c4c45440031511080"
              "32b4c04f4b4d31"};
    case ValueType::address:
      return {"192.168.0.1", "c0a80001"};
    case ValueType::addresses:
      return {"10.0.0.2,255.0.0.0,10.0.0.1,10.0.0.3,0.0.0.0", "0a000002ff0000000a0000010a00000300000000"};
    case ValueType::hash:
      return {"sha1:742c3192e607e424eb4549542be1bbc53e6174e2:Root",
              "01742c3192e607e424eb4549542be1bbc53e6174e204526f6f74"};
    case ValueType::binary:
      break;
  }
  const auto hex = toHex(Bytes(variable.least, 7));
  return {"hex:" + hex, hex};
}

TEST(SetupBinVariables, EachHasItsRowInOrder) {
  std::set<std::string_view> names;
  std::pair<unsigned, unsigned> last{0, 0};
  for (const auto& variable : allVariables()) {
    EXPECT_TRUE(names.insert(variable.name).second) << variable.name;
    const std::pair<unsigned, unsigned> key{variable.module, variable.id};
    EXPECT_LT(last, key) << variable.name;
    last = key;
    EXPECT_EQ(findVariable(variable.module, variable.id), &variable);
    EXPECT_EQ(findVariable(variable.name), &variable);
    EXPECT_TRUE(variable.name.starts_with(variable.module == kMe ? "me." : "cm.")) << variable.name;
    EXPECT_LE(variable.least, variable.most);
  }
  EXPECT_EQ(names.size(), 6U + 34U);  // module 2 has no variable 9
  EXPECT_EQ(findVariable(2, 9), nullptr);
  EXPECT_EQ(findVariable("cm.none"), nullptr);
}

TEST(SetupBinVariables, EachTypeGoesFromTextToBytesAndBack) {
  for (const auto& variable : allVariables()) {
    const auto [shown, hex] = sample(variable);
    EXPECT_EQ(hexOf(variable.name, shown), hex) << variable.name;
    EXPECT_EQ(textOf(variable.name, hex), shown) << variable.name;
  }
}

TEST(SetupBinVariables, LengthsAreHeldUnlessTheEncodingIsAGuess) {
  for (const auto& variable : allVariables()) {
    const Bytes shorter(variable.least - 1U, 'A'), longer(variable.most + 1U, 'A');
    EXPECT_EQ(checkValue(variable, longer).has_value(), variable.guessed) << variable.name;
    EXPECT_EQ(checkValue(variable, shorter).has_value(), variable.guessed && variable.least > 1) << variable.name;
  }
  EXPECT_FALSE(checkValue(*findVariable("cm.vlan"), Bytes(256)));
  EXPECT_EQ(textOf("cm.idle_timeout", "010203"), "hex:010203");
  EXPECT_EQ(hexOf("cm.idle_timeout", "hex:010203"), "010203");
}

TEST(SetupBinVariables, NumbersAreWordsOrDigits) {
  EXPECT_EQ(hexOf("cm.dhcp", "enabled"), "02");
  EXPECT_EQ(hexOf("cm.dhcp", "7"), "07");
  EXPECT_EQ(textOf("cm.dhcp", "07"), "7");
  EXPECT_EQ(hexOf("cm.redirection", "sol+ider+login"), "07");
  EXPECT_EQ(hexOf("cm.server_port", "9971"), "f326");
  EXPECT_EQ(hexOf("cm.support_channel", "4294967295"), "ffffffff");
  EXPECT_EQ(hexOf("cm.server_port", "65536"), "\"65536\" is none. give a number of at most 65535");
  EXPECT_EQ(hexOf("cm.dhcp", "yes"), "\"yes\" is none. give disabled, enabled, or a number of at most 255");
}

TEST(SetupBinVariables, WrongValuesSayWhatIsWanted) {
  EXPECT_EQ(hexOf("cm.hostname", std::string(64, 'h')), "it has 64 bytes. write 1 to 63");
  EXPECT_EQ(hexOf("cm.hostname", "t\xC3\xBC"), "it has characters that are not printable ASCII. write such alone");
  EXPECT_EQ(hexOf("cm.server_address", "192.168.0"), "it is no IPv4 address. give one such as 192.168.0.1");
  EXPECT_EQ(hexOf("cm.static_ipv4", "10.0.0.1,255.0.0.0"),
            "it is no list of five IPv4 addresses. give address,mask,gateway,dns,dns; 0.0.0.0: none");
  EXPECT_EQ(hexOf("me.power_package", "x"), "it is no GUID. give one such as 44454c4c-3100-1051-8032-b4c04f4b4d31");
  EXPECT_EQ(hexOf("cm.ipv6", "0102"), "it has no form but bytes. give hex: and two digits a byte");
  EXPECT_EQ(hexOf("cm.ipv6", "hex:012"), "what follows hex: is none. give two digits a byte");
  EXPECT_EQ(hexOf("cm.add_hash", "md5:00:x"), "it is no root hash. give sha1:HEX:NAME, or use --hash NAME=FILE.pem");
  EXPECT_EQ(hexOf("cm.add_hash", "sha1:0g:x"), "the hash is no hex. give two digits a byte");
  EXPECT_TRUE(hexOf("cm.add_hash", "sha1:0011:x").starts_with("it has 5 bytes"));
}

TEST(SetupBinVariables, HashesHaveTheLengthOfTheirAlgorithm) {
  for (const auto algorithm : {HashAlgorithm::sha1, HashAlgorithm::sha256, HashAlgorithm::sha384}) {
    const NamedHash named{{algorithm, Bytes(hashLength(static_cast<std::uint8_t>(algorithm)), 0x5A)},
                          std::string(32, 'n')};
    auto bytes = encodeHash(named);
    ASSERT_TRUE(namedHash(bytes));
    EXPECT_EQ(namedHash(bytes)->hash, named.hash);
    EXPECT_EQ(namedHash(bytes)->name, named.name);
    for (std::size_t size = 0; size < bytes.size(); ++size) EXPECT_FALSE(namedHash(ByteView(bytes).first(size)));
    bytes.push_back('n');
    EXPECT_FALSE(namedHash(bytes));
  }
  EXPECT_FALSE(namedHash(encodeHash({{HashAlgorithm::sha1, Bytes(20)}, std::string(33, 'n')})));
}

}  // namespace
}  // namespace vme::wire::setup_bin

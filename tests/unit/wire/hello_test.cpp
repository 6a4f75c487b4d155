#include "wire/hello.hpp"

#include <gtest/gtest.h>

#include <set>

#include "wire/pid_pps.hpp"

namespace vme::wire {
namespace {

// The two vectors of provisioning.md 1.3.
constexpr std::string_view kPsk = "00000200000000004c4c4544003151108032b4c04f4b4d31303030303033374d";
constexpr std::string_view kPki =
    "00000300010000004c4c4544003151108032b4c04f4b4d3102"
    "0114742c3192e607e424eb4549542be1bbc53e6174e2"
    "01142796bae63f1801e277261ba0d77770028f20eee4";

Bytes bytes(std::string_view hex) {
  return *fromHex(hex);
}

std::string errorOf(const Bytes& message) {
  const auto hello = parseHello(message);
  return hello ? std::string() : hello.error().message();
}

TEST(HelloPacket, pskVectorGoesThereAndBack) {
  const auto hello = parseHello(bytes(kPsk));
  ASSERT_TRUE(hello) << hello.error().message();
  EXPECT_TRUE(hello->isPsk());
  EXPECT_EQ(std::get<std::string>(hello->credentials), "0000037M");
  EXPECT_FALSE(hello->adminCredentialsSet);
  EXPECT_EQ(hello->uuid.text(), "44454c4c-3100-1051-8032-b4c04f4b4d31");
  EXPECT_EQ(toHex(encode(*hello)), kPsk);
}

TEST(HelloPacket, pkiVectorGoesThereAndBack) {
  const auto hello = parseHello(bytes(kPki));
  ASSERT_TRUE(hello) << hello.error().message();
  EXPECT_EQ(hello->retryCount, 1U);
  const auto& hashes = std::get<std::vector<RootHash>>(hello->credentials);
  ASSERT_EQ(hashes.size(), 2U);
  EXPECT_EQ(toHex(hashes[0].hash), "742c3192e607e424eb4549542be1bbc53e6174e2");
  EXPECT_EQ(toHex(encode(*hello)), kPki);
}

TEST(HelloPacket, everyTruncationAndEveryExtensionIsRefused) {
  for (const auto vector : {kPsk, kPki}) {
    auto whole = bytes(vector);
    for (std::size_t size = 0; size < whole.size(); ++size) {
      EXPECT_FALSE(parseHello(ByteView(whole).first(size))) << size;
    }
    whole.push_back(0);
    EXPECT_FALSE(parseHello(whole));
  }
}

TEST(HelloPacket, eachFaultIsNamedWithItsOffset) {
  auto message = bytes(kPsk);
  message[2] = 1;
  EXPECT_EQ(errorOf(message), "hello, offset 2: version 1 is neither 2 (PSK) nor 3 (PKI)");
  message = bytes(kPsk);
  message[0] = 2;
  EXPECT_EQ(errorOf(message), "hello, offset 0: the admin credentials flag is 2, neither 0 nor 1");
  message = bytes(kPsk);
  message[24] = 'a';
  EXPECT_EQ(errorOf(message), "hello, offset 24: the PID has characters other than A-Z and 0-9");
  message = bytes(kPsk);
  std::fill_n(message.begin() + 8, 16, std::uint8_t{0xFF});
  EXPECT_EQ(errorOf(message), "hello, offset 8: the UUID is blank");
  message = bytes(kPki);
  message[25] = 4;
  EXPECT_EQ(errorOf(message), "hello, offset 25: hash algorithm 4 is not 1, 2 or 3");
  message = bytes(kPki);
  message[26] = 32;
  EXPECT_EQ(errorOf(message), "hello, offset 26: the hash length does not fit its algorithm");
  message = bytes(kPki);
  message[24] = 3;
  EXPECT_EQ(errorOf(message), "hello, offset 69: root hash 3 is missing");
}

TEST(HelloPacket, allHashAlgorithmsAndNoHashAtAll) {
  Hello hello;
  hello.uuid = *Uuid::parse("44454c4c-3100-1051-8032-b4c04f4b4d31");
  hello.retryCount = 0xFFFFFFFF;
  hello.credentials = std::vector<RootHash>{{HashAlgorithm::sha1, Bytes(20, 1)},
                                            {HashAlgorithm::sha256, Bytes(32, 2)},
                                            {HashAlgorithm::sha384, Bytes(48, 3)}};
  EXPECT_EQ(*parseHello(encode(hello)), hello);
  hello.credentials = std::vector<RootHash>{};
  EXPECT_EQ(*parseHello(encode(hello)), hello);
}

TEST(HelloPacket, theLargestOneFitsAndABlankUuidDoesNot) {
  Hello hello;
  hello.uuid = *Uuid::parse("44454c4c-3100-1051-8032-b4c04f4b4d31");
  hello.credentials = std::vector<RootHash>(23, {HashAlgorithm::sha384, Bytes(48, 9)});
  const auto largest = encode(hello);
  EXPECT_EQ(largest.size(), kMaxHelloSize);
  EXPECT_EQ(*parseHello(largest), hello);
  hello.uuid = {};
  EXPECT_EQ(errorOf(encode(hello)), "hello, offset 8: the UUID is blank");
}

TEST(HelloPacket, everyByteIsLookedAt) {
  // A wrong byte anywhere is an error or another hello, never the same one.
  for (const auto vector : {kPsk, kPki}) {
    const auto whole = bytes(vector);
    for (std::size_t at = 0; at < whole.size(); ++at) {
      auto message = whole;
      message[at] ^= 0x01U;
      const auto hello = parseHello(message);
      if (hello) {
        EXPECT_EQ(encode(*hello), message) << at;
      }
    }
  }
}

TEST(PidPps, theVectorsChecksumsHold) {
  const auto pair = parsePskPair("0000-037M", "NKLD-G5DC-RRNQ-E9YZ-ZIJL-7LFL-VJED-69XJ");
  ASSERT_TRUE(pair) << pair.error().message();
  EXPECT_EQ(pair->pidText(), "0000037M");
  EXPECT_EQ(displayPid(pair->pidText()), "0000-037M");
  EXPECT_EQ(displayPps(pair->ppsText()), "NKLD-G5DC-RRNQ-E9YZ-ZIJL-7LFL-VJED-69XJ");
}

TEST(PidPps, eachWrongGroupIsNamed) {
  EXPECT_EQ(parsePskPair("0000-037N", "NKLD-G5DC-RRNQ-E9YZ-ZIJL-7LFL-VJED-69XJ").error().place, "PID");
  const auto wrong = parsePskPair("0000-037M", "NKLD-G5DC-RRNQ-E9YZ-ZIJL-7LFL-VJED-69XK");
  ASSERT_FALSE(wrong);
  EXPECT_NE(wrong.error().text.find("group 8 \"69XK\""), std::string::npos) << wrong.error().text;
  EXPECT_FALSE(parsePskPair("0000-037", "NKLD-G5DC-RRNQ-E9YZ-ZIJL-7LFL-VJED-69XJ"));
  EXPECT_FALSE(parsePskPair("0000-037m", "NKLD-G5DC-RRNQ-E9YZ-ZIJL-7LFL-VJED-69XJ"));
}

TEST(PidPps, overTheNetworkOnlyLengthAndAlphabetAreLookedAt) {
  EXPECT_TRUE(isPidAlphabet("0000037N"));
  EXPECT_FALSE(isPidAlphabet("0000-037"));
  EXPECT_FALSE(isPidAlphabet("000037M"));
  EXPECT_FALSE(isPidAlphabet("0000037m"));
  EXPECT_TRUE(isPpsAlphabet(std::string(32, 'A')));
  EXPECT_FALSE(isPpsAlphabet(std::string(31, 'A')));
  EXPECT_FALSE(isPpsAlphabet(std::string(31, 'A') + '-'));
}

TEST(PidPps, drawnPairsAreValidAndDiffer) {
  std::set<std::string> all;
  for (std::uint64_t i = 0; i < 200; ++i) {
    const auto pair = drawPskPair(Draw(5, i));
    EXPECT_TRUE(parsePskPair(pair.pidText(), pair.ppsText()));
    EXPECT_EQ(pair, drawPskPair(Draw(5, i)));
    all.insert(std::string(pair.pidText()));
    all.insert(std::string(pair.ppsText()));
  }
  EXPECT_EQ(all.size(), 400U);
}

}  // namespace
}  // namespace vme::wire

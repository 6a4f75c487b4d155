#include <gtest/gtest.h>

#include <set>

#include "base/bytes.hpp"
#include "base/draw.hpp"
#include "base/json_text.hpp"
#include "base/nearest.hpp"
#include "base/reasons.hpp"
#include "base/utf8.hpp"
#include "base/uuid.hpp"
#include "base/version_order.hpp"

namespace vme {
namespace {

TEST(Bytes, hexAndBase64GoThereAndBack) {
  const Bytes bytes{0x00, 0x7F, 0x80, 0xFF, 0x10};
  EXPECT_EQ(toHex(bytes), "007f80ff10");
  EXPECT_EQ(toHexUpper(bytes), "007F80FF10");
  EXPECT_EQ(fromHex("007F80ff10"), bytes);
  EXPECT_FALSE(fromHex("0"));
  EXPECT_FALSE(fromHex("0g"));
  for (std::size_t size = 0; size <= bytes.size(); ++size) {
    const Bytes part(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_EQ(fromBase64(toBase64(part)), part);
  }
  EXPECT_EQ(fromBase64("AH+A\r\n /xA="), bytes);
  EXPECT_FALSE(fromBase64("AH+A/xA"));
  EXPECT_FALSE(fromBase64("AH*A"));
  for (const auto* wrong : {"A===", "====", "A=AA", "=AAA", "AAA=AAAA", "AAAA----"})
    EXPECT_FALSE(fromBase64(wrong)) << wrong;
}

TEST(Bytes, numbersAreLittleEndian) {
  Bytes out;
  appendLe16(out, 0x1234);
  appendLe32(out, 0x89ABCDEF);
  EXPECT_EQ(out, (Bytes{0x34, 0x12, 0xEF, 0xCD, 0xAB, 0x89}));
  EXPECT_EQ(readLe16(out, 0), 0x1234);
  EXPECT_EQ(readLe32(out, 2), 0x89ABCDEFU);
}

TEST(UuidText, swapsTheFirstThreeFields) {
  const auto uuid = Uuid::parse("44454c4c-3100-1051-8032-b4c04f4b4d31");
  ASSERT_TRUE(uuid);
  EXPECT_EQ(toHex(uuid->wire), "4c4c4544003151108032b4c04f4b4d31");
  EXPECT_EQ(uuid->text(), "44454c4c-3100-1051-8032-b4c04f4b4d31");
  EXPECT_EQ(uuid->upperText(), "44454C4C-3100-1051-8032-B4C04F4B4D31");
  EXPECT_FALSE(Uuid::parse("44454c4c31001051-8032-b4c04f4b4d31"));
  EXPECT_FALSE(Uuid::parse("44454c4c-3100-1051-8032-b4c04f4b4d3g"));
  EXPECT_FALSE(Uuid::parse(""));
}

TEST(UuidText, everyByteIsKept) {
  Uuid uuid;
  for (std::size_t i = 0; i < uuid.wire.size(); ++i) uuid.wire[i] = static_cast<std::uint8_t>(i * 17);
  EXPECT_EQ(Uuid::parse(uuid.text()), uuid);
  EXPECT_EQ(Uuid::parse(uuid.upperText()), uuid);
  const auto text = uuid.text();
  for (std::size_t size = 0; size < text.size(); ++size) EXPECT_FALSE(Uuid::parse(text.substr(0, size)));
  EXPECT_FALSE(Uuid::parse(text + "0"));
}

TEST(Draws, dependOnEachArgumentAndOnNothingElse) {
  const Draw draw(1, 2);
  EXPECT_EQ(draw.bits("a", 3), Draw(1, 2).bits("a", 3));
  const std::set<std::uint64_t> all{draw.bits("a", 3), Draw(2, 2).bits("a", 3), Draw(1, 3).bits("a", 3),
                                    draw.bits("b", 3), draw.bits("a", 4)};
  EXPECT_EQ(all.size(), 5U);
}

TEST(Draws, areEven) {
  std::array<int, 10> buckets{};
  for (std::uint64_t n = 0; n < 10000; ++n) ++buckets.at(Draw(9, n).below(10, "even"));
  for (const int count : buckets) EXPECT_NEAR(count, 1000, 150);
}

TEST(Draws, unitsAndFilledBytesStayInTheirBounds) {
  double sum = 0;
  for (std::uint64_t n = 0; n < 10000; ++n) {
    const double unit = Draw(7, n).unit("u");
    ASSERT_TRUE(unit >= 0 && unit < 1);
    sum += unit;
  }
  EXPECT_NEAR(sum / 10000, 0.5, 0.02);
  EXPECT_EQ(Draw(1, 1).below(1, "one"), 0U);
  Bytes shorter(5);
  Bytes longer(21);
  Draw(1, 1).fill(shorter, "f");
  Draw(1, 1).fill(longer, "f");
  EXPECT_TRUE(std::ranges::equal(shorter, std::span(longer).first(5)));
  Draw(1, 1).fill(longer, "f", 1);
  EXPECT_FALSE(std::ranges::equal(shorter, std::span(longer).first(5)));
}

TEST(VersionOrderTest, digitsCountAsNumbers) {
  EXPECT_TRUE(versionLess("2.2.10", "2.2.20"));
  EXPECT_TRUE(versionLess("2.9", "2.10"));
  EXPECT_TRUE(versionLess("amt-3.0", "amt-3.2.2"));
  EXPECT_TRUE(versionLess("3.2", "3.2.2"));
  EXPECT_FALSE(versionLess("3.2.2", "3.2.2"));
  EXPECT_FALSE(versionLess("4.0", "3.9.9"));
}

// A seed names a fleet in reports and scenarios: its draws may not change from one version to the next.
TEST(Draws, areTheSameInEveryBuild) {
  EXPECT_EQ(Draw(1, 2).bits("hello", 3), 7648827829440863801U);
}

TEST(Nearest, namesWhatIsCloseAndNothingElse) {
  const std::vector<std::string> names{"machines", "profile", "arrival"};
  EXPECT_EQ(didYouMean("machnes", names), " did you mean \"machines\"?");
  EXPECT_EQ(didYouMean("profiel", names), " did you mean \"profile\"?");
  EXPECT_EQ(didYouMean("zzzzzz", names), "");
  EXPECT_EQ(didYouMean("profile", {}), "");
}

TEST(Reasons, haveUniqueKebabCaseWords) {
  std::set<std::string_view> words;
  for (const auto& info : allReasons()) {
    EXPECT_TRUE(words.insert(info.word).second) << info.word;
    EXPECT_EQ(info.word.find_first_not_of("abcdefghijklmnopqrstuvwxyz-"), std::string_view::npos);
    EXPECT_FALSE(info.meaning.empty());
    EXPECT_EQ(reasonFromWord(info.word), info.reason);
    EXPECT_EQ(wordOf(info.reason), info.word);
  }
  EXPECT_FALSE(reasonFromWord("no-such-reason"));
  EXPECT_FALSE(reasonFromWord(""));
  EXPECT_EQ(meaningOf(Reason::interrupted), "The run ended first.");
}

TEST(Utf8, knowsACharacterByItsBytes) {
  for (const std::string_view one : {"a", "\x7F", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF",
                                     "\xEE\x80\x80", "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}) {
    EXPECT_EQ(characterLength(one), one.size()) << one;
    EXPECT_EQ(characterLength(std::string(one) + "x"), one.size()) << one;
    if (one.size() > 1) {
      EXPECT_EQ(characterLength(one.substr(0, one.size() - 1)), 0U) << one;
    }
  }
  for (const std::string_view none : {"\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xF0\x8F\xBF\xBF",
                                      "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF"}) {
    EXPECT_EQ(characterLength(none), 0U) << none;
  }
  EXPECT_EQ(characterLength(""), 0U);
}

TEST(Utf8, replacesWhatIsNoText) {
  EXPECT_EQ(wellFormed("Grüße \xFF\xC3(\x1B"), "Grüße \xEF\xBF\xBD\xEF\xBF\xBD(\x1B");
  EXPECT_EQ(readable("a\r\n\tb"), "a   b");
  EXPECT_EQ(readable("\x1B[2J\xC2\x9B\x7F\xFFß"), "\xEF\xBF\xBD[2J\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBDß");
}

TEST(Utf8, jsonStaysJson) {
  EXPECT_EQ(jsonLine("GET /\xFF\x1B"), "\"GET /\xEF\xBF\xBD\\u001b\"");
}

TEST(Reasons, tellRefusedRequestsFromOtherFates) {
  for (const auto reason : {Reason::noCredentials, Reason::digestWrong, Reason::unknownOperation}) {
    EXPECT_TRUE(isRequestRefusal(reason)) << wordOf(reason);
  }
  for (const auto reason : {Reason::none, Reason::provisioned, Reason::handshakeFailed, Reason::neverStarted}) {
    EXPECT_FALSE(isRequestRefusal(reason)) << wordOf(reason);
  }
}

}  // namespace
}  // namespace vme

#include "wire/setup_bin.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace vme::wire::setup_bin {
namespace {

void put(Bytes& file, std::size_t at, std::string_view hex) {
  const auto bytes = *fromHex(hex);
  if (file.size() < at + bytes.size()) file.resize(at + bytes.size());
  std::ranges::copy(bytes, file.begin() + static_cast<std::ptrdiff_t>(at));
}

/// The vector of provisioning.md 2.3: what is not listed there is zero.
Bytes golden() {
  Bytes file(1024);
  put(file, 0x000, "b516fb7187cbf94ab441ca7b383578f9");
  put(file, 0x010, "01002e00000000000100000001000000");
  put(file, 0x020, "00000000010000000100020000000000");
  put(file, 0x200, "01000000010000000000000000000000");
  put(file, 0x210, "01001800010000000100010005000000");
  put(file, 0x220, "61646d696e0000000100020008000000");
  put(file, 0x230, "50407373773072640200010008000000");
  put(file, 0x240, "303030303033374d0200020020000000");
  put(file, 0x250, "4e4b4c444735444352524e514539595a");
  put(file, 0x260, "5a494a4c374c464c564a45443639584a");
  return file;
}

Bytes text(std::string_view value) {
  const auto bytes = asBytes(value);
  return {bytes.begin(), bytes.end()};
}

File goldenFile() {
  File file;
  file.header.records = 1;
  file.records.push_back({.valid = true,
                          .scrambled = false,
                          .entries = {{1, 1, text("admin")},
                                      {1, 2, text("P@ssw0rd")},
                                      {2, 1, text("0000037M")},
                                      {2, 2, text("NKLDG5DCRRNQE9YZZIJL7LFLVJED69XJ")}}});
  return file;
}

std::string errorOf(ByteView file) {
  const auto decoded = decode(file);
  return decoded ? "no error" : decoded.error().message();
}
/// The golden file with those bytes at that place.
std::string errorWith(std::size_t at, std::string_view hex) {
  auto file = golden();
  put(file, at, hex);
  return errorOf(file);
}

TEST(SetupBin, TheVectorGoesThereAndBack) {
  const auto file = decode(golden());
  ASSERT_TRUE(file) << file.error().message();
  EXPECT_EQ(*file, goldenFile());
  const auto bytes = encode(goldenFile());
  ASSERT_TRUE(bytes);
  EXPECT_EQ(toHex(*bytes), toHex(golden()));
}

TEST(SetupBin, TheScrambledVectorGoesThereAndBack) {
  auto plain = goldenFile();
  plain.records[0].scrambled = true;
  const auto bytes = encode(plain);
  ASSERT_TRUE(bytes);
  EXPECT_EQ(toHex(ByteView(*bytes).subspan(0x204, 4)), "03000000");
  EXPECT_EQ(toHex(ByteView(*bytes).subspan(0x218, 16)),
            "1211121116111111"
            "72757e7a7f111111");
  EXPECT_TRUE(std::ranges::all_of(ByteView(*bytes).subspan(0x270), [](std::uint8_t byte) { return byte == 0x11; }));
  const auto file = decode(*bytes);
  ASSERT_TRUE(file) << file.error().message();
  EXPECT_EQ(*file, plain);
}

TEST(SetupBin, EveryTruncationAndExtensionIsRefusedWithItsOffset) {
  auto whole = golden();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto message = errorOf(ByteView(whole).first(size));
    EXPECT_EQ(message.substr(0, 9), "offset 0x") << size << ": " << message;
  }
  EXPECT_EQ(errorOf(ByteView(whole).first(511)),
            "offset 0x1ff: the file ends within its header of 512 bytes. copy the file again");
  whole.push_back(0);
  EXPECT_EQ(errorOf(whole),
            "offset 0x1c: 1 records of 1 chunks make a file of 1024 bytes, but it has 1025. copy the file again, or "
            "correct the number");
}

TEST(SetupBin, ARecordCutAtEveryByteIsRefused) {
  const auto whole = golden();
  for (std::size_t size = 0; size < kChunk; ++size) {
    const auto record = decodeRecord(ByteView(whole).subspan(kChunk, size), kChunk);
    ASSERT_FALSE(record) << size;
    EXPECT_EQ(record.error().text, "the file ends within a data record. copy the file again");
  }
}

TEST(SetupBin, EachFaultOfTheHeaderIsNamed) {
  EXPECT_EQ(errorWith(3, "00"),
            "offset 0x0: no setup.bin begins with these 16 bytes. name a file made by `vme setup-bin make` or a USB "
            "key tool");
  EXPECT_EQ(errorWith(16, "0200"), "offset 0x10: the header has 2 chunks. write 1");
  EXPECT_EQ(errorWith(18, "2c00"),
            "offset 0x12: the header has 44 bytes, but its list of modules ends at 46. write that number");
  EXPECT_EQ(errorWith(20, "01000000"), "offset 0x14: the header is record 1. write 0");
  EXPECT_EQ(errorWith(24, "02"), "offset 0x18: the major version is 2 in a file of type 1. write the same number");
  EXPECT_EQ(errorWith(25, "01"), "offset 0x19: there is no version 1.1. write a minor version of at most 0");
  EXPECT_EQ(errorWith(28, "ffffffff"),
            "offset 0x1c: 4294967295 records of 1 chunks make a file of 2199023255552 bytes, but it has 1024. copy the "
            "file again, or correct the number");
  EXPECT_EQ(errorWith(32, "02000000"), "offset 0x20: 2 of 1 records are consumed. write no more than there are");
  EXPECT_EQ(errorWith(36, "0000"), "offset 0x24: a data record has 0 chunks. write 1");
  EXPECT_EQ(errorWith(42, "0300"), "offset 0x2a: there is no module 3. list modules 1 and 2, then 0");
  auto endless = golden();
  for (std::size_t at = 40; at < kChunk; at += 2) put(endless, at, "0100");
  EXPECT_EQ(errorOf(endless), "offset 0x28: the list of modules does not end. write a 0 after its last");
}

TEST(SetupBin, EachFaultOfARecordIsNamed) {
  EXPECT_EQ(errorWith(0x200, "02000000"), "offset 0x200: the record's type is 2. write 1, or 0 for an invalid record");
  EXPECT_EQ(errorWith(0x218, "0300"),
            "offset 0x218: there is no variable 1 of module 3. leave it out, or end the list with a module of 0");
  EXPECT_EQ(errorWith(0x21a, "0900"),
            "offset 0x218: there is no variable 9 of module 1. leave it out, or end the list with a module of 0");
  EXPECT_EQ(errorWith(0x21c, "ffff"),
            "offset 0x21c: me.current_password has 65535 bytes, more than the record has left. write its length in "
            "bytes");
  EXPECT_EQ(errorWith(0x21c, "0000"), "offset 0x220: me.current_password has 0 bytes. write 1 to 32");
  EXPECT_EQ(errorWith(0x22a, "0100"),
            "offset 0x228: me.current_password stands in the record twice. keep one of the two");
  EXPECT_EQ(errorWith(0x23c, "0700"), "offset 0x240: cm.pid has 7 bytes. write 8");
  EXPECT_EQ(errorWith(0x222, "0a"),
            "offset 0x220: me.current_password has characters that are not printable ASCII. write such alone");
}

TEST(SetupBin, AnEntryMayEndWithItsRecordButNotBeCutByIt) {
  auto file = goldenFile();
  auto& entries = file.records[0].entries;
  entries = {{1, 1, text("admin")}, {2, 3, Bytes(204, 'x')}, {2, 4, Bytes(252, 'x')}};
  const auto bytes = encode(file);
  ASSERT_TRUE(bytes) << bytes.error().message();
  const auto back = decode(*bytes);
  ASSERT_TRUE(back) << back.error().message();
  EXPECT_EQ(*back, file);
  entries.back().value.push_back('x');
  const auto tooLong = encode(file);
  ASSERT_FALSE(tooLong);
  EXPECT_EQ(tooLong.error().message(),
            "record 1: its values take 492 bytes, but a record has room for 488. leave some of them out");
  // The last value one word shorter leaves four bytes: the numbers of an entry that has no room for its length.
  auto cut = *bytes;
  put(cut, kChunk + 256, "f800");
  put(cut, 2 * kChunk - 4, "02000500");
  EXPECT_EQ(errorOf(cut), "offset 0x3fc: the record ends within the head of an entry. end the list with a module of 0");
}

TEST(SetupBin, TheRecordsOwnNumbersAreNotLookedAt) {
  auto other = golden();
  put(other, 0x208, "01001800010000000000000000000000");  // where one decoder expects them
  const auto file = decode(other);
  ASSERT_TRUE(file) << file.error().message();
  EXPECT_EQ(*file, goldenFile());
  put(other, 0x208, "ffffffffffffffffffffffffffffffff");
  EXPECT_TRUE(decode(other));
}

TEST(SetupBin, InvalidRecordsAreSkippedAndKeepTheirPlace) {
  for (const auto* place : {"type", "flag"}) {
    auto file = golden();
    put(file, std::string_view(place) == "type" ? 0x200 : 0x204, "00000000");
    put(file, 0x218, "ffffffff");
    const auto decoded = decode(file);
    ASSERT_TRUE(decoded) << place;
    EXPECT_FALSE(decoded->records[0].valid);
    EXPECT_TRUE(decoded->records[0].entries.empty());
    EXPECT_EQ(*decode(*encode(*decoded)), *decoded);
  }
}

TEST(SetupBin, EveryVersionAndManyRecordsGoThereAndBack) {
  for (const auto version : {Version{1, 0}, Version{2, 0}, Version{2, 1}, Version{3, 0}, Version{4, 0}}) {
    auto file = goldenFile();
    file.header.version = version;
    file.header.flags = 1;
    file.header.chunks = 2;
    file.header.consumed = 3;
    for (int i = 0; i < 4; ++i) file.records.push_back(file.records[0]);
    file.header.records = 5;
    const auto bytes = encode(file);
    ASSERT_TRUE(bytes);
    EXPECT_EQ(bytes->size(), 512U + 5 * 1024);
    EXPECT_EQ(readLe32(*bytes, kConsumedOffset), 3U);
    const auto back = decode(*bytes);
    ASSERT_TRUE(back) << back.error().message();
    EXPECT_EQ(*back, file);
    EXPECT_TRUE(back->header.keepsRecords());
    EXPECT_EQ(*parseVersion(version.text()), version);
  }
  EXPECT_EQ(*parseVersion("2"), (Version{2, 0}));
  EXPECT_FALSE(parseVersion("2.2"));
  EXPECT_FALSE(parseVersion("5"));
}

TEST(SetupBin, WhatHasNoVersionOrVariableIsNotWritten) {
  auto file = goldenFile();
  file.header.version = {5, 0};
  EXPECT_FALSE(encode(file));
  file = goldenFile();
  file.records[0].entries.push_back({2, 9, text("x")});
  EXPECT_EQ(encode(file).error().message(), "record 1: there is no variable 9 of module 2");
  file = goldenFile();
  file.records[0].entries[0].value.clear();
  EXPECT_EQ(encode(file).error().message(), "record 1: me.current_password has 0 bytes. write 1 to 32");
}

}  // namespace
}  // namespace vme::wire::setup_bin

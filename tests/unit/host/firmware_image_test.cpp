#include "host/firmware_image.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wire/sha256.hpp"

namespace vme::host {
namespace {

using ::testing::HasSubstr;

const FirmwareImage kImage{
    .profile = "amt-2.2.20", .version = "2.2.20", .build = 1072, .chipset = "Q965", .payloadBytes = 100};

/// `bytes` with its checksum made right again.
Bytes sealed(Bytes bytes) {
  bytes.resize(bytes.size() - 32);
  const auto hash = wire::sha256(bytes);
  bytes.insert(bytes.end(), hash.begin(), hash.end());
  return bytes;
}

std::string errorOf(const Bytes& bytes) {
  const auto image = decodeFirmwareImage(bytes);
  return image ? "none" : image.error().message();
}

TEST(FirmwareImage, GoldenHeader) {
  const auto bytes = encode(kImage);
  ASSERT_EQ(bytes.size(), 20U + 11 + 7 + 5 + 100 + 32);
  EXPECT_EQ(toHex(ByteView(bytes).first(43)),
            "564d454657494d4701002b0030040000640000000a616d742d322e322e323006322e322e32300451393635");
  EXPECT_EQ(encode(kImage), bytes) << "the same image is the same bytes";
}

TEST(FirmwareImage, IsReadAsItWasWritten) {
  EXPECT_EQ(decodeFirmwareImage(encode(kImage)).value(), kImage);
  auto empty = kImage;
  empty.payloadBytes = 0;
  EXPECT_EQ(decodeFirmwareImage(encode(empty)).value(), empty);
}

TEST(FirmwareImage, EveryCutAndEveryFlippedBitIsRefused) {
  const auto bytes = encode(kImage);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(decodeFirmwareImage(ByteView(bytes).first(size))) << size;
  }
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    auto flipped = bytes;
    flipped[i] ^= 1;
    EXPECT_FALSE(decodeFirmwareImage(flipped)) << i;
  }
}

TEST(FirmwareImage, ErrorsNameTheOffset) {
  const auto good = encode(kImage);
  auto bad = good;
  bad[0] = 'X';
  EXPECT_EQ(errorOf(bad), "offset 0: no firmware image");
  bad = good;
  bad[8] = 2;
  EXPECT_THAT(errorOf(sealed(bad)), HasSubstr("offset 8:"));
  bad = good;
  bad[10] = 19;
  EXPECT_THAT(errorOf(sealed(bad)), HasSubstr("offset 10:"));
  bad = good;
  bad[19] = 0x80;
  EXPECT_THAT(errorOf(sealed(bad)), HasSubstr("offset 16:"));
  bad = good;
  bad[20] = 0;
  EXPECT_THAT(errorOf(sealed(bad)), HasSubstr("offset 20:"));
  bad = good;
  bad[22] = 7;
  EXPECT_EQ(errorOf(sealed(bad)), "offset 22: a character that is not printable");
  bad = good;
  bad.push_back(0);
  EXPECT_THAT(errorOf(bad), HasSubstr("bytes after the end"));
  bad = good;
  bad[60] ^= 1;
  EXPECT_EQ(errorOf(bad), "offset 143: a wrong checksum");
}

}  // namespace
}  // namespace vme::host

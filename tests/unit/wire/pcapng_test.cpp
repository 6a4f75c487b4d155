#include "wire/pcapng.hpp"

#include <gmock/gmock.h>

#include "wire/tcp_frame.hpp"

namespace vme::wire {
namespace {

Bytes hex(std::string text) {
  std::erase(text, ' ');
  return *fromHex(text);
}

TEST(Pcapng, BeginsWithSectionAndInterface) {
  Bytes out;
  pcapng::appendStart(out, "vme 1");
  EXPECT_EQ(toHex(out), toHex(hex("0a0d0d0a 2c000000 4d3c2b1a 0100 0000 ffffffffffffffff"
                                  "0400 0500 766d652031 000000 0000 0000 2c000000"
                                  "01000000 20000000 0100 0000 00000000"
                                  "0900 0100 09 000000 0000 0000 20000000")));
}

TEST(Pcapng, HoldsSecretsAndPacketsPaddedToFour) {
  Bytes out;
  pcapng::appendTlsSecrets(out, "A B C\n");
  EXPECT_EQ(toHex(out), toHex(hex("0a000000 1c000000 4b534c54 06000000 41204220430a 0000 1c000000")));
  out.clear();
  pcapng::appendPacket(out, 0x0102030405060708, hex("aabbccddee"));
  EXPECT_EQ(toHex(out), toHex(hex("06000000 28000000 00000000 04030201 08070605 05000000 05000000"
                                  "aabbccddee 000000 28000000")));
}

TEST(Pcapng, EveryLengthOfAPacketFillsWholeWords) {
  for (std::size_t size = 0; size < 70; ++size) {
    Bytes out;
    pcapng::appendPacket(out, 1, Bytes(size, 0xAA));
    EXPECT_EQ(out.size() % 4, 0U);
    EXPECT_EQ(readLe32(out, 4), out.size());
    EXPECT_EQ(readLe32(out, out.size() - 4), out.size());
  }
}

TcpSegment someSegment(std::uint8_t flags, ByteView payload) {
  return {.from = {.mac = {0x00, 0x19, 0xD1, 1, 2, 3}, .ipv4 = 0x7F100001, .port = 16993},
          .to = {.mac = {2, 0, 0x7F, 0, 0, 1}, .ipv4 = 0x7F000001, .port = 40000},
          .sequence = 0x01020304,
          .acknowledged = 0x0A0B0C0D,
          .flags = flags,
          .id = 7,
          .payload = payload};
}

/// The Internet checksum over bytes that hold their own is 0xFFFF before it is complemented.
std::uint32_t sumOf(ByteView bytes, std::uint32_t sum = 0) {
  for (std::size_t i = 0; i < bytes.size(); ++i) sum += static_cast<std::uint32_t>(bytes[i] << (i % 2 == 0 ? 8U : 0U));
  while (sum > 0xFFFF) sum = (sum & 0xFFFFU) + (sum >> 16U);
  return sum;
}

TEST(TcpFrame, HasTheBytesOfItsHeaders) {
  const auto payload = hex("686921");
  const auto frame = ethernetFrame(someSegment(kTcpPsh | kTcpAck, payload));
  EXPECT_EQ(toHex(frame), toHex(hex("02007f000001 0019d1010203 0800"
                                    "45 00 002b 0007 4000 40 06 3cb4 7f100001 7f000001"
                                    "4261 9c40 01020304 0a0b0c0d 50 18 ffff 2f8e 0000 686921")));
}

TEST(TcpFrame, ASynSaysSegmentSizeAndWindowScale) {
  const auto frame = ethernetFrame(someSegment(kTcpSyn, {}));
  ASSERT_EQ(frame.size(), 14U + 20U + 28U);
  EXPECT_EQ(frame[14 + 20 + 12], 0x70);
  EXPECT_EQ(toHex(ByteView(frame).last(8)), "020405b401030307");
}

TEST(TcpFrame, ChecksumsAreRightForEveryLength) {
  for (std::size_t size = 0; size <= 40; ++size) {
    Bytes payload;
    for (std::size_t i = 0; i < size; ++i) payload.push_back(static_cast<std::uint8_t>(0xFF - 7 * i));
    const auto frame = ethernetFrame(someSegment(kTcpAck, payload));
    const auto ip = ByteView(frame).subspan(14, 20), tcp = ByteView(frame).subspan(34);
    EXPECT_EQ(sumOf(ip), 0xFFFFU) << size;
    const auto pseudo = sumOf(ip.subspan(12, 8)) + 6 + static_cast<std::uint32_t>(tcp.size());
    EXPECT_EQ(sumOf(tcp, pseudo), 0xFFFFU) << size;
  }
}

}  // namespace
}  // namespace vme::wire

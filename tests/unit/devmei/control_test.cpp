#include "devmei/control.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace vme::devmei {
namespace {

struct Golden {
  ControlMessage message;
  const char* hex;
};

std::vector<Golden> goldens() {
  return {
      {Open{7}, "0107000000"},
      {Opened{7, 19}, "810700000013"},
      {Connect{0x01020304, wire::heci::kAmthi}, "02040302012800f812b7b42d4baca846e0ff65814c"},
      {Connected{7, 0, {4160, 1}}, "8207000000004010000001"},
      {Connected{7, 25, {}}, "8207000000190000000000"},
      {Disconnected{0xFFFFFFFF}, "03ffffffff"},
      {DeviceState{0, 3, 2, 2, 1046, 0x29B4},
       "0400030002000200"
       "1604b429"},
      {Hold{9}, "0509000000"},
      {Held{9}, "8509000000"},
      {Release{9, 12}, "06090000000c000000"},
  };
}

TEST(Control, hasTheBytesOfItsTable) {
  for (const auto& [message, hex] : goldens()) {
    EXPECT_EQ(toHex(encode(message)), hex);
    const auto parsed = parseControl(*fromHex(hex));
    ASSERT_TRUE(parsed) << hex << ": " << parsed.error().message();
    EXPECT_EQ(*parsed, message) << hex;
    EXPECT_LE(encode(message).size(), kMaxControlSize);
  }
}

TEST(Control, refusesEveryOtherLength) {
  for (const auto& golden : goldens()) {
    const auto whole = *fromHex(golden.hex);
    for (std::size_t size = 0; size < whole.size(); ++size) {
      EXPECT_FALSE(parseControl(ByteView(whole).first(size))) << golden.hex << " cut at " << size;
    }
    auto longer = whole;
    longer.push_back(0);
    EXPECT_FALSE(parseControl(longer)) << golden.hex;
  }
}

TEST(Control, refusesOpsThatAreNone) {
  for (const unsigned op : {0x00U, 0x07U, 0x80U, 0x83U, 0x84U, 0x86U, 0xFFU}) {
    for (std::size_t size = 1; size <= kMaxControlSize; ++size) {
      Bytes bytes(size);
      bytes[0] = static_cast<std::uint8_t>(op);
      EXPECT_FALSE(parseControl(bytes)) << op << ", " << size;
    }
  }
}

}  // namespace
}  // namespace vme::devmei

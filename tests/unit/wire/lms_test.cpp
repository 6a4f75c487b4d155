#include "wire/lms.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace vme::wire::lms {
namespace {

const std::vector<Message>& everyMessage() {
  static const std::vector<Message> kAll{
      Open{.request = 5, .hostIpv4 = 0x7F000001, .hostPort = 40000, .mePort = 16992},
      Open{.extended = true, .flags = 1, .request = 6, .host = "localhost", .hostPort = 40001, .mePort = 16993},
      OpenReply{.connection = 3, .status = OpenStatus::tooMany, .request = 5},
      Close{.connection = 3, .reason = CloseReason::shutdown},
      SendData{.connection = 3, .data = {1, 2, 3}},
      SendData{.connection = 3, .data = {}},
      IpFqdnRequest{},
      IpFqdn{.ipType = 1, .ipv4 = 0x0A000001, .fqdn = "pc.corp.example"},
      ProtoVersion{0},
      ProtoVersionReply{.protocol = 0, .status = 1},
  };
  return kAll;
}

TEST(Lms, bytesAreAsWrittenDown) {
  EXPECT_EQ(toHex(encode(Open{.request = 5, .hostIpv4 = 0x7F000001, .hostPort = 0x1234, .mePort = 16992})),
            "01000005"
            "7f000001000000000000000000000000"
            "1234"
            "4260");
  EXPECT_EQ(toHex(encode(SendData{.connection = 3, .data = {0xAB, 0xCD}})), "04030002abcd");
  EXPECT_EQ(toHex(encode(OpenReply{.connection = 3, .status = OpenStatus::failed, .request = 9})), "02030109");
  const auto extended =
      encode(Open{.extended = true, .flags = 1, .request = 6, .host = "h", .hostPort = 1, .mePort = 16993});
  ASSERT_EQ(extended.size(), 269U);
  EXPECT_EQ(toHex(ByteView(extended).first(11)), "0a00000100000000066800");
  EXPECT_EQ(toHex(ByteView(extended).last(4)), "00014261");
  EXPECT_EQ(encode(IpFqdn{}).size(), 276U);
}

TEST(Lms, everyMessageComesBack) {
  for (const auto& message : everyMessage()) {
    const auto bytes = encode(message);
    const auto parsed = parse(bytes);
    ASSERT_TRUE(parsed) << toHex(bytes) << " " << parsed.error().message();
    EXPECT_EQ(*parsed, message) << toHex(bytes);
  }
}

TEST(Lms, everyOtherSizeIsRefused) {
  for (const auto& message : everyMessage()) {
    auto bytes = encode(message);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      EXPECT_FALSE(parse(ByteView(bytes).first(size))) << toHex(bytes) << " cut to " << size;
    }
    bytes.push_back(0);
    EXPECT_FALSE(parse(bytes)) << toHex(bytes);
  }
}

TEST(Lms, lengthsThatLieNamesWithoutEndAndTypesThatAreNone) {
  EXPECT_FALSE(parse(*fromHex("0403ffffabcd")));
  EXPECT_FALSE(parse(*fromHex("04030001abcd")));
  EXPECT_FALSE(parse(*fromHex("0900")));
  auto endless = encode(IpFqdn{.fqdn = std::string(255, 'x')});
  EXPECT_TRUE(parse(endless));
  endless.back() = 'x';
  EXPECT_FALSE(parse(endless));
}

}  // namespace
}  // namespace vme::wire::lms

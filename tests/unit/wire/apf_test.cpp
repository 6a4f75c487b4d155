#include "wire/apf.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace vme::wire::apf {
namespace {

Uuid countedUuid() {
  Uuid uuid;
  for (std::size_t i = 0; i < uuid.wire.size(); ++i) uuid.wire[i] = static_cast<std::uint8_t>(i);
  return uuid;
}

const std::vector<Message>& everyMessage() {
  static const std::vector<Message> kAll{
      ProtocolVersion{.trigger = 254, .uuid = countedUuid()},
      ServiceRequest{std::string(kForwardService)},
      ServiceAccept{std::string(kAuthService)},
      UserauthRequest{.user = "admin", .service = "pfwd@amt.intel.com", .password = "P@ssw0rd"},
      UserauthRequest{.user = "admin", .service = "pfwd@amt.intel.com", .password = std::nullopt},
      UserauthFailure{"password"},
      UserauthSuccess{},
      GlobalRequest{.name = std::string(kTcpipForward), .wantReply = true, .address = "0.0.0.0", .port = 16992},
      GlobalRequest{.name = "udp-send-to@amt.intel.com"},
      RequestSuccess{},
      RequestSuccess{16992},
      RequestFailure{},
      ChannelOpen{.kind = std::string(kForwarded),
                  .sender = 7,
                  .window = 4096,
                  .address = "::1",
                  .port = 16992,
                  .originator = "127.0.0.1",
                  .originatorPort = 123},
      ChannelOpen{.kind = "session", .sender = 1, .window = 2},
      OpenConfirmation{.recipient = 1, .sender = 2, .window = 4096},
      OpenFailure{.recipient = 1, .reason = OpenFailureReason::shortage},
      WindowAdjust{.recipient = 1, .bytes = 512},
      ChannelData{.recipient = 1, .bytes = {0xDE, 0xAD}},
      ChannelClose{9},
      Disconnect{DisconnectReason::protocolError},
  };
  return kAll;
}

TEST(Apf, bytesAreAsWrittenDown) {
  EXPECT_EQ(toHex(encode(
                GlobalRequest{.name = std::string(kTcpipForward), .wantReply = true, .address = "::", .port = 16992})),
            "50"
            "0000000d"
            "74637069702d666f7277617264"
            "01"
            "00000002"
            "3a3a"
            "00004260");
  EXPECT_EQ(toHex(encode(RequestSuccess{16993})), "5100004261");
  EXPECT_EQ(toHex(encode(OpenConfirmation{.recipient = 1, .sender = 2, .window = 4096})),
            "5b"
            "00000001"
            "00000002"
            "00001000"
            "ffffffff");
  EXPECT_EQ(toHex(encode(OpenFailure{.recipient = 3, .reason = OpenFailureReason::connectFailed})),
            "5c"
            "00000003"
            "00000002"
            "00000000"
            "00000000");
  EXPECT_EQ(toHex(encode(ChannelData{.recipient = 1, .bytes = {0x47, 0x45}})), "5e00000001000000024745");
  EXPECT_EQ(toHex(encode(Disconnect{DisconnectReason::protocolError})), "01000000020000");
  EXPECT_EQ(encode(ProtocolVersion{}).size(), 93U);
  EXPECT_EQ(toHex(encode(ProtocolVersion{.trigger = 9, .uuid = countedUuid()})).substr(0, 58),
            "c0"
            "00000001"
            "00000000"
            "00000009"
            "000102030405060708090a0b0c0d0e0f");
}

TEST(Apf, everyMessageComesBack) {
  for (const auto& message : everyMessage()) {
    const auto bytes = encode(message);
    const auto parsed = parse(bytes);
    ASSERT_TRUE(parsed) << toHex(bytes) << " " << parsed.error().message();
    EXPECT_EQ(*parsed, message) << toHex(bytes);
  }
}

TEST(Apf, nothingShorterIsTheSameAndNothingLongerIsOne) {
  for (const auto& message : everyMessage()) {
    // What follows the name of an unknown request or kind is not read.
    const auto* request = std::get_if<GlobalRequest>(&message);
    const auto* open = std::get_if<ChannelOpen>(&message);
    const bool endsOpen = (request && request->address.empty()) || (open && open->kind != kForwarded);
    auto bytes = encode(message);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      const auto parsed = parse(ByteView(bytes).first(size));
      EXPECT_TRUE(!parsed || *parsed != message || endsOpen) << toHex(bytes) << " cut to " << size;
    }
    bytes.push_back(0);
    EXPECT_EQ(parse(bytes).has_value(), endsOpen) << toHex(bytes);
  }
}

TEST(Apf, lengthsThatLieAndTypesThatAreNone) {
  EXPECT_FALSE(parse(*fromHex("05ffffffff706677")));
  EXPECT_FALSE(parse(*fromHex("5e0000000100000003dead")));
  EXPECT_FALSE(parse(*fromHex("5e00000001ffffffffdead")));
  EXPECT_FALSE(parse(*fromHex("2a")));
  EXPECT_FALSE(parse({}));
  EXPECT_EQ(parse(*fromHex("2a")).error().message(), "offset 0: there is no APF message of type 42");
}

}  // namespace
}  // namespace vme::wire::apf

// Connections of the host to the ME's ports: the LMS protocol of older firmware, and APF.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host_side.hpp"
#include "wire/apf.hpp"
#include "wire/lms.hpp"

namespace vme::firmware::heci {
namespace {

using testing::MachineBuilder;
namespace apf = wire::apf;
namespace lms = wire::lms;

template <typename T>
std::vector<T> all(const Reaction& reaction) {
  std::vector<T> found;
  for (const auto& action : reaction.actions) {
    if (const auto* one = std::get_if<T>(&action)) found.push_back(*one);
  }
  return found;
}

/// What the host reads, in its order.
template <auto Parse>
auto messages(const Reaction& reaction) {
  std::vector<typename decltype(Parse(ByteView{}))::value_type> read;
  for (const auto& send : all<Send>(reaction)) {
    const auto message = Parse(send.message);
    if (message) {
      read.push_back(*message);
    } else {
      ADD_FAILURE() << message.error().message();
    }
  }
  return read;
}

bool isDropped(const Reaction& reaction) {
  return !reaction.actions.empty() && std::holds_alternative<Drop>(reaction.actions.back());
}

class LmsPorts : public ::testing::Test {
 protected:
  Host host{MachineBuilder("amt-3.2.2").hostName("pc", "corp.example").address(0x7F100001).build(), wire::heci::kLms};

  Reaction say(const lms::Message& message) { return host.react(lms::encode(message)); }
  static std::vector<lms::Message> heard(const Reaction& reaction) { return messages<lms::parse>(reaction); }
  std::uint32_t open(std::uint8_t request, std::uint16_t port = 16992) {
    const auto opens = all<OpenPort>(say(lms::Open{.request = request, .hostIpv4 = 0x7F000001, .mePort = port}));
    if (opens.size() == 1 && opens[0].port == port) return opens[0].channel;
    ADD_FAILURE() << "no port is opened";
    return 0;
  }
};

TEST_F(LmsPorts, aConnectionFromBothSides) {
  EXPECT_THAT(heard(say(lms::ProtoVersion{0})), ::testing::ElementsAre(lms::Message(lms::ProtoVersionReply{})));
  EXPECT_THAT(heard(say(lms::IpFqdnRequest{})),
              ::testing::ElementsAre(lms::Message(lms::IpFqdn{.ipv4 = 0x7F100001, .fqdn = "pc.corp.example"})));
  const auto channel = open(77);
  EXPECT_EQ(host.session.portRoom(channel), 0U) << "the host does not know of it";
  const auto id = static_cast<std::uint8_t>(channel);
  EXPECT_THAT(heard(host.session.onPortOpened(channel)),
              ::testing::ElementsAre(lms::Message(lms::OpenReply{.connection = id, .request = 77})));
  const auto data = all<PortData>(say(lms::SendData{id, {1, 2, 3}}));
  ASSERT_EQ(data.size(), 1U);
  EXPECT_EQ(data[0].bytes, (Bytes{1, 2, 3}));
  EXPECT_TRUE(host.session.onPortTaken(channel, 3).actions.empty());
  EXPECT_THAT(heard(host.session.onPortData(channel, Bytes(1025, 9))),
              ::testing::ElementsAre(lms::Message(lms::SendData{id, Bytes(1024, 9)}),
                                     lms::Message(lms::SendData{id, Bytes(1, 9)})));
  const auto closed = all<ClosePort>(say(lms::Close{.connection = id}));
  ASSERT_EQ(closed.size(), 1U);
  EXPECT_EQ(closed[0].channel, channel);
  EXPECT_TRUE(host.session.onPortClosed(channel).actions.empty());
  EXPECT_TRUE(say(lms::SendData{id, {1}}).actions.empty()) << "late data goes nowhere";
}

TEST_F(LmsPorts, theMesEndCloses) {
  const auto channel = open(1);
  host.session.onPortOpened(channel);
  EXPECT_THAT(heard(host.session.onPortClosed(channel)),
              ::testing::ElementsAre(lms::Message(lms::Close{.connection = static_cast<std::uint8_t>(channel)})));
  EXPECT_TRUE(host.session.onPortData(channel, Bytes(1)).actions.empty());
  EXPECT_NE(open(2), channel) << "a number is not taken again at once";
}

TEST_F(LmsPorts, whatIsNotServedIsRefused) {
  using enum lms::OpenStatus;
  const auto refused = [&](const lms::Open& open) { return std::get<lms::OpenReply>(heard(say(open)).at(0)).status; };
  EXPECT_EQ(refused({.request = 1, .mePort = 623}), failed);
  EXPECT_EQ(refused({.protocol = 1, .request = 1, .mePort = 16992}), failed);
  const auto channel = open(5);
  EXPECT_THAT(heard(host.session.onPortRefused(channel)),
              ::testing::ElementsAre(lms::Message(lms::OpenReply{.status = failed, .request = 5})));
  for (unsigned i = 0; i < host.machine->profile.api.httpMaxConn; ++i) open(static_cast<std::uint8_t>(i));
  EXPECT_EQ(refused({.request = 1, .mePort = 16992}), tooMany);
  EXPECT_THAT(heard(say(lms::ProtoVersion{1})), ::testing::ElementsAre(lms::Message(lms::ProtoVersionReply{0, 1})));
}

TEST_F(LmsPorts, nonsenseEndsEverything) {
  const auto channel = open(1);
  const auto reaction = host.react(*fromHex("0403ffff00"));
  EXPECT_TRUE(isDropped(reaction));
  ASSERT_EQ(all<ClosePort>(reaction).size(), 1U);
  EXPECT_EQ(all<ClosePort>(reaction)[0].channel, channel);
  EXPECT_TRUE(isDropped(say(lms::OpenReply{})));
  EXPECT_TRUE(isDropped(say(lms::Open{.extended = true, .mePort = 16992}))) << "4.0 speaks it first";
  Host later(MachineBuilder("amt-4.0").build(), wire::heci::kLms);
  const auto opens =
      all<OpenPort>(later.react(lms::encode(lms::Open{.extended = true, .host = "pc", .mePort = 16992})));
  EXPECT_EQ(opens.size(), 1U);
}

TEST_F(LmsPorts, aNewNameIsTold) {
  say(lms::IpFqdnRequest{});
  host.machine->overlay->hostName = "other";
  const auto told = heard(say(lms::ProtoVersion{0}));
  ASSERT_EQ(told.size(), 2U);
  EXPECT_EQ(std::get<lms::IpFqdn>(told[0]).fqdn, "other.corp.example");
}

class LmePorts : public ::testing::Test {
 protected:
  Host host{MachineBuilder("amt-5.0").build(), wire::heci::kLme};

  Reaction say(const apf::Message& message) { return host.react(apf::encode(message)); }
  static std::vector<apf::Message> heard(const Reaction& reaction) { return messages<apf::parse>(reaction); }
  static std::uint32_t offered(const Reaction& reaction) {
    const auto read = heard(reaction);
    return read.size() == 1 ? std::get<apf::GlobalRequest>(read[0]).port : 0;
  }
  void greet() {
    say(apf::ProtocolVersion{.trigger = 9});
    say(apf::ServiceAccept{std::string(apf::kForwardService)});
  }
  Reaction ask(std::uint32_t sender, std::uint32_t window = 4096, std::uint32_t port = 16992) {
    return say(apf::ChannelOpen{.kind = std::string(apf::kForwarded),
                                .sender = sender,
                                .window = window,
                                .address = "::1",
                                .port = port,
                                .originator = "127.0.0.1",
                                .originatorPort = 123});
  }
  std::uint32_t open(std::uint32_t sender, std::uint32_t window = 4096) {
    const auto opens = all<OpenPort>(ask(sender, window));
    if (opens.size() != 1) {
      ADD_FAILURE() << "no port is opened";
      return 0;
    }
    const auto confirmed = heard(host.session.onPortOpened(opens[0].channel));
    EXPECT_THAT(confirmed, ::testing::ElementsAre(apf::Message(apf::OpenConfirmation{sender, opens[0].channel, 4096})));
    return opens[0].channel;
  }
  static apf::DisconnectReason reasonOf(const Reaction& reaction) {
    EXPECT_TRUE(isDropped(reaction));
    const auto read = heard(reaction);
    return read.empty() ? apf::DisconnectReason{0} : std::get<apf::Disconnect>(read.back()).reason;
  }
};

TEST_F(LmePorts, offersItsPortsOneAfterTheOther) {
  auto me = host.machine->me();
  EXPECT_TRUE(host.session.onConnected(me).actions.empty());
  const auto greeting = heard(say(apf::ProtocolVersion{.trigger = 9}));
  ASSERT_EQ(greeting.size(), 2U);
  EXPECT_EQ(std::get<apf::ProtocolVersion>(greeting[0]).uuid, host.machine->identity.uuid);
  EXPECT_EQ(std::get<apf::ServiceRequest>(greeting[1]).name, apf::kForwardService);
  EXPECT_TRUE(say(apf::ProtocolVersion{.trigger = 9}).actions.empty()) << "rpc-go says it twice";
  EXPECT_EQ(offered(say(apf::ServiceAccept{std::string(apf::kForwardService)})), 16992U);
  EXPECT_EQ(offered(say(apf::RequestSuccess{16992})), 623U) << "without it rpc-go waits for ever";
  EXPECT_EQ(offered(say(apf::RequestFailure{})), 664U);
  EXPECT_TRUE(say(apf::RequestSuccess{}).actions.empty());
  EXPECT_EQ(reasonOf(say(apf::RequestSuccess{})), apf::DisconnectReason::protocolError) << "to no offer";
}

TEST_F(LmePorts, offersTheTlsPortWhereTlsIsOnForTheHost) {
  auto me = host.machine->me();
  me.change().tls.local.enabled = true;
  greet();
  EXPECT_EQ(offered(say(apf::RequestSuccess{16992})), 16993U);
}

TEST_F(LmePorts, windowsAreHonouredToTheByte) {
  greet();
  const auto channel = open(7, 10);
  EXPECT_EQ(channel, 7U) << "the host's own number, where it is free";
  EXPECT_EQ(host.session.portRoom(channel), 10U);
  EXPECT_THAT(heard(host.session.onPortData(channel, Bytes(10, 1))),
              ::testing::ElementsAre(apf::Message(apf::ChannelData{7, Bytes(10, 1)})));
  EXPECT_EQ(host.session.portRoom(channel), 0U);
  EXPECT_THROW(host.session.onPortData(channel, Bytes(1)), std::logic_error);
  EXPECT_TRUE(say(apf::WindowAdjust{channel, 9000}).actions.empty());
  const auto parts = heard(host.session.onPortData(channel, Bytes(9000, 2)));
  ASSERT_EQ(parts.size(), 3U);
  EXPECT_EQ(std::get<apf::ChannelData>(parts[0]).bytes.size(), 4160U - 9);

  EXPECT_EQ(all<PortData>(say(apf::ChannelData{channel, Bytes(4000, 3)})).size(), 1U);
  EXPECT_EQ(all<PortData>(say(apf::ChannelData{channel, Bytes(96, 3)})).size(), 1U);
  EXPECT_THAT(heard(host.session.onPortTaken(channel, 4000)),
              ::testing::ElementsAre(apf::Message(apf::WindowAdjust{7, 4000})));
  EXPECT_EQ(all<PortData>(say(apf::ChannelData{channel, Bytes(4000, 3)})).size(), 1U);
  const auto reaction = say(apf::ChannelData{channel, Bytes(1, 3)});
  EXPECT_EQ(reasonOf(reaction), apf::DisconnectReason::protocolError);
  EXPECT_EQ(all<ClosePort>(reaction).size(), 1U);
}

TEST_F(LmePorts, aWindowHasAnEnd) {
  greet();
  const auto channel = open(1, 0xFFFFFFF0);
  EXPECT_TRUE(say(apf::WindowAdjust{channel, 0xF}).actions.empty());
  EXPECT_EQ(reasonOf(say(apf::WindowAdjust{channel, 1})), apf::DisconnectReason::protocolError);
}

TEST_F(LmePorts, eitherSideCloses) {
  greet();
  const auto first = open(1);
  const auto reaction = say(apf::ChannelClose{first});
  EXPECT_EQ(all<ClosePort>(reaction).size(), 1U);
  EXPECT_THAT(heard(reaction), ::testing::ElementsAre(apf::Message(apf::ChannelClose{1})));
  EXPECT_TRUE(say(apf::ChannelClose{first}).actions.empty());

  const auto second = open(2);
  EXPECT_THAT(heard(host.session.onPortClosed(second)), ::testing::ElementsAre(apf::Message(apf::ChannelClose{2})));
  EXPECT_TRUE(say(apf::ChannelData{second, Bytes(5)}).actions.empty()) << "on its way when the ME closed";
  EXPECT_EQ(host.session.portRoom(second), 0U);
  const auto third = open(2);
  EXPECT_NE(third, second) << "the host has not closed the old one";
  EXPECT_TRUE(say(apf::ChannelClose{second}).actions.empty());
  EXPECT_EQ(all<PortData>(say(apf::ChannelData{third, Bytes(5)})).size(), 1U);
}

TEST_F(LmePorts, whatIsNotServedIsRefused) {
  greet();
  const auto reasonFor = [&](const Reaction& reaction) {
    return std::get<apf::OpenFailure>(heard(reaction).at(0)).reason;
  };
  EXPECT_EQ(reasonFor(ask(1, 4096, 80)), apf::OpenFailureReason::prohibited);
  EXPECT_EQ(reasonFor(say(apf::ChannelOpen{.kind = "session", .sender = 1})), apf::OpenFailureReason::unknownKind);
  const auto opens = all<OpenPort>(ask(1));
  ASSERT_EQ(opens.size(), 1U);
  EXPECT_EQ(reasonFor(host.session.onPortRefused(opens[0].channel)), apf::OpenFailureReason::connectFailed);
  for (std::uint32_t i = 0; i < host.machine->profile.api.httpMaxConn; ++i) open(i);
  EXPECT_EQ(reasonFor(ask(99)), apf::OpenFailureReason::shortage);
}

TEST_F(LmePorts, manyConnectionsThatTheHostNeverClosesDoNotFillTheMe) {
  greet();
  for (std::uint32_t i = 0; i < 100; ++i) host.session.onPortClosed(open(i));
}

TEST_F(LmePorts, servicesOfTheMe) {
  greet();
  EXPECT_THAT(heard(say(apf::ServiceRequest{std::string(apf::kAuthService)})),
              ::testing::ElementsAre(apf::Message(apf::ServiceAccept{std::string(apf::kAuthService)})));
  EXPECT_THAT(heard(say(apf::GlobalRequest{.name = "udp-send-to@amt.intel.com", .wantReply = true})),
              ::testing::ElementsAre(apf::Message(apf::RequestFailure{})));
  EXPECT_EQ(reasonOf(say(apf::ServiceRequest{"ssh-userauth"})), apf::DisconnectReason::serviceNotAvailable);
}

TEST_F(LmePorts, beforeTheVersionNothingElse) {
  EXPECT_EQ(reasonOf(ask(1)), apf::DisconnectReason::protocolError);
}

TEST_F(LmePorts, theHostDisconnects) {
  greet();
  open(1);
  const auto reaction = say(apf::Disconnect{});
  EXPECT_TRUE(isDropped(reaction));
  EXPECT_EQ(all<ClosePort>(reaction).size(), 1U);
  EXPECT_TRUE(all<Send>(reaction).empty());
}

TEST_F(LmePorts, cutAnywhereItIsAProtocolError) {
  const auto whole = apf::encode(apf::ProtocolVersion{.trigger = 9});
  for (std::size_t size = 0; size < whole.size(); ++size) {
    Host fresh(MachineBuilder("amt-5.0").build(), wire::heci::kLme);
    EXPECT_EQ(reasonOf(fresh.react(ByteView(whole).first(size))), apf::DisconnectReason::protocolError) << size;
  }
}

}  // namespace
}  // namespace vme::firmware::heci

// Hosts that say anything, on every client of every profile: the ME answers well-formed or not at all, keeps to the
// lifecycle, and opens and closes ports in order. HeciHost checks it, and throws.

#include <gtest/gtest.h>

#include "base/draw.hpp"
#include "testing/heci_host.hpp"
#include "wire/amthi.hpp"
#include "wire/apf.hpp"
#include "wire/lms.hpp"
#include "wire/mkhi.hpp"

namespace vme::firmware::heci {
namespace {

using testing::MachineBuilder;
namespace apf = wire::apf;
namespace lms = wire::lms;

/// The draws of one host, one after the other.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : draw_(seed, 0) {}
  std::uint32_t below(std::uint32_t bound) { return static_cast<std::uint32_t>(draw_.below(bound, "dice", n_++)); }
  Bytes bytes(std::size_t size) {
    Bytes out(size);
    draw_.fill(out, "bytes", n_++);
    return out;
  }

 private:
  Draw draw_;
  std::uint64_t n_ = 0;
};

Bytes amthiMessage(Dice& dice, const profile::Profile& profile) {
  const auto& commands = profile.heci.commands;
  auto command = commands[dice.below(static_cast<std::uint32_t>(commands.size()))];
  if (dice.below(8) == 0) command = AmthiCommand{0x04000000 | dice.below(0x100)};
  switch (dice.below(4)) {
    case 0:
      return wire::amthi::request(command);
    case 1:
      return wire::amthi::request(command, wire::amthi::number(dice.below(4)));
    case 2:
      return wire::amthi::request(command, wire::amthi::ansi("one-time-password"));
    default:
      return wire::amthi::request(command, dice.bytes(dice.below(80)));
  }
}

Bytes apfMessage(Dice& dice) {
  const auto channel = dice.below(6);
  switch (dice.below(9)) {
    case 0:
      return apf::encode(apf::ProtocolVersion{.trigger = 9});
    case 1:
      return apf::encode(apf::ServiceAccept{std::string(apf::kForwardService)});
    case 2:
      return apf::encode(apf::RequestSuccess{16992});
    case 3:
      return apf::encode(apf::WindowAdjust{channel, dice.below(5000)});
    case 4:
      return apf::encode(apf::ChannelClose{channel});
    case 5:
    case 6:
      return apf::encode(apf::ChannelData{channel, dice.bytes(dice.below(600))});
    default:
      return apf::encode(apf::ChannelOpen{.kind = std::string(apf::kForwarded),
                                          .sender = channel,
                                          .window = dice.below(3000),
                                          .address = "::1",
                                          .port = 16992 + dice.below(3),
                                          .originator = "::1"});
  }
}

Bytes lmsMessage(Dice& dice) {
  const auto connection = static_cast<std::uint8_t>(dice.below(10));
  switch (dice.below(6)) {
    case 0:
      return lms::encode(lms::ProtoVersion{});
    case 1:
      return lms::encode(lms::IpFqdnRequest{});
    case 2:
      return lms::encode(lms::Close{.connection = connection});
    case 3:
      return lms::encode(lms::SendData{connection, dice.bytes(dice.below(300))});
    default:
      return lms::encode(lms::Open{.extended = dice.below(20) == 0,
                                   .request = connection,
                                   .host = "pc",
                                   .mePort = static_cast<std::uint16_t>(16992 + dice.below(3))});
  }
}

Bytes messageFor(const Uuid& client, Dice& dice, const profile::Profile& profile) {
  Bytes message;
  if (client == wire::heci::kAmthi) message = amthiMessage(dice, profile);
  if (client == wire::heci::kLme) message = apfMessage(dice);
  if (client == wire::heci::kLms) message = lmsMessage(dice);
  if (client == wire::heci::kMkhi) message = wire::mkhi::request(3, 2, wire::amthi::number(dice.below(40)));
  if (client == wire::heci::kWatchdog) message = *fromHex(dice.below(2) == 0 ? "021213107800" : "02021410");
  if (client == wire::heci::kWatchdog && message.size() == 6) message.resize(20);
  // Most are meant well: else few would get beyond the first check.
  if (dice.below(30) == 0 && !message.empty()) {
    message[dice.below(static_cast<std::uint32_t>(message.size()))] = static_cast<std::uint8_t>(dice.below(256));
  }
  if (dice.below(50) == 0) message.resize(dice.below(static_cast<std::uint32_t>(message.size() + 1)));
  return message;
}

std::unique_ptr<testing::BuiltMachine> machineFor(const std::string& profile, std::uint64_t seed) {
  MachineBuilder builder(profile);
  builder.timing(seed % 2 == 0 ? 0.0 : 0.1).with([&](profile::Profile& p) {
    p.heci.osWatchdog = seed % 3 == 0;
    p.heci.localUnprovision = seed % 5 == 0;
  });
  if (seed % 4 == 1) builder.inSetupByPsk();
  if (seed % 4 == 2) builder.operational("P@ssw0rd");
  return builder.build();
}

class RandomHost : public ::testing::TestWithParam<std::string> {};

TEST_P(RandomHost, canNotMakeTheMeBreakItsWord) {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    SCOPED_TRACE(seed);
    Dice dice(seed);
    const auto machine = machineFor(GetParam(), seed);
    std::vector<std::pair<Uuid, testing::HeciHost>> hosts;
    for (const auto& client :
         {wire::heci::kAmthi, wire::heci::kWatchdog, wire::heci::kLms, wire::heci::kLme, wire::heci::kMkhi}) {
      if (Session::connect(machine->me(), client, {})) hosts.emplace_back(client, testing::HeciHost(*machine, client));
    }
    ASSERT_GE(hosts.size(), 3U);
    for (int step = 0; step < 300; ++step) {
      auto& [client, host] = hosts[dice.below(static_cast<std::uint32_t>(hosts.size()))];
      switch (dice.below(6)) {
        case 0:
          host.pass(MeDuration::seconds(dice.below(3600)));
          break;
        case 1:
        case 2:
          host.portEvent(static_cast<std::uint8_t>(dice.below(256)));
          break;
        default:
          host.send(messageFor(client, dice, machine->profile));
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(AllProfiles, RandomHost, ::testing::ValuesIn(testing::profileNames()), [](const auto& test) {
  auto name = test.param;
  std::ranges::replace_if(name, [](char c) { return c == '.' || c == '-'; }, '_');
  return name;
});

}  // namespace
}  // namespace vme::firmware::heci

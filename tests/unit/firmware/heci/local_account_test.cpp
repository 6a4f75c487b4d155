// What today's tools ask that firmware of the time never had, and the account that they log in with from the host.

#include <gtest/gtest.h>

#include "firmware/services.hpp"
#include "host_side.hpp"
#include "machine/accounts.hpp"
#include "machine/host_requests.hpp"
#include "profile/catalogue.hpp"
#include "wire/http_digest.hpp"

namespace vme::firmware::heci {
namespace {

using machine::AccessPermission;
using testing::MachineBuilder;
using wire::AmtStatus;
using wire::amthi::number;

MachineBuilder modern(const char* name) {
  static const profile::Catalogue kCatalogue;
  MachineBuilder builder(name);
  builder.with([](profile::Profile& profile) { profile = *kCatalogue.withCompat(profile, {"modern-pthi"}, "a test"); });
  return builder;
}

TEST(ModernPthi, addsCommandsToEveryProfile) {
  for (const auto& name : testing::profileNames()) {
    Host faithful(MachineBuilder(name).build());
    EXPECT_EQ(faithful.ask(AmthiCommand::getUuid).status, AmtStatus::unsupported) << name;
    Host host(modern(name.c_str()).build());
    EXPECT_EQ(toHex(host.ask(AmthiCommand::getUuid).data), toHex(host.machine->identity.uuid.wire)) << name;
    EXPECT_EQ(host.number(AmthiCommand::getControlMode), 0U) << name;
    EXPECT_EQ(host.number(AmthiCommand::getEhbcState), 0U) << name;
    EXPECT_EQ(host.ask(AmthiCommand::getPkiFqdnSuffix).data, wire::amthi::ansi("")) << name;
    EXPECT_EQ(host.ask(AmthiCommand::getRemoteAccessConnectionStatus).data, Bytes(14)) << name;
    EXPECT_EQ(host.ask(AmthiCommand::getIpv6LanInterfaceStatus, number(0)).status, AmtStatus::ipv6InterfaceDisabled);
    EXPECT_EQ(host.number(AmthiCommand::getRedirectionState), 3U) << name;
  }
}

TEST(ModernPthi, namesOfTheMachine) {
  Host host(modern("amt-4.0").build());
  EXPECT_EQ(host.ask(AmthiCommand::setHostFqdn, wire::amthi::ansi("pc.corp.example")).status, AmtStatus::success);
  EXPECT_EQ(toHex(host.ask(AmthiCommand::getFqdn).data),
            "01000000"
            "00000000"
            "00000000"
            "00000000"
            "02000000"
            "0f00"
            "70632e636f72702e6578616d706c65");
  EXPECT_EQ(host.ask(AmthiCommand::setHostFqdn, wire::amthi::ansi("")).status, AmtStatus::invalidParameter);
}

TEST(ModernPthi, setUpStartsAndStops) {
  Host host(modern("amt-3.2.2").build());
  EXPECT_EQ(host.ask(AmthiCommand::stopConfiguration).status, AmtStatus::invalidPtMode);
  EXPECT_EQ(host.ask(AmthiCommand::startConfigurationEx, number(1)).status, AmtStatus::invalidParameter);
  EXPECT_EQ(host.ask(AmthiCommand::startConfigurationEx, number(0)).status, AmtStatus::success);
  EXPECT_EQ(host.machine->hot.state, machine::State::inSetup);
  EXPECT_EQ(host.ask(AmthiCommand::stopConfiguration).status, AmtStatus::success);
  EXPECT_EQ(host.machine->hot.state, machine::State::factory);
  EXPECT_EQ(host.machine->hot.wakeAt, MeTime::never());
  ASSERT_EQ(host.effects.size(), 1U);
  EXPECT_TRUE(std::holds_alternative<machine::RestartNetwork>(host.effects[0]));
}

TEST(LocalSystemAccount, logsInFromTheHostAlone) {
  Host host(modern("amt-5.0").operational("P@ssw0rd").build());
  const auto data = host.ask(AmthiCommand::getLocalSystemAccount, Bytes(40)).data;
  const auto account = wire::amthi::parseLocalAccount(data);
  ASSERT_TRUE(account);
  EXPECT_EQ(account->user, "$$OsAdmin");
  EXPECT_GE(account->password.size(), 16U);
  auto me = host.machine->me();
  const auto login = machine::findLogin(me, account->user, AccessPermission::local);
  ASSERT_TRUE(login);
  EXPECT_EQ(login->ha1, wire::digestHash(account->user, machine::digestRealm(me), account->password));
  EXPECT_FALSE(machine::findLogin(me, account->user));
  EXPECT_TRUE(machine::findLogin(me, "admin", AccessPermission::local));
  Host other(modern("amt-5.0").seed(1, 1).build());
  EXPECT_NE(other.ask(AmthiCommand::getLocalSystemAccount, Bytes(40)).data, data);
  Host faithful(MachineBuilder("amt-5.0").operational("P@ssw0rd").build());
  EXPECT_FALSE(machine::findLogin(faithful.machine->me(), account->user, AccessPermission::local));
}

TEST(LocalSystemAccount, servesAPageThroughTheLocalPort) {
  Host host(modern("amt-5.0").operational("P@ssw0rd").build());
  auto me = host.machine->me();
  ASSERT_TRUE(std::holds_alternative<Plain>(onOpen(me, machine::kHttpPort, true)));
  const auto account = machine::localSystemAccount(me);
  const auto statusOf = [&](bool local) {
    wire::http::Request request{"GET", "/index.htm", {}, {}};
    const auto first = std::get<Reply>(onRequest(me, {.local = local}, request, host.effects)).response;
    const auto challenge = wire::parseDigestChallenge(first.header("WWW-Authenticate"));
    EXPECT_TRUE(challenge);
    if (!challenge) return 0U;
    request.headers = {{"Authorization", wire::answerChallenge(*challenge, account.user, account.password, "GET",
                                                               request.target, 1, "c1")}};
    return std::get<Reply>(onRequest(me, {.local = local}, request, host.effects)).response.status;
  };
  EXPECT_EQ(statusOf(true), 200U);
  EXPECT_EQ(statusOf(false), 401U);
}

TEST(AclFromTheHost, anEntrySaysFromWhereItMayBeUsed) {
  const auto machine = MachineBuilder("amt-3.2.2").operational("P@ssw0rd").build();
  auto me = machine->me();
  std::uint32_t handle = 0;
  for (const auto access : {AccessPermission::local, AccessPermission::network, AccessPermission::any}) {
    machine::AclEntry entry;
    entry.user = "user" + std::to_string(static_cast<int>(access));
    entry.access = access;
    ASSERT_EQ(machine::addUser(me, entry, handle), AmtStatus::success);
    EXPECT_EQ(machine::findLogin(me, entry.user, AccessPermission::local).has_value(),
              access != AccessPermission::network);
    EXPECT_EQ(machine::findLogin(me, entry.user).has_value(), access != AccessPermission::local);
  }
}

}  // namespace
}  // namespace vme::firmware::heci

#pragma once
// A machine with a small profile of its own, for tests of the machine's rules alone.

#include <gtest/gtest.h>

#include <algorithm>

#include "fleet/plan.hpp"
#include "machine/accounts.hpp"
#include "machine/me.hpp"
#include "machine/setup.hpp"

namespace vme::machine {

struct TestMachine {
  profile::Profile profile;
  Environment environment;
  Identity identity = fleet::identityOf(1, 0, 0x7F100000);
  HotRecord hot;
  std::unique_ptr<Nvram> overlay;
  MeTime now{1'700'000'000'000};
  Effects effects;

  TestMachine() {
    profile.prov.pki = true;
    profile.prov.inbandStart = true;
    profile.prov.otp = true;
    profile.prov.cnMatch = profile::CnMatch::last2;
    profile.prov.helloWindowFirstH = 24;
    profile.prov.helloWindowAgentH = 6;
    profile.prov.hashSlotsCustom = 3;
    profile.prov.helloSchedulePsk = {{.times = 5, .everyS = 12}, {.times = 5, .everyS = 120}, {.everyS = 720}};
    profile.prov.helloSchedulePki = {{.times = 5, .everyS = 60}, {.times = 12, .everyS = 300}, {.everyS = 3600}};
    profile.tls.rsaBits = {1024, 1536, 2048};
    profile.auth.defaultPassword = "admin";
    profile.auth.reservedUsers = {"$$*", "Administrator"};
    profile.power.packages = "7D";
    environment.roots = {root("factory root", 0x11), root("second root", 0x22)};
    environment.roots[1].handle = 2;
    environment.dhcpSuffix = "vme.test";
  }

  static RootEntry root(std::string name, std::uint8_t fill) {
    return {1, std::move(name), {wire::HashAlgorithm::sha1, Bytes(20, fill)}, true, true};
  }

  Me me() { return {profile, environment, identity, hot, overlay, now, Draw(1, 0)}; }

  void pass(MeDuration time) { now = now + time; }
  /// Lets the machine do what is due.
  Effects deadline() {
    Effects done;
    auto view = me();
    onDeadline(view, done);
    return done;
  }
  void enterPsk() {
    auto view = me();
    ASSERT_EQ(enterPskPair(view, nullptr, effects), AmtStatus::success);
  }
  void bringUp() {
    auto view = me();
    powerOn(view, effects);
  }
  void makeOperational() {
    auto view = me();
    enterPskPair(view, nullptr, effects);
    ASSERT_EQ(commitChanges(view, effects), AmtStatus::success);
  }
};

inline std::size_t helloCount(const Effects& effects) {
  return static_cast<std::size_t>(
      std::ranges::count_if(effects, [](const Effect& effect) { return std::holds_alternative<SendHello>(effect); }));
}

}  // namespace vme::machine

#include "servicepoint/agents/otp_ledger.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "base/draw.hpp"

namespace vme::servicepoint {
namespace {

using Kind = OtpLedger::Standing::Kind;

constexpr std::int64_t kNow = 1'251'763'200;

Uuid uuidOf(unsigned number) {
  Uuid uuid;
  uuid.wire[14] = static_cast<std::uint8_t>(number >> 8U);
  uuid.wire[15] = static_cast<std::uint8_t>(number);
  return uuid;
}

wire::Sha1 otpOf(unsigned number) {
  return wire::sha1(asBytes(fmt::format("otp {}", number)));
}

TEST(OtpLedger, OneOtpIsForOneMachine) {
  OtpLedger ledger({});
  EXPECT_EQ(ledger.present(uuidOf(1), otpOf(1), kNow, kNow).kind, Kind::fresh);
  EXPECT_EQ(ledger.present(uuidOf(1), otpOf(1), kNow, kNow).kind, Kind::repeated);
  EXPECT_EQ(ledger.present(uuidOf(2), otpOf(1), kNow, kNow).reason, Reason::otpOfAnother);
  ledger.consume(uuidOf(1));
  EXPECT_EQ(ledger.present(uuidOf(2), otpOf(1), kNow, kNow).reason, Reason::otpOfAnother);
}

TEST(OtpLedger, AndForOneProvisioning) {
  OtpLedger ledger({});
  ledger.present(uuidOf(1), otpOf(1), kNow, kNow);
  ledger.consume(uuidOf(1));
  EXPECT_EQ(ledger.present(uuidOf(1), otpOf(1), kNow, kNow + 5000).kind, Kind::repeated) << "the very same request";
  EXPECT_EQ(ledger.present(uuidOf(1), otpOf(1), kNow + 1, kNow + 1).reason, Reason::otpReused);
  EXPECT_EQ(ledger.present(uuidOf(1), otpOf(2), kNow + 2, kNow + 2).kind, Kind::fresh);
  EXPECT_EQ(ledger.present(uuidOf(1), otpOf(1), kNow + 3, kNow + 3).reason, Reason::otpReused);
}

TEST(OtpLedger, ItsLifetimeCountsFromItsFirstDate) {
  OtpLedger ledger({.lifetimeS = 900, .skewS = 300});
  EXPECT_EQ(ledger.present(uuidOf(1), otpOf(1), kNow - 900, kNow).kind, Kind::fresh);
  EXPECT_EQ(ledger.present(uuidOf(2), otpOf(2), kNow - 901, kNow).reason, Reason::otpExpired);
  EXPECT_EQ(ledger.present(uuidOf(2), otpOf(2), kNow + 300, kNow).kind, Kind::fresh);
  EXPECT_EQ(ledger.present(uuidOf(3), otpOf(3), kNow + 301, kNow).reason, Reason::otpExpired);
  EXPECT_EQ(ledger.present(uuidOf(1), otpOf(1), kNow + 100, kNow + 100).reason, Reason::otpExpired)
      << "a new date does not make it young";
}

TEST(OtpLedger, OfSeveralTheNewestCounts) {
  OtpLedger ledger({});
  ledger.present(uuidOf(1), otpOf(2), kNow, kNow);
  EXPECT_EQ(ledger.present(uuidOf(1), otpOf(1), kNow - 1, kNow).kind, Kind::outdated);
  EXPECT_EQ(ledger.present(uuidOf(1), otpOf(3), kNow + 1, kNow).kind, Kind::fresh);
  EXPECT_EQ(ledger.present(uuidOf(2), otpOf(2), kNow, kNow).kind, Kind::fresh) << "one that was replaced is nobody's";
}

TEST(OtpLedger, ItsMemoryIsBounded) {
  OtpLedger ledger({.used = 10});
  for (unsigned i = 0; i < 1000; ++i) {
    ledger.present(uuidOf(1), otpOf(i), kNow + i, kNow + i);
    if (i % 2 == 0) ledger.consume(uuidOf(1));
  }
  EXPECT_EQ(ledger.rows(), 1U);
  EXPECT_EQ(ledger.used(), 10U);
}

/// Whatever is presented and consumed in whatever order: an OTP is fresh for one machine only, and never again once it
/// was used there.
TEST(OtpLedger, NoOrderLetsAnOtpServeTwice) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const Draw draw(seed, 0);
    OtpLedger ledger({});
    std::map<unsigned, unsigned> holder;   // machine by OTP, of rows
    std::map<unsigned, unsigned> current;  // OTP by machine
    std::set<unsigned> used;
    for (std::uint64_t n = 0; n < 200; ++n) {
      const auto machine = static_cast<unsigned>(draw.below(4, "machine", n));
      if (draw.below(4, "what", n) == 0) {
        ledger.consume(uuidOf(machine));
        if (current.contains(machine)) used.insert(current[machine]);
        continue;
      }
      const auto otp = static_cast<unsigned>(draw.below(6, "otp", n));
      const auto now = kNow + static_cast<std::int64_t>(n);
      const auto standing = ledger.present(uuidOf(machine), otpOf(otp), now, now);
      if (standing.kind != Kind::fresh) continue;
      EXPECT_FALSE(used.contains(otp)) << seed << ' ' << n;
      EXPECT_TRUE(!holder.contains(otp) || holder[otp] == machine) << seed << ' ' << n;
      if (current.contains(machine) && !used.contains(current[machine])) holder.erase(current[machine]);
      current[machine] = otp;
      holder[otp] = machine;
    }
  }
}

}  // namespace
}  // namespace vme::servicepoint

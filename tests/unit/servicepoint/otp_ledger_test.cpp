#include "servicepoint/agents/otp_ledger.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "base/draw.hpp"

namespace vme::servicepoint {
namespace {

using Kind = OtpLedger::Standing::Kind;

constexpr std::int64_t kCreated = 1'251'763'200;

Uuid machineNo(unsigned number) {
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
  EXPECT_EQ(ledger.present(machineNo(1), otpOf(1), kCreated, kCreated).kind, Kind::fresh);
  EXPECT_EQ(ledger.present(machineNo(1), otpOf(1), kCreated, kCreated).kind, Kind::repeated);
  EXPECT_EQ(ledger.present(machineNo(2), otpOf(1), kCreated, kCreated).reason, Reason::otpOfAnother);
  ledger.consume(machineNo(1));
  EXPECT_EQ(ledger.present(machineNo(2), otpOf(1), kCreated, kCreated).reason, Reason::otpOfAnother);
}

TEST(OtpLedger, AndForOneProvisioning) {
  OtpLedger ledger({});
  ledger.present(machineNo(1), otpOf(1), kCreated, kCreated);
  ledger.consume(machineNo(1));
  EXPECT_EQ(ledger.present(machineNo(1), otpOf(1), kCreated, kCreated + 5000).kind, Kind::repeated)
      << "the very same request";
  EXPECT_EQ(ledger.present(machineNo(1), otpOf(1), kCreated + 1, kCreated + 1).reason, Reason::otpReused);
  EXPECT_EQ(ledger.present(machineNo(1), otpOf(2), kCreated + 2, kCreated + 2).kind, Kind::fresh);
  EXPECT_EQ(ledger.present(machineNo(1), otpOf(1), kCreated + 3, kCreated + 3).reason, Reason::otpReused);
}

TEST(OtpLedger, ItsLifetimeCountsFromItsFirstDate) {
  OtpLedger ledger({.lifetimeS = 900, .skewS = 300});
  EXPECT_EQ(ledger.present(machineNo(1), otpOf(1), kCreated - 900, kCreated).kind, Kind::fresh);
  EXPECT_EQ(ledger.present(machineNo(2), otpOf(2), kCreated - 901, kCreated).reason, Reason::otpExpired);
  EXPECT_EQ(ledger.present(machineNo(2), otpOf(2), kCreated + 300, kCreated).kind, Kind::fresh);
  EXPECT_EQ(ledger.present(machineNo(3), otpOf(3), kCreated + 301, kCreated).reason, Reason::otpExpired);
  EXPECT_EQ(ledger.present(machineNo(1), otpOf(1), kCreated + 100, kCreated + 100).reason, Reason::otpExpired)
      << "a new date does not make it young";
}

TEST(OtpLedger, OfSeveralTheNewestCounts) {
  OtpLedger ledger({});
  ledger.present(machineNo(1), otpOf(2), kCreated, kCreated);
  EXPECT_EQ(ledger.present(machineNo(1), otpOf(1), kCreated - 1, kCreated).kind, Kind::outdated);
  EXPECT_EQ(ledger.present(machineNo(1), otpOf(3), kCreated + 1, kCreated).kind, Kind::fresh);
  EXPECT_EQ(ledger.present(machineNo(2), otpOf(2), kCreated, kCreated).kind, Kind::fresh)
      << "one that was replaced is nobody's";
}

TEST(OtpLedger, ItsMemoryIsBounded) {
  OtpLedger ledger({.used = 10});
  for (unsigned i = 0; i < 1000; ++i) {
    ledger.present(machineNo(1), otpOf(i), kCreated + i, kCreated + i);
    if (i % 2 == 0) ledger.consume(machineNo(1));
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
        ledger.consume(machineNo(machine));
        if (current.contains(machine)) used.insert(current[machine]);
        continue;
      }
      const auto otp = static_cast<unsigned>(draw.below(6, "otp", n));
      const auto now = kCreated + static_cast<std::int64_t>(n);
      const auto standing = ledger.present(machineNo(machine), otpOf(otp), now, now);
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

#include "wire/sha256.hpp"

#include <gtest/gtest.h>

namespace vme::wire {
namespace {

TEST(Sha256, KnownAnswers) {
  // FIPS 180-2 B.1; RFC 4231, test case 2.
  EXPECT_EQ(toHex(sha256(asBytes("abc"))), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(toHex(hmacSha256(asBytes("Jefe"), asBytes("what do ya want for nothing?"))),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

}  // namespace
}  // namespace vme::wire

// The service point's rules that need no connection: admission, UUID, OTP, versions, secrets.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cctype>
#include <set>

#include "base/bytes.hpp"
#include "servicepoint/admission.hpp"
#include "servicepoint/secrets.hpp"
#include "servicepoint/setup_context.hpp"
#include "wire/certificate.hpp"

namespace vme::servicepoint {
namespace {

using ::testing::HasSubstr;

const Uuid kHello = *Uuid::parse("44454c4c-3100-1051-8032-b4c04f4b4d31");
const wire::PskPair kPair = *wire::parsePskPair("0000-037M", "NKLD-G5DC-RRNQ-E9YZ-ZIJL-7LFL-VJED-69XJ");

wire::Hello pskHello(std::string pid) {
  wire::Hello hello;
  hello.uuid = kHello;
  hello.credentials = std::move(pid);
  return hello;
}

wire::Hello pkiHello(std::vector<wire::RootHash> hashes) {
  wire::Hello hello;
  hello.uuid = kHello;
  hello.credentials = std::move(hashes);
  return hello;
}

Reason judge(const wire::Hello& hello, const Approval& approval = {}, std::optional<wire::Sha1> root = std::nullopt) {
  return judgeHello(hello, approval, PskStore({kPair}), root).reason;
}

TEST(Admission, ByListThenByRule) {
  Approval approval;
  approval.otherwise = Approval::Rule::refuse;
  EXPECT_EQ(judge(pskHello("0000037M"), approval), Reason::notApproved);
  approval.machines[kHello] = Approval::Rule::block;
  EXPECT_EQ(judge(pskHello("0000037M"), approval), Reason::blocked);
  approval.machines[kHello] = Approval::Rule::approve;
  EXPECT_EQ(judge(pskHello("0000037M"), approval), Reason::none);
}

TEST(Admission, ByPid) {
  EXPECT_EQ(judge(pskHello("0000037M")), Reason::none);
  EXPECT_EQ(judge(pskHello("ABCD123X")), Reason::unknownPid);
}

TEST(Admission, ByRootHash) {
  const auto root = wire::sha1(asBytes("root"));
  const wire::RootHash ours{wire::HashAlgorithm::sha1, Bytes(root.begin(), root.end())};
  const wire::RootHash other{wire::HashAlgorithm::sha1, Bytes(20, 7)};
  EXPECT_EQ(judge(pkiHello({other, ours}), {}, root), Reason::none);
  EXPECT_EQ(judge(pkiHello({other}), {}, root), Reason::noMatchingRoot);
  EXPECT_EQ(judge(pkiHello({}), {}, root), Reason::noMatchingRoot);
  EXPECT_EQ(judge(pkiHello({ours})), Reason::noMatchingRoot) << "no provisioning certificate";
}

TEST(UuidCheck, RealmOfTheOlderForm) {
  EXPECT_FALSE(judgeRealmUuid("Intel(R) AMT (ID:44454C4C-3100-1051-8032-B4C04F4B4D31)", kHello));
  EXPECT_FALSE(judgeRealmUuid("Digest:48A70000000000000000000000000000", kHello)) << "shows none";
  const auto failure = judgeRealmUuid("Intel(R) AMT (ID:44454C4C-3100-1051-8032-B4C04F4B4D32)", kHello);
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->reason, Reason::uuidMismatch);
  EXPECT_THAT(failure->text, HasSubstr("B4C04F4B4D32"));
  EXPECT_TRUE(judgeRealmUuid("Intel(R) AMT (ID:nonsense)", kHello));
}

TEST(UuidCheck, PlatformGuidInEitherOrder) {
  EXPECT_FALSE(judgePlatformGuid("4C4C4544003151108032B4C04F4B4D31", kHello));
  EXPECT_FALSE(judgePlatformGuid("44454C4C310010518032B4C04F4B4D31", kHello));
  EXPECT_FALSE(judgePlatformGuid("44454c4c-3100-1051-8032-b4c04f4b4d31", kHello));
  EXPECT_TRUE(judgePlatformGuid("4C4C4544003151108032B4C04F4B4D32", kHello));
  EXPECT_TRUE(judgePlatformGuid("", kHello));
}

TEST(OtpCheck, TakesTheOtpOrItsHash) {
  const std::string otp = "password123";
  EXPECT_FALSE(judgeOtp(toBase64(asBytes(otp)), wire::sha1(asBytes(otp))));
  EXPECT_FALSE(judgeOtp(toBase64(wire::sha1(asBytes(otp))), wire::sha1(asBytes(otp))));
  for (const auto& wrong :
       {toBase64(asBytes("password124")), toBase64(Bytes(32, 0)), std::string(), std::string("?")}) {
    const auto failure = judgeOtp(wrong, wire::sha1(asBytes(otp)));
    ASSERT_TRUE(failure) << wrong;
    EXPECT_EQ(failure->reason, Reason::otpMismatch);
    EXPECT_TRUE(failure->final);
  }
}

TEST(Version, ReadsMajorAndMinor) {
  EXPECT_EQ(versionFrom("2.2.20"), (FirmwareVersion{2, 2}));
  EXPECT_EQ(versionFrom("5.2"), (FirmwareVersion{5, 2}));
  EXPECT_LT(*versionFrom("2.6.20"), *versionFrom("3.0.5"));
  for (const auto* text : {"", "5", "5.", "x.1", "5.x", "5.2-1"}) EXPECT_FALSE(versionFrom(text)) << text;
}

TEST(Secrets, PasswordsFulfilTheRules) {
  const SecretSource seeded(7);
  const SecretSource system(0);
  for (unsigned i = 0; i < 500; ++i) {
    Uuid uuid = kHello;
    uuid.wire[14] = static_cast<std::uint8_t>(i / 256);
    uuid.wire[15] = static_cast<std::uint8_t>(i % 256);
    for (const auto* source : {&seeded, &system}) {
      const auto password = source->password(uuid, "admin-password");
      EXPECT_EQ(password.size(), 16U);
      EXPECT_TRUE(std::ranges::any_of(password, [](char c) { return std::isupper(c) != 0; })) << password;
      EXPECT_TRUE(std::ranges::any_of(password, [](char c) { return std::islower(c) != 0; })) << password;
      EXPECT_TRUE(std::ranges::any_of(password, [](char c) { return std::isdigit(c) != 0; })) << password;
      EXPECT_NE(password.find_first_of("!@#$%^*"), std::string::npos) << password;
      EXPECT_EQ(password.find_first_of(":\",_& "), std::string::npos) << password;
    }
  }
}

TEST(Secrets, DependOnSeedMachineAndPurposeOnly) {
  Uuid other = kHello;
  other.wire[0] ^= 1U;
  const SecretSource source(7);
  EXPECT_EQ(source.password(kHello, "a"), SecretSource(7).password(kHello, "a"));
  const std::set<std::string> different{source.password(kHello, "a"),          source.password(kHello, "b"),
                                        source.password(other, "a"),           SecretSource(8).password(kHello, "a"),
                                        SecretSource(0).password(kHello, "a"), SecretSource(0).password(kHello, "a")};
  EXPECT_EQ(different.size(), 6U);
}

TEST(Secrets, PskPairsAreValid) {
  for (const std::uint64_t seed : {0U, 7U}) {
    const auto pair = SecretSource(seed).pskPair(kHello);
    EXPECT_TRUE(wire::parsePskPair(pair.pidText(), pair.ppsText()));
  }
}

TEST(Secrets, HostNameComesFromTheUuid) {
  EXPECT_EQ(hostNameOf(kHello), "vme-b4c04f4b4d31");
}

}  // namespace
}  // namespace vme::servicepoint

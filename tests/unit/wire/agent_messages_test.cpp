// The JSON bodies between an agent and its policy server.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/draw.hpp"
#include "wire/agent/policy.hpp"
#include "wire/agent/provision.hpp"

namespace vme::wire::agent {
namespace {

using ::testing::HasSubstr;

constexpr std::string_view kRequest =
    R"({"uuid":"44454c4c-3100-1051-8032-b4c04f4b4d31","fqdn":"pc-0017.corp.example","address":"10.0.0.17",)"
    R"("amt_version":"2.2.20","build":"1072","sku":"14",)"
    R"("otp_sha1":"5baa61e4c9b93f3f0682250b6cf8331b7ee68fd8","otp_created":1251763200})";

ProvisionRequest request() {
  ProvisionRequest request;
  request.uuid = *Uuid::parse("44454c4c-3100-1051-8032-b4c04f4b4d31");
  request.fqdn = "pc-0017.corp.example";
  request.ipv4 = 0x0A000011;
  request.amtVersion = "2.2.20";
  request.build = "1072";
  request.sku = "14";
  request.otpSha1 = sha1(asBytes("password"));
  request.otpCreated = 1'251'763'200;
  return request;
}

std::string with(std::string_view from, std::string_view to) {
  std::string text(kRequest);
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

std::string errorOf(std::string_view body) {
  const auto parsed = parseProvisionRequest(body);
  return parsed ? "none" : parsed.error().message();
}

TEST(ProvisionRequestBody, Golden) {
  EXPECT_EQ(encode(request()), kRequest);
  EXPECT_EQ(parseProvisionRequest(kRequest).value(), request());
}

TEST(ProvisionRequestBody, AnOtpInClearIsHashed) {
  const auto clear = with(R"("otp_sha1":"5baa61e4c9b93f3f0682250b6cf8331b7ee68fd8")", R"("otp":"password")");
  EXPECT_EQ(parseProvisionRequest(clear).value(), request());
  for (const auto* bad : {R"("short")", R"("0123456789012345678901234567890123")", R"("with\u0000zero")", "12345678"}) {
    const auto body = with(R"("otp_sha1":"5baa61e4c9b93f3f0682250b6cf8331b7ee68fd8")", fmt::format(R"("otp":{})", bad));
    EXPECT_THAT(errorOf(body), HasSubstr("otp: ")) << bad;
  }
}

TEST(ProvisionRequestBody, EveryCutIsRefused) {
  for (std::size_t size = 0; size < kRequest.size(); ++size) {
    EXPECT_FALSE(parseProvisionRequest(kRequest.substr(0, size))) << size;
  }
  EXPECT_FALSE(parseProvisionRequest(std::string(kRequest) + "x"));
}

TEST(ProvisionRequestBody, ErrorsNameTheMember) {
  EXPECT_EQ(errorOf("[]"), "not a JSON object");
  EXPECT_THAT(errorOf("{"), HasSubstr("no JSON"));
  EXPECT_THAT(errorOf(std::string(100'000, '[')), HasSubstr("no JSON"));
  EXPECT_EQ(errorOf("{}"), "uuid: missing");
  EXPECT_EQ(errorOf(with("44454c4c-", "44454c4c")), "uuid: no UUID");
  EXPECT_EQ(errorOf(with("10.0.0.17", "10.0.0.1.7")), "address: no IPv4 address");
  EXPECT_EQ(errorOf(with("10.0.0.17", "0.0.0.0")), "address: no IPv4 address");
  EXPECT_EQ(errorOf(with("5baa61e4", "5baa61")), "otp_sha1: not 40 hex digits");
  EXPECT_EQ(errorOf(with("1251763200", "1251763200.5")), "otp_created: not a whole number");
  EXPECT_EQ(errorOf(with("1251763200", "-1")), "otp_created: not between 0 and 1099511627776");
  EXPECT_EQ(errorOf(with("1251763200", "99999999999999999999")), "otp_created: not a whole number");
  EXPECT_EQ(errorOf(with("\"2.2.20\"", "[]")), "amt_version: not a text");
  EXPECT_EQ(errorOf(with("pc-0017", std::string(300, 'x'))), "fqdn: longer than 256 bytes");
  EXPECT_EQ(errorOf(with("pc-0017", "\xC3\x28")), "no JSON: syntax error");
}

TEST(ProvisionRequestBody, UnknownMembersAreLeftAlone) {
  EXPECT_EQ(parseProvisionRequest(with("{", R"({"site":{"code":"ABC"},)")).value(), request());
}

TEST(PolicyBody, IsReadAsItWasWritten) {
  Policy policy;
  policy.collection = "vpro \"desktops\"";
  policy.sequence = wholeSequence();
  policy.minimumFirmware = fieldMinimums();
  policy.minimumDriver = DriverLevel::old;
  policy.packages = {{"a.fw", PackageKind::firmware, "amt-2.2.20", "2.2.20", "Q965", 1000, "00ff"},
                     {"b.driver", PackageKind::driver, "", "3.2.20.1046", "", 12, "ff00"}};
  policy.retryS = 60;
  policy.otpLifetimeS = 30;
  const auto body = encode(policy);
  EXPECT_THAT(body, HasSubstr(R"("policy":"Automatic Provisioning")"));
  EXPECT_EQ(parsePolicy(body).value(), policy);
  for (std::size_t size = 0; size < body.size(); ++size) EXPECT_FALSE(parsePolicy(body.substr(0, size))) << size;
}

TEST(PolicyBody, WhatMeansNothingIsAnError) {
  Policy policy;
  policy.sequence = {TaskStep::reboot};
  policy.minimumFirmware = {{{2, 0, 0}, {2, 2, 20}}};
  policy.packages = {{"a.fw", PackageKind::firmware, "p", "1.0", "c", 1, "00"}};
  const auto body = encode(policy);
  const auto broken = [&](std::string_view from, std::string_view to) {
    auto text = body;
    text.replace(text.find(from), from.size(), to);
    const auto parsed = parsePolicy(text);
    return parsed ? std::string("none") : parsed.error().message();
  };
  EXPECT_EQ(broken("Automatic Provisioning", "Other"), "policy: another policy");
  EXPECT_EQ(broken("reboot", "dance"), "task_sequence: an unknown step");
  EXPECT_EQ(broken("2.2.20", "2"), "minimum_firmware: minimum: no version");
  EXPECT_EQ(broken("current", "newest"), "minimum_driver: none of old, current");
  EXPECT_EQ(broken("\"firmware\"", "\"hardware\""), "packages: kind: none of firmware, driver");
  EXPECT_EQ(broken("3600", "0"), "retry_s: not between 1 and 315360000");
}

TEST(AgentAnswers, AreReadAsTheyWereWritten) {
  for (const auto& answer :
       {ProvisionAnswer{}, ProvisionAnswer{ProvisionState::failed, Reason::connectFailed, "127.0.0.1: refused"}}) {
    EXPECT_EQ(parseProvisionAnswer(encode(answer)).value(), answer);
  }
  const Refusal refusal{Reason::blocked, "by its row"};
  EXPECT_EQ(parseRefusal(encode(refusal)).value(), refusal);
  const StatusMessage message{*Uuid::parse("44454c4c-3100-1051-8032-b4c04f4b4d31"),
                              Reason::rngSeedMissing,
                              "no seed",
                              {{"AMT", "2.2.20"}, {"Sku", "14"}}};
  EXPECT_EQ(parseStatusMessage(encode(message)).value(), message);
  EXPECT_FALSE(parseProvisionAnswer(R"({"state":"dancing"})"));
  EXPECT_FALSE(parseRefusal(R"({"reason":"no-such-word","text":""})"));
}

TEST(Versions, AreComparedByNumbers) {
  EXPECT_EQ(parseVersion("2.2.20"), (Version{2, 2, 20}));
  EXPECT_EQ(parseVersion("2.2.20.1072"), (Version{2, 2, 20}));
  EXPECT_EQ(parseVersion("4.0"), (Version{4, 0, 0}));
  for (const auto* bad : {"", "2", "2.", ".2", "2..2", "2.2.20.1.1", "2.2x", "-1.2", "70000.1"}) {
    EXPECT_FALSE(parseVersion(bad)) << bad;
  }
  EXPECT_LT(*parseVersion("2.2.9"), *parseVersion("2.2.20"));
  const auto rows = fieldMinimums();
  EXPECT_EQ(minimumFor(rows, {2, 1, 0}), (Version{2, 2, 20}));
  EXPECT_EQ(minimumFor(rows, {2, 5, 0}), (Version{2, 6, 20}));
  EXPECT_EQ(minimumFor(rows, {3, 2, 1}), (Version{3, 2, 2}));
  EXPECT_EQ(minimumFor(rows, {5, 2, 10}), (Version{5, 0, 0}));
  EXPECT_FALSE(minimumFor(rows, {1, 0, 0}));
}

/// Any member of a good body replaced by any value leaves a request or an error, and what is read is written so that
/// it is read as the same again.
TEST(ProvisionRequestBody, AnyValueInAnyPlace) {
  constexpr std::array<std::string_view, 9> kValues{
      "null", "true", "-1", "1e300", "\"\"", "[]", "{}", "\"\\u0000\"", "\"44454c4c-3100-1051-8032-b4c04f4b4d31\""};
  constexpr std::array<std::string_view, 9> kMembers{"uuid", "fqdn", "address",  "amt_version", "build",
                                                     "sku",  "otp",  "otp_sha1", "otp_created"};
  const Draw draw(1, 1);
  unsigned good = 0;
  for (std::uint64_t n = 0; n < 2000; ++n) {
    std::string body(kRequest);
    for (std::uint64_t i = 0; i <= draw.below(3, "count", n); ++i) {
      const auto member = kMembers.at(draw.below(kMembers.size(), "member", n * 8 + i));
      const auto value = kValues.at(draw.below(kValues.size(), "value", n * 8 + i));
      body.insert(body.size() - 1, fmt::format(",\"{}\":{}", member, value));
    }
    const auto parsed = parseProvisionRequest(body);
    if (!parsed) {
      EXPECT_FALSE(parsed.error().text.empty());
      continue;
    }
    ++good;
    EXPECT_EQ(parseProvisionRequest(encode(*parsed)).value(), *parsed);
  }
  EXPECT_GT(good, 10U);
}

}  // namespace
}  // namespace vme::wire::agent

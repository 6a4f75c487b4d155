#include <gtest/gtest.h>

#include "wire/http_digest.hpp"

namespace vme::wire {
namespace {

// The example of RFC 2617, section 3.5.
constexpr std::string_view kExample =
    "Digest username=\"Mufasa\", realm=\"testrealm@host.com\", nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", "
    "uri=\"/dir/index.html\", qop=auth, nc=00000001, cnonce=\"0a4f113b\", "
    "response=\"6629fae49393a05397450978507c4ef1\", opaque=\"5ccc069c403ebaf9f0171e9517f40e41\"";

TEST(Digest, matchesTheRfcsExample) {
  const auto authorization = parseDigestAuthorization(kExample);
  ASSERT_TRUE(authorization) << authorization.error().message();
  const auto ha1 = digestHash("Mufasa", "testrealm@host.com", "Circle Of Life");
  EXPECT_TRUE(digestMatches(*authorization, "GET", ha1));
  EXPECT_FALSE(digestMatches(*authorization, "POST", ha1));
  EXPECT_FALSE(digestMatches(*authorization, "GET", digestHash("Mufasa", "testrealm@host.com", "circle of life")));
}

TEST(Digest, anEmptyShortOrLongResponseNeverMatches) {
  auto authorization = *parseDigestAuthorization(kExample);
  const auto ha1 = digestHash("Mufasa", "testrealm@host.com", "Circle Of Life");
  const std::string right = authorization.response;
  for (std::size_t size = 0; size < right.size(); ++size) {
    authorization.response = right.substr(0, size);
    EXPECT_FALSE(digestMatches(authorization, "GET", ha1)) << size;
  }
  authorization.response = right + "0";
  EXPECT_FALSE(digestMatches(authorization, "GET", ha1));
}

TEST(Digest, quotesAreOptionalAndSpacesFree) {
  const auto parsed = parseDigestAuthorization(
      "digest username=\"a\\\"b\",realm=r,nonce=\"n\" , uri=/x, qop=\"auth\", nc=\"0000000a\",cnonce=c,response=\"\"");
  ASSERT_TRUE(parsed) << parsed.error().message();
  EXPECT_EQ(parsed->username, "a\"b");
  EXPECT_EQ(parsed->realm, "r");
  EXPECT_EQ(parsed->nc, "0000000a");
  EXPECT_EQ(parsed->response, "");
}

TEST(Digest, malformedHeadersAreErrors) {
  for (const auto* text :
       {"", "Basic YTpi", "Digest", "Digest username=\"a", "Digest username=\"a\", username=\"b\", uri=\"/\"",
        "Digest uri=\"/\"", "Digest username=\"a\"", "Digest username=\"a\", uri=\"/\", qop=auth-int, nc=00000001",
        "Digest username=\"a\", uri=\"/\", qop=auth, nc=1", "Digest =x", "Digest username=\"a\" uri"}) {
    EXPECT_FALSE(parseDigestAuthorization(text)) << text;
  }
}

TEST(Digest, theClientAnswersWhatTheServerChecks) {
  for (const auto* challengeText :
       {"Digest realm=\"Digest:48A70000000000000000000000000000\", nonce=\"+S5HDg4iAACIkRUMJoai5Xyxlc9qWHgc\","
        "stale=\"false\",qop=\"auth\"",
        "Digest realm=\"Intel(R) AMT (ID:4B4B4544-0032-4610-8034-CAC04F543153)\", nonce=\"0011\"",
        "Digest realm=\"r\", nonce=\"n\", qop=\"auth-int, auth\", opaque=\"o\", stale=TRUE"}) {
    const auto challenge = parseDigestChallenge(challengeText);
    ASSERT_TRUE(challenge) << challenge.error().message();
    const auto header = answerChallenge(*challenge, "admin", "P@ssw0rd", "POST", "/wsman", 26, "c0");
    const auto authorization = parseDigestAuthorization(header);
    ASSERT_TRUE(authorization) << header;
    EXPECT_EQ(authorization->nonce, challenge->nonce);
    EXPECT_EQ(authorization->nc, challenge->qop.empty() ? "" : "0000001a");
    EXPECT_TRUE(digestMatches(*authorization, "POST", digestHash("admin", challenge->realm, "P@ssw0rd")));
  }
  EXPECT_TRUE(parseDigestChallenge("Digest realm=\"r\", nonce=\"n\", stale=TRUE")->stale);
  EXPECT_FALSE(parseDigestChallenge("Digest realm=\"r\""));
  EXPECT_FALSE(parseDigestChallenge("Negotiate"));
}

TEST(Digest, everyCutOfAHeaderIsReadOrRefusedAndNeverMatches) {
  const auto ha1 = digestHash("Mufasa", "testrealm@host.com", "Circle Of Life");
  const auto withoutResponse = kExample.find("response=") + 9;
  for (std::size_t size = 0; size < kExample.size(); ++size) {
    const auto cut = parseDigestAuthorization(kExample.substr(0, size));
    if (cut && size < withoutResponse) {
      EXPECT_FALSE(digestMatches(*cut, "GET", ha1)) << size;
    }
  }
  EXPECT_FALSE(parseDigestAuthorization("Digest username=a, uri=/, realm=\"" + std::string(100000, 'r')));
  std::string many = "Digest username=a, uri=/";
  for (int i = 0; i < 30; ++i) many += ", p" + std::to_string(i) + "=1";
  EXPECT_FALSE(parseDigestAuthorization(many));
}

TEST(Digest, aResponseInUpperCaseMatchesAndOneWrongDigitDoesNot) {
  auto authorization = *parseDigestAuthorization(kExample);
  const auto ha1 = digestHash("Mufasa", "testrealm@host.com", "Circle Of Life");
  for (std::size_t i = 0; i < 32; ++i) {
    auto wrong = authorization;
    wrong.response[i] = wrong.response[i] == '0' ? '1' : '0';
    EXPECT_FALSE(digestMatches(wrong, "GET", ha1)) << i;
  }
  for (char& c : authorization.response) c = c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c;
  EXPECT_TRUE(digestMatches(authorization, "GET", ha1));
}

TEST(Digest, quotesInNamesAreEscaped) {
  const auto challenge = parseDigestChallenge(R"(Digest realm="a \"b\" \\c", nonce="n", qop=" auth-int ,auth ")");
  ASSERT_TRUE(challenge) << challenge.error().message();
  EXPECT_EQ(challenge->realm, R"(a "b" \c)");
  const auto header = answerChallenge(*challenge, R"(u"\s)", "p", "GET", "/", 1, "c");
  const auto authorization = parseDigestAuthorization(header);
  ASSERT_TRUE(authorization) << header;
  EXPECT_EQ(authorization->username, R"(u"\s)");
  EXPECT_EQ(authorization->realm, challenge->realm);
  EXPECT_TRUE(digestMatches(*authorization, "GET", digestHash(R"(u"\s)", challenge->realm, "p")));
}

TEST(Digest, anOfferWithoutAuthIsRefused) {
  EXPECT_FALSE(parseDigestChallenge("Digest realm=\"r\", nonce=\"n\", qop=\"auth-int\""));
  EXPECT_EQ(parseDigestChallenge("Digest realm=\"r\", nonce=\"n\", qop=AUTH")->qop, "auth");
}

// RFC 1321, A.5.
TEST(Digest, md5MatchesTheRfcsVectors) {
  EXPECT_EQ(toHex(md5("")), "d41d8cd98f00b204e9800998ecf8427e");
  EXPECT_EQ(toHex(md5("message digest")), "f96b697d7cb7938d525a2f31aaf161d0");
}

}  // namespace
}  // namespace vme::wire

#include "scenario/redaction.hpp"

#include <gmock/gmock.h>

namespace vme::scenario {
namespace {

constexpr std::size_t kMost = 600;

std::string inEnvelope(const std::string& body) {
  return "<?xml version=\"1.0\"?><s:Envelope xmlns:s=\"u\"><s:Header/><s:Body>" + body + "</s:Body></s:Envelope>";
}

TEST(ShownBody, IsWhatStandsInTheBody) {
  EXPECT_EQ(shownBody(inEnvelope("<a:Get><a:Name>x</a:Name></a:Get>"), kMost), "<a:Get><a:Name>x</a:Name></a:Get>");
  EXPECT_EQ(shownBody("plain", kMost), "plain");
  EXPECT_EQ(shownBody("", kMost), "");
}

TEST(ShownBody, RemovesWhatSecretElementsHold) {
  for (const std::string name : {"Password", "NewPassword", "DigestPassword", "PPS", "PID_PPS", "RNGKey", "KeyBlob",
                                 "ProvisioningServerOTP", "ConfigurationNonce", "PskSecret", "AdminCredential"}) {
    EXPECT_EQ(shownBody("<a:" + name + " x=\"1\">S3cret!</a:" + name + "><b>y</b>", kMost),
              "<a:" + name + " x=\"1\">(removed)</a:" + name + "><b>y</b>");
    EXPECT_EQ(shownBody("<" + name + ">S3cret!</" + name + ">", kMost), "<" + name + ">(removed)</" + name + ">");
  }
}

TEST(ShownBody, OfAMessageCutAtEveryByteTellsNoSecret) {
  const auto whole = inEnvelope("<a:Set><a:User>admin</a:User><a:Password>S3cret!</a:Password><a:B>1</a:B></a:Set>");
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    EXPECT_EQ(shownBody(whole.substr(0, size), kMost).find("S3c"), std::string::npos) << size;
  }
}

TEST(ShownBody, IsShortenedBetweenCharacters) {
  EXPECT_EQ(shownBody("<a>" + std::string(20, 'x'), 10), "<a>xxxxxxx ...");
  EXPECT_EQ(shownBody("aaaaaaaaa\xC3\xA4", 10), "aaaaaaaaa ...");
}

}  // namespace
}  // namespace vme::scenario

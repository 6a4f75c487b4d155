// What a certificate says of itself, read part by part.

#include <gtest/gtest.h>

#include "net/pki.hpp"
#include "wire/certificate.hpp"

namespace vme::wire {
namespace {

Bytes certificate(net::CertificateRequest request) {
  request.commonName = "pc.corp.example";
  request.notBefore = 1'000'000'000;
  request.notAfter = 2'000'000'000;
  request.serial = {0x00, 0x12, 0x34};
  const auto key = net::keyPool(2048, 1).front();
  return net::issueCertificate(request, key.der, {}, key.der);
}

TEST(CertificateTerms, OfAServer) {
  const auto terms = certificateTerms(
      certificate({.dnsNames = {"pc.corp.example", "pc"}, .ipAddresses = {"10.0.0.1"}, .serverAuth = true}));
  ASSERT_TRUE(terms);
  EXPECT_EQ(terms->serial, (Bytes{0x12, 0x34}));
  EXPECT_EQ(terms->notBefore, 1'000'000'000);
  EXPECT_EQ(terms->notAfter, 2'000'000'000);
  EXPECT_TRUE(terms->serverAuth);
  EXPECT_FALSE(terms->ca || terms->provisioningOid);
  EXPECT_EQ(terms->dnsNames, (std::vector<std::string>{"pc.corp.example", "pc"}));
}

TEST(CertificateTerms, OfACaAndOfAProvisioningServer) {
  EXPECT_TRUE(certificateTerms(certificate({.ca = true}))->ca);
  const auto terms = certificateTerms(certificate({.provisioningOid = true}));
  EXPECT_TRUE(terms->provisioningOid);
  EXPECT_FALSE(terms->serverAuth);
}

TEST(CertificateTerms, AgreeWithTheFactsOfAChain) {
  const auto der = certificate({.dnsNames = {"pc"}, .serverAuth = true});
  const auto terms = certificateTerms(der);
  const auto facts = chainFacts({der});
  EXPECT_EQ(facts.leafSerial, terms->serial);
  EXPECT_EQ(facts.leafSha1, sha1(der));
  EXPECT_EQ(facts.notAfter, terms->notAfter);
  EXPECT_EQ(facts.dnsNames, terms->dnsNames);
  EXPECT_FALSE(facts.leafIsCa);
  EXPECT_TRUE(chainFacts({certificate({.ca = true})}).leafIsCa);
}

TEST(CertificateTerms, AnEmptyBodyIsNoCertificate) {
  EXPECT_FALSE(certificateTerms(Bytes{0x30, 0x02, 0x30, 0x00}));
  EXPECT_FALSE(certificateFacts(Bytes{0x30, 0x07, 0x30, 0x00, 0x30, 0x00, 0x03, 0x01, 0x00}));
}

TEST(CertificateTerms, CutAtEveryByte) {
  const auto der = certificate({.dnsNames = {"pc"}, .serverAuth = true});
  for (std::size_t size = 0; size < der.size(); ++size) {
    EXPECT_FALSE(certificateTerms(ByteView(der).first(size))) << size;
  }
  auto longer = der;
  longer.push_back(0);
  EXPECT_FALSE(certificateTerms(longer));
}

TEST(CertificateTerms, EachByteChangedIsReadOrRefused) {
  const auto der = certificate({.dnsNames = {"pc"}, .serverAuth = true});
  for (std::size_t at = 0; at < der.size(); ++at) {
    auto changed = der;
    changed[at] ^= 0xFFU;
    const auto terms = certificateTerms(changed);
    if (terms) {
      EXPECT_LE(terms->serial.size(), der.size());
    }
  }
}

}  // namespace
}  // namespace vme::wire

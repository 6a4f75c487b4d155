#include "net/crl.hpp"

#include <gtest/gtest.h>

#include "net/pki.hpp"
#include "wire/certificate.hpp"

namespace vme::net {
namespace {

constexpr std::int64_t kNow = 1'700'000'000;

Bytes serialOf(const Bytes& certificate) {
  return wire::certificateTerms(certificate)->serial;
}

class CrlTest : public ::testing::Test {
 protected:
  CrlTest() : keys_(keyPool(2048, 3)) {
    root_ = issue("root", keys_[0], {}, keys_[0], true);
    leaf_ = issue("leaf", keys_[1], root_, keys_[0], false);
  }

  static Bytes issue(const std::string& name, const PrivateKey& key, ByteView issuer, const PrivateKey& issuerKey,
                     bool ca) {
    return issueCertificate({.commonName = name, .ca = ca, .notBefore = kNow, .notAfter = kNow + 1000}, key.der, issuer,
                            issuerKey.der);
  }

  std::vector<PrivateKey> keys_;
  Bytes root_, leaf_;
};

TEST_F(CrlTest, NamesWhatIsRevoked) {
  const auto other = issue("other", keys_[2], root_, keys_[0], false);
  const auto crl = makeCrl(root_, keys_[0].der, {{serialOf(leaf_), kNow}}, kNow, false);
  EXPECT_TRUE(isRevoked(crl, {leaf_, root_}));
  EXPECT_FALSE(isRevoked(crl, {other, root_}));
  EXPECT_FALSE(isRevoked(makeCrl(root_, keys_[0].der, {}, kNow, true), {leaf_, root_}));
}

TEST_F(CrlTest, AListOfAnotherIssuerSaysNothing) {
  const auto forged = makeCrl(root_, keys_[2].der, {{serialOf(leaf_), kNow}}, kNow, false);
  EXPECT_FALSE(isRevoked(forged, {leaf_, root_}));
}

TEST_F(CrlTest, WhatIsNoListSaysNothing) {
  const auto crl = makeCrl(root_, keys_[0].der, {{serialOf(leaf_), kNow}}, kNow, false);
  for (std::size_t size = 0; size < crl.size(); ++size) {
    EXPECT_FALSE(isRevoked(ByteView(crl).first(size), {leaf_, root_})) << size;
  }
  EXPECT_FALSE(isRevoked(crl, {}));
  EXPECT_FALSE(isRevoked(crl, {Bytes{1, 2, 3}, root_}));
}

TEST(ProvisioningPkiFlaws, AreInTheCertificate) {
  const auto facts = [](const ProvisioningPkiOptions& options) {
    return wire::chainFacts(makeProvisioningPki(options).chain);
  };
  const std::int64_t now = std::time(nullptr);
  EXPECT_LT(facts({.expired = true}).notAfter, now);
  EXPECT_GT(facts({}).notAfter, now);
  EXPECT_TRUE(facts({.ca = true}).leafIsCa);
  EXPECT_FALSE(facts({}).leafIsCa);
  const auto revoked = makeProvisioningPki({.revoked = true});
  ASSERT_EQ(revoked.crls.size(), 1U);
  EXPECT_TRUE(isRevoked(revoked.crls.front(), revoked.chain));
  EXPECT_TRUE(makeProvisioningPki({}).crls.empty());
}

}  // namespace
}  // namespace vme::net

#include "wire/certificate.hpp"

#include <gtest/gtest.h>
#include <openssl/err.h>

#include <fstream>

#include "net/pki.hpp"

namespace vme::wire {
namespace {

constexpr std::int64_t kNotAfter = 4000000000;

Bytes seed(const std::string& name) {
  std::ifstream file(VME_SOURCE_DIR "/tests/fuzz/seeds/certificate/" + name, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const auto view = asBytes(text);
  return {view.begin(), view.end()};
}

Bytes withLastByteChanged(Bytes der) {
  der.back() ^= 0x01U;
  return der;
}

/// What fetching a key costs is paid once: a root, an intermediate and a leaf for all tests.
class Certificates : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    pki = new net::ProvisioningPki(net::makeProvisioningPki({.organizationalUnit = true}));
  }
  static void TearDownTestSuite() { delete pki; }
  void TearDown() override { EXPECT_EQ(ERR_peek_error(), 0U); }  // nothing is left for the next user of OpenSSL

  static const std::vector<Bytes>& chain() { return pki->chain; }

 private:
  static inline net::ProvisioningPki* pki = nullptr;
};

TEST_F(Certificates, namesAndKeyAreRead) {
  const auto facts = certificateFacts(seed("leaf"));
  ASSERT_TRUE(facts) << facts.error().message();
  EXPECT_EQ(facts->subject, "CN=sp.vme.test,OU=Intel(R) Client Setup Certificate,O=Example");
  EXPECT_EQ(facts->issuer, "CN=Example Root,O=Example,C=US");
  EXPECT_EQ(facts->commonName, "sp.vme.test");
  EXPECT_EQ(facts->rsaBits, 1024U);
  EXPECT_EQ(facts->rsaModulus.size(), 128U);
}

TEST_F(Certificates, anotherKindOfKeyIsNoRsaKey) {
  const auto facts = certificateFacts(seed("elliptic"));
  ASSERT_TRUE(facts);
  EXPECT_EQ(facts->commonName, "ec");
  EXPECT_EQ(facts->rsaBits, 0U);
  EXPECT_EQ(facts->rsaModulus, "");
}

TEST_F(Certificates, bothFormsOfAKeyHoldTheSameKey) {
  const auto pkcs1 = privateKeyFacts(seed("key-pkcs1"));
  const auto pkcs8 = privateKeyFacts(seed("key-pkcs8"));
  ASSERT_TRUE(pkcs1 && pkcs8);
  EXPECT_EQ(pkcs1->rsaBits, 1024U);
  EXPECT_EQ(pkcs1->rsaModulus, pkcs8->rsaModulus);
  EXPECT_EQ(privateKeyFacts(seed("leaf")).error().message(), "key: the bytes are no RSA private key in DER");
}

TEST_F(Certificates, everyTruncationAndExtensionIsRefused) {
  for (const auto* name : {"leaf", "elliptic", "key-pkcs1", "key-pkcs8"}) {
    auto whole = seed(name);
    const auto read = [&](ByteView der) {
      return std::string_view(name).starts_with("key") ? privateKeyFacts(der).has_value()
                                                       : certificateFacts(der).has_value();
    };
    ASSERT_TRUE(read(whole)) << name;
    for (std::size_t size = 0; size < whole.size(); ++size) EXPECT_FALSE(read(ByteView(whole).first(size))) << size;
    whole.push_back(0);
    EXPECT_FALSE(read(whole)) << name;
  }
}

TEST_F(Certificates, aChainIsReducedToWhatTheChecksNeed) {
  const auto facts = chainFacts(chain());
  EXPECT_FALSE(facts.empty);
  EXPECT_TRUE(facts.signaturesGood && facts.endsSelfSigned && facts.serverAuth && facts.provisioningOid);
  EXPECT_EQ(facts.rootSha1, sha1(chain()[2]));
  EXPECT_EQ(facts.rootBytes, chain()[2].size());
  EXPECT_EQ(facts.totalBytes, chain()[0].size() + chain()[1].size() + chain()[2].size());
  EXPECT_EQ(facts.maxKeyBits, 2048U);
  EXPECT_EQ(facts.commonName, "provisionserver.vme.test");
  EXPECT_EQ(facts.organizationalUnits, std::vector<std::string>{"Intel(R) Client Setup Certificate"});
  EXPECT_EQ(facts.dnsNames, std::vector<std::string>{"provisionserver.vme.test"});
  EXPECT_LT(facts.notBefore, facts.notAfter);
}

TEST_F(Certificates, datesAndUsagesAreTheLeafs) {
  const auto key = net::makeRsaKey(1024);
  const auto leaf = net::issueCertificate({.commonName = "a",
                                           .organizationalUnits = {"one", "two"},
                                           .dnsNames = {"a.example", "b.example"},
                                           .serverAuth = true,
                                           .notBefore = 1136073600,
                                           .notAfter = kNotAfter},
                                          key.der, {}, key.der);
  const auto facts = chainFacts({leaf});
  EXPECT_EQ(facts.notBefore, 1136073600);  // 2006-01-01
  EXPECT_EQ(facts.notAfter, kNotAfter);    // past 2050, where ASN.1 changes its form of a date
  EXPECT_TRUE(facts.serverAuth);
  EXPECT_FALSE(facts.provisioningOid);
  EXPECT_EQ(facts.organizationalUnits, (std::vector<std::string>{"one", "two"}));
  EXPECT_EQ(facts.dnsNames, (std::vector<std::string>{"a.example", "b.example"}));
  EXPECT_EQ(facts.maxKeyBits, 1024U);
}

TEST_F(Certificates, aChainWithoutItsRootIsGoodButDoesNotEndSelfSigned) {
  const auto facts = chainFacts({chain()[0], chain()[1]});
  EXPECT_TRUE(facts.signaturesGood);
  EXPECT_FALSE(facts.endsSelfSigned);
}

TEST_F(Certificates, aChainSentRootFirstIsTurnedRoundAndToldSo) {
  const auto root = net::makeRsaKey(2048), middle = net::makeRsaKey(2048);
  const auto made = [&](const std::string& name, const net::PrivateKey& key, ByteView issuer,
                        const net::PrivateKey& by) {
    return net::issueCertificate({.commonName = name, .notBefore = 0, .notAfter = kNotAfter}, key.der, issuer, by.der);
  };
  const auto top = made("root", root, {}, root);
  const auto between = made("middle", middle, top, root);
  const auto leaf = made("leaf", root, between, middle);
  const auto ordered = chainFacts({leaf, between, top}), turned = chainFacts({top, between, leaf});
  EXPECT_TRUE(ordered.leafFirst && ordered.signaturesGood);
  EXPECT_FALSE(turned.leafFirst);
  EXPECT_TRUE(turned.signaturesGood && turned.endsSelfSigned);
  EXPECT_EQ(turned.commonName, "leaf");
  EXPECT_EQ(turned.rootSha1, sha1(top));
  // The handshake proved the key of what was sent first, so a leaf with another key is nobody's.
  const auto other = made("leaf", net::makeRsaKey(1024), between, middle);
  EXPECT_FALSE(chainFacts({top, between, other}).signaturesGood);
}

TEST_F(Certificates, everySignatureCounts) {
  for (std::size_t i = 0; i < 3; ++i) {
    auto changed = chain();
    changed[i] = withLastByteChanged(changed[i]);
    const auto facts = chainFacts(changed);
    EXPECT_FALSE(facts.signaturesGood) << i;
    EXPECT_EQ(facts.endsSelfSigned, i != 2) << i;
  }
  EXPECT_FALSE(chainFacts({chain()[0], chain()[2]}).signaturesGood);
  EXPECT_FALSE(chainFacts({chain()[1], chain()[0], chain()[2]}).signaturesGood);
}

TEST_F(Certificates, whatIsNoCertificateMakesTheChainBad) {
  EXPECT_TRUE(chainFacts({}).empty);
  for (std::size_t i = 0; i < 3; ++i) {
    auto cut = chain();
    cut[i].pop_back();
    const auto facts = chainFacts(cut);
    EXPECT_FALSE(facts.empty || facts.signaturesGood || facts.endsSelfSigned) << i;
  }
}

}  // namespace
}  // namespace vme::wire

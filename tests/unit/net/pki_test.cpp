#include "net/pki.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <future>

#include "net/tls_context.hpp"
#include "wire/certificate.hpp"

namespace vme::net {
namespace {

struct PkiTest : ::testing::Test {
  std::filesystem::path folder = std::filesystem::temp_directory_path() / ("vme-pki-" + std::to_string(getpid()));

  PkiTest() { std::filesystem::create_directories(folder); }
  ~PkiTest() override { std::filesystem::remove_all(folder); }

  static mode_t modeOf(const std::filesystem::path& path) {
    struct stat found{};
    EXPECT_EQ(stat(path.c_str(), &found), 0) << path;
    return found.st_mode & 0777U;
  }
  std::string errorOfReading(const std::filesystem::path& from) {
    try {
      readPki(from);
    } catch (const ConfigError& error) {
      return error.what();
    }
    return "no error";
  }
};

TEST_F(PkiTest, aWrittenFolderIsReadBackAndKeysAreTheOwners) {
  const auto pki = makeProvisioningPki({.host = "sp.corp.example"});
  writePki(folder / "pki", pki);
  const auto read = readPki(folder / "pki");
  EXPECT_EQ(read.chain, pki.chain);
  EXPECT_EQ(read.leafKey, pki.leafKey);
  EXPECT_EQ(modeOf(folder / "pki" / "leaf.key"), 0600U);
  EXPECT_EQ(modeOf(folder / "pki" / "root.key"), 0600U);
  EXPECT_THROW(writePki(folder / "pki", pki), ConfigError);
}

TEST_F(PkiTest, damagedFoldersAreNamed) {
  EXPECT_NE(errorOfReading(folder / "none").find("leaf.key: the file cannot be read"), std::string::npos);
  writePki(folder / "pki", makeProvisioningPki({}));
  std::ofstream(folder / "pki" / "chain.pem") << "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n";
  EXPECT_NE(errorOfReading(folder / "pki").find("chain.pem: certificate"), std::string::npos);
  std::ofstream(folder / "pki" / "chain.pem") << "-----BEGIN CERTIFICATE-----\nAA==\n";
  EXPECT_NE(errorOfReading(folder / "pki").find("block 1 is not closed"), std::string::npos);
  std::ofstream(folder / "pki" / "leaf.key") << toPem("RSA PRIVATE KEY", asBytes("no key"));
  EXPECT_NE(errorOfReading(folder / "pki").find("leaf.key: the bytes are no RSA private key"), std::string::npos);
}

TEST_F(PkiTest, aFolderThatHasOneOfTheFilesIsLeftAsItIs) {
  std::filesystem::create_directories(folder / "pki");
  std::ofstream(folder / "pki" / "root.key") << "mine";
  EXPECT_THROW(writePki(folder / "pki", makeProvisioningPki({})), ConfigError);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder / "pki"), {}), 1);
}

TEST_F(PkiTest, aNameThatNoCertificateCanCarryIsAConfigError) {
  EXPECT_THROW(makeProvisioningPki({.host = std::string(60, 'a') + ".corp.example"}), ConfigError);
  EXPECT_THROW(makeProvisioningPki({.host = "sp.example,DNS:other.example"}), ConfigError);
  EXPECT_THROW(makeProvisioningPki({.host = ""}), ConfigError);
}

TEST_F(PkiTest, aLongHostNameStandsInTheAlternativeNameAlone) {
  const auto key = makeRsaKey(1024);
  const auto name = std::string(60, 'a') + ".corp.example";
  const auto leaf = issueCertificate(
      {.commonName = name, .organization = "O", .dnsNames = {name}, .notAfter = 4000000000}, key.der, {}, key.der);
  const auto facts = wire::chainFacts({leaf});
  EXPECT_EQ(facts.commonName, "");
  EXPECT_EQ(facts.dnsNames, std::vector{name});
}

/// What `openssl verify -purpose sslserver -verify_hostname` says of a leaf: X509_V_OK or why not.
int verified(const std::vector<Bytes>& chain, const char* host) {
  const auto root = decodeCertificate(chain.back());
  const auto leaf = decodeCertificate(chain.front());
  const CertificatesPtr between(sk_X509_new_null());
  for (std::size_t i = 1; i + 1 < chain.size(); ++i) sk_X509_push(between.get(), decodeCertificate(chain[i]).release());
  const std::unique_ptr<X509_STORE, OpenSslFree<X509_STORE_free>> store(X509_STORE_new());
  X509_STORE_add_cert(store.get(), root.get());
  const std::unique_ptr<X509_STORE_CTX, OpenSslFree<X509_STORE_CTX_free>> context(X509_STORE_CTX_new());
  X509_STORE_CTX_init(context.get(), store.get(), leaf.get(), between.get());
  X509_STORE_CTX_set_purpose(context.get(), X509_PURPOSE_SSL_SERVER);
  X509_VERIFY_PARAM_set1_host(X509_STORE_CTX_get0_param(context.get()), host, 0);
  X509_VERIFY_PARAM_set_flags(X509_STORE_CTX_get0_param(context.get()), X509_V_FLAG_X509_STRICT);
  return X509_verify_cert(context.get()) == 1 ? X509_V_OK : X509_STORE_CTX_get_error(context.get());
}

TEST_F(PkiTest, anOrdinaryVerifierAcceptsTheChainAndNoOther) {
  const auto chain = makeProvisioningPki({.host = "sp.corp.example"}).chain;
  EXPECT_EQ(verified(chain, "sp.corp.example"), X509_V_OK);
  EXPECT_EQ(verified(chain, "other.example"), X509_V_ERR_HOSTNAME_MISMATCH);
  EXPECT_EQ(verified({chain[0], chain[2]}, "sp.corp.example"), X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY);
}

TEST_F(PkiTest, theChainIsWhatFirmwareAsksFor) {
  const auto facts = wire::chainFacts(makeProvisioningPki({.oid = false, .organizationalUnit = true}).chain);
  EXPECT_TRUE(facts.signaturesGood && facts.endsSelfSigned && facts.serverAuth);
  EXPECT_FALSE(facts.provisioningOid);
  EXPECT_EQ(facts.organizationalUnits, (std::vector<std::string>{"Intel(R) Client Setup Certificate"}));
  EXPECT_LT(facts.totalBytes, 4100U);
  EXPECT_LT(facts.rootBytes, 1500U);
}

TEST_F(PkiTest, aStrangersSignatureIsBad) {
  const auto one = makeProvisioningPki({});
  const auto key = makeRsaKey(1024);
  const auto stranger =
      issueCertificate({.commonName = "VirtualME test root", .ca = true, .notAfter = 4000000000}, key.der, {}, key.der);
  const auto facts = wire::chainFacts({one.chain[0], one.chain[1], stranger});
  EXPECT_FALSE(facts.signaturesGood);
  EXPECT_TRUE(facts.endsSelfSigned);
  EXPECT_FALSE(wire::chainFacts({Bytes{1, 2, 3}}).signaturesGood);
  EXPECT_TRUE(wire::chainFacts({}).empty);
}

TEST_F(PkiTest, certificatesAndKeysAreReducedToFacts) {
  const auto pki = makeProvisioningPki({.host = "sp.corp.example"});
  const auto certificate = wire::certificateFacts(pki.chain[0]);
  const auto key = wire::privateKeyFacts(pki.leafKey);
  ASSERT_TRUE(certificate && key);
  EXPECT_EQ(certificate->rsaModulus, key->rsaModulus);
  EXPECT_EQ(certificate->rsaBits, 2048U);
  EXPECT_EQ(certificate->commonName, "sp.corp.example");
  EXPECT_EQ(certificate->issuer, "CN=VirtualME test intermediate,O=VirtualME");
  auto truncated = pki.chain[0];
  for (truncated.pop_back(); truncated.size() > 1; truncated.resize(truncated.size() / 2)) {
    EXPECT_FALSE(wire::certificateFacts(truncated));
  }
  EXPECT_FALSE(wire::privateKeyFacts(pki.chain[0]));
}

TEST_F(PkiTest, aKeyPoolIsKeptForTheNextProcess) {
  setenv("XDG_CACHE_HOME", folder.c_str(), 1);
  const auto keys = keyPool(1536, 2);
  const auto file = folder / "vme" / "rsa-1536.pem";
  EXPECT_EQ(modeOf(file), 0600U);
  std::ifstream stream(file);
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  const auto stored = fromPem("pool", text, "RSA PRIVATE KEY");
  ASSERT_EQ(stored.size(), 2U);
  EXPECT_EQ(stored[0], keys[0].der);
  EXPECT_EQ(wire::privateKeyFacts(stored[1])->rsaBits, 1536U);
}

TEST_F(PkiTest, aKeyPoolOfAnEarlierProcessIsReadAndFilledUp) {
  setenv("XDG_CACHE_HOME", folder.c_str(), 1);
  std::filesystem::create_directories(folder / "vme");
  const auto earlier = makeRsaKey(1280);
  std::ofstream(folder / "vme" / "rsa-1280.pem")
      << toPem("RSA PRIVATE KEY", makeRsaKey(1024).der)  // of another size
      << toPem("RSA PRIVATE KEY", asBytes("no key")) << toPem("RSA PRIVATE KEY", earlier.der);
  const auto keys = keyPool(1280, 2);
  ASSERT_EQ(keys.size(), 2U);
  EXPECT_EQ(keys[0].der, earlier.der);
  EXPECT_EQ(wire::privateKeyFacts(keys[1].der)->rsaBits, 1280U);
  EXPECT_EQ(modeOf(folder / "vme" / "rsa-1280.pem"), 0600U);
}

TEST_F(PkiTest, aLargeKeyPoolIsKeptWhole) {
  setenv("XDG_CACHE_HOME", folder.c_str(), 1);
  const auto keys = keyPool(512, 20);
  std::ifstream stream(folder / "vme" / "rsa-512.pem");
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  std::vector<Bytes> made;
  for (const auto& key : keys) made.push_back(key.der);
  EXPECT_EQ(made.size(), 20U);
  EXPECT_EQ(fromPem("pool", text, "RSA PRIVATE KEY"), made);
}

TEST_F(PkiTest, aKeyPoolThatSufficesIsReadWhileAnotherProcessAddsToIt) {
  setenv("XDG_CACHE_HOME", folder.c_str(), 1);
  std::filesystem::create_directories(folder / "vme");
  const auto earlier = makeRsaKey(1216);
  std::ofstream(folder / "vme" / "rsa-1216.pem") << toPem("RSA PRIVATE KEY", earlier.der);
  const int lock = open((folder / "vme" / "rsa-1216.pem.lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  ASSERT_EQ(flock(lock, LOCK_EX), 0);
  auto keys = std::async(std::launch::async, [] { return keyPool(1216, 1); });
  const auto read = keys.wait_for(std::chrono::minutes(1));
  close(lock);
  EXPECT_EQ(read, std::future_status::ready);
  EXPECT_EQ(keys.get().at(0).der, earlier.der);
}

TEST_F(PkiTest, aKeyPoolWithoutACacheFolderIsInMemory) {
  std::ofstream(folder / "file") << "in the way";
  setenv("XDG_CACHE_HOME", (folder / "file").c_str(), 1);
  EXPECT_EQ(keyPool(1152, 2).size(), 2U);
}

}  // namespace
}  // namespace vme::net

#include "wire/certificate.hpp"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <ctime>
#include <memory>

namespace vme::wire {
namespace {

template <auto Free>
struct Deleter {
  template <typename T>
  void operator()(T* pointer) const {
    Free(pointer);
  }
};
using X509Ptr = std::unique_ptr<X509, Deleter<X509_free>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using NumberPtr = std::unique_ptr<BIGNUM, Deleter<BN_free>>;
using UsagesPtr = std::unique_ptr<EXTENDED_KEY_USAGE, Deleter<EXTENDED_KEY_USAGE_free>>;
using NamesPtr = std::unique_ptr<GENERAL_NAMES, Deleter<GENERAL_NAMES_free>>;
using OidPtr = std::unique_ptr<ASN1_OBJECT, Deleter<ASN1_OBJECT_free>>;

X509Ptr decode(ByteView der) {
  const auto* at = der.data();
  X509Ptr certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  if (certificate && at != der.data() + der.size()) certificate.reset();
  ERR_clear_error();
  return certificate;
}

std::string text(const ASN1_STRING* value) {
  unsigned char* utf8 = nullptr;
  const int length = ASN1_STRING_to_UTF8(&utf8, value);
  if (length < 0) return {};
  std::string copy(reinterpret_cast<char*>(utf8), static_cast<std::size_t>(length));
  OPENSSL_free(utf8);
  return copy;
}

std::vector<std::string> entries(const X509_NAME* name, int nid) {
  std::vector<std::string> values;
  for (int at = X509_NAME_get_index_by_NID(name, nid, -1); at >= 0; at = X509_NAME_get_index_by_NID(name, nid, at)) {
    values.push_back(text(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at))));
  }
  return values;
}

std::string firstEntry(const X509_NAME* name, int nid) {
  auto values = entries(name, nid);
  return values.empty() ? std::string() : std::move(values.front());
}

/// `CN=...,O=...`: the most specific first.
std::string oneLine(const X509_NAME* name) {
  std::string line;
  for (int i = X509_NAME_entry_count(name); i-- > 0;) {
    const auto* entry = X509_NAME_get_entry(name, i);
    if (!line.empty()) line += ',';
    const int nid = OBJ_obj2nid(X509_NAME_ENTRY_get_object(entry));
    line.append(OBJ_nid2sn(nid)).append("=").append(text(X509_NAME_ENTRY_get_data(entry)));
  }
  return line;
}

KeyFacts rsaFacts(const EVP_PKEY* key) {
  KeyFacts facts;
  BIGNUM* modulus = nullptr;
  if (!key || EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA || EVP_PKEY_get_bn_param(key, "n", &modulus) != 1) return facts;
  const NumberPtr owner(modulus);
  facts.rsaBits = static_cast<unsigned>(BN_num_bits(modulus));
  facts.rsaModulus.resize(static_cast<std::size_t>(BN_num_bytes(modulus)));
  BN_bn2bin(modulus, reinterpret_cast<unsigned char*>(facts.rsaModulus.data()));
  return facts;
}

bool hasUsage(const EXTENDED_KEY_USAGE* usages, const ASN1_OBJECT* wanted) {
  for (int i = 0; i < sk_ASN1_OBJECT_num(usages); ++i) {
    if (OBJ_cmp(sk_ASN1_OBJECT_value(usages, i), wanted) == 0) return true;
  }
  return false;
}

std::int64_t secondsOf(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return 0;
  return timegm(&parts);
}

void readUsages(const X509* leaf, ChainFacts& facts) {
  const UsagesPtr usages(static_cast<EXTENDED_KEY_USAGE*>(X509_get_ext_d2i(leaf, NID_ext_key_usage, nullptr, nullptr)));
  if (!usages) return;
  const OidPtr provisioning(OBJ_txt2obj("2.16.840.1.113741.1.2.3", 1));
  facts.serverAuth = hasUsage(usages.get(), OBJ_nid2obj(NID_server_auth));
  facts.provisioningOid = hasUsage(usages.get(), provisioning.get());
}

void readNames(const X509* leaf, ChainFacts& facts) {
  const auto* subject = X509_get_subject_name(leaf);
  facts.commonName = firstEntry(subject, NID_commonName);
  facts.organizationalUnits = entries(subject, NID_organizationalUnitName);
  facts.subject = oneLine(subject);
  const NamesPtr names(static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(leaf, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const auto* name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type == GEN_DNS) facts.dnsNames.push_back(text(name->d.dNSName));
  }
}

bool isSelfSigned(X509* certificate) {
  return X509_NAME_cmp(X509_get_subject_name(certificate), X509_get_issuer_name(certificate)) == 0 &&
         X509_verify(certificate, X509_get0_pubkey(certificate)) == 1;
}

}  // namespace

Sha1 sha1(ByteView bytes) {
  Sha1 digest{};
  SHA1(bytes.data(), bytes.size(), digest.data());
  return digest;
}

Result<CertificateFacts> certificateFacts(ByteView der) {
  const auto certificate = decode(der);
  if (!certificate) return fail("certificate", "the bytes are no X.509 certificate in DER");
  CertificateFacts facts;
  const auto* subject = X509_get_subject_name(certificate.get());
  facts.subject = oneLine(subject);
  facts.issuer = oneLine(X509_get_issuer_name(certificate.get()));
  facts.commonName = firstEntry(subject, NID_commonName);
  auto key = rsaFacts(X509_get0_pubkey(certificate.get()));
  facts.rsaBits = key.rsaBits;
  facts.rsaModulus = std::move(key.rsaModulus);
  facts.isCa = X509_check_ca(certificate.get()) != 0;
  ERR_clear_error();
  return facts;
}

Result<KeyFacts> privateKeyFacts(ByteView der) {
  const auto* at = der.data();
  KeyPtr key(d2i_PrivateKey(EVP_PKEY_RSA, nullptr, &at, static_cast<long>(der.size())));
  ERR_clear_error();
  if (!key || at != der.data() + der.size()) return fail("key", "the bytes are no RSA private key in DER");
  return rsaFacts(key.get());
}

ChainFacts chainFacts(const std::vector<Bytes>& ders) {
  ChainFacts facts;
  facts.empty = ders.empty();
  std::vector<X509Ptr> chain;
  for (const auto& der : ders) {
    facts.totalBytes += der.size();
    chain.push_back(decode(der));
    if (!chain.back()) return facts;
    facts.maxKeyBits = std::max(facts.maxKeyBits, rsaFacts(X509_get0_pubkey(chain.back().get())).rsaBits);
  }
  if (chain.empty()) return facts;
  facts.rootBytes = ders.back().size();
  facts.rootSha1 = sha1(ders.back());
  facts.endsSelfSigned = isSelfSigned(chain.back().get());
  facts.signaturesGood = true;
  for (std::size_t i = 0; i + 1 < chain.size(); ++i) {
    if (X509_verify(chain[i].get(), X509_get0_pubkey(chain[i + 1].get())) != 1) facts.signaturesGood = false;
  }
  const auto* leaf = chain.front().get();
  readUsages(leaf, facts);
  readNames(leaf, facts);
  facts.notBefore = secondsOf(X509_get0_notBefore(leaf));
  facts.notAfter = secondsOf(X509_get0_notAfter(leaf));
  ERR_clear_error();
  return facts;
}

}  // namespace vme::wire

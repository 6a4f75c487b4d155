#include "wire/certificate.hpp"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <bit>
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

void freeTypes(ASN1_SEQUENCE_ANY* types) {
  sk_ASN1_TYPE_pop_free(types, ASN1_TYPE_free);
}
using SequencePtr = std::unique_ptr<ASN1_SEQUENCE_ANY, Deleter<freeTypes>>;
using NamePtr = std::unique_ptr<X509_NAME, Deleter<X509_NAME_free>>;

constexpr const char* kNoCertificate = "the bytes are no X.509 certificate in DER";
constexpr const char* kNoKey = "the bytes are no RSA private key in DER";

/// The parts of a SEQUENCE that is all of the bytes; null for others.
SequencePtr sequence(ByteView der) {
  const auto* at = der.data();
  SequencePtr parts(der.empty() ? nullptr : d2i_ASN1_SEQUENCE_ANY(nullptr, &at, static_cast<long>(der.size())));
  if (parts && at != der.data() + der.size()) parts.reset();
  ERR_clear_error();
  return parts;
}

NamePtr name(ByteView der) {
  const auto* at = der.data();
  NamePtr decoded(der.empty() ? nullptr : d2i_X509_NAME(nullptr, &at, static_cast<long>(der.size())));
  ERR_clear_error();
  return decoded;
}

/// A part's content: a SEQUENCE with its head, a string or number without; empty when there is no such part.
ByteView bytesOf(const ASN1_SEQUENCE_ANY* parts, int index) {
  const auto* part = parts ? sk_ASN1_TYPE_value(parts, index) : nullptr;
  if (!part || part->type == V_ASN1_NULL || part->type == V_ASN1_BOOLEAN || part->type == V_ASN1_OBJECT) return {};
  const auto* content = part->value.asn1_string;
  return {ASN1_STRING_get0_data(content), static_cast<std::size_t>(ASN1_STRING_length(content))};
}

/// The INTEGER at that place as an RSA modulus.
KeyFacts rsaFacts(const ASN1_SEQUENCE_ANY* parts, int index) {
  const auto* part = parts ? sk_ASN1_TYPE_value(parts, index) : nullptr;
  if (!part || part->type != V_ASN1_INTEGER) return {};
  const auto bytes = bytesOf(parts, index);
  KeyFacts facts;
  facts.rsaModulus = asText(bytes);
  if (bytes.empty()) return {};
  facts.rsaBits = static_cast<unsigned>(bytes.size() * 8) - static_cast<unsigned>(std::countl_zero(bytes.front()));
  return facts;
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

bool isSignedBy(X509* certificate, const X509* issuer) {
  return X509_verify(certificate, X509_get0_pubkey(issuer)) == 1;
}

bool namesItself(const X509* certificate) {
  return X509_NAME_cmp(X509_get_subject_name(certificate), X509_get_issuer_name(certificate)) == 0;
}

struct Sent {
  ByteView der;
  X509Ptr certificate;

  X509* get() const { return certificate.get(); }
};

/// Whether each is issued by the next, by their names.
bool isLeafFirst(const std::vector<Sent>& chain) {
  for (std::size_t i = 0; i + 1 < chain.size(); ++i) {
    if (X509_NAME_cmp(X509_get_issuer_name(chain[i].get()), X509_get_subject_name(chain[i + 1].get())) != 0)
      return false;
  }
  return true;
}

/// Turns a chain round that was sent root first; what is in no order at all stays as it is.
void putLeafFirst(std::vector<Sent>& chain) {
  if (isLeafFirst(chain)) return;
  std::ranges::reverse(chain);
  if (!isLeafFirst(chain)) std::ranges::reverse(chain);
}

}  // namespace

Sha1 sha1(ByteView bytes) {
  Sha1 digest{};
  SHA1(bytes.data(), bytes.size(), digest.data());
  return digest;
}

Result<CertificateFacts> certificateFacts(ByteView der) {
  // Certificate: tbsCertificate, signatureAlgorithm, signature. tbsCertificate: [0] version (absent in version 1),
  // serial, algorithm, issuer, validity, subject, subjectPublicKeyInfo, ...
  const auto certificate = sequence(der);
  const auto body = sequence(bytesOf(certificate.get(), 0));
  if (!body || sk_ASN1_TYPE_num(certificate.get()) != 3) return fail("certificate", kNoCertificate);
  const int first = ASN1_TYPE_get(sk_ASN1_TYPE_value(body.get(), 0)) == V_ASN1_INTEGER ? 0 : 1;
  const auto issuer = name(bytesOf(body.get(), first + 2));
  const auto subject = name(bytesOf(body.get(), first + 4));
  const auto publicKey = sequence(bytesOf(body.get(), first + 5));
  if (!issuer || !subject || !publicKey) return fail("certificate", kNoCertificate);
  CertificateFacts facts;
  facts.subject = oneLine(subject.get());
  facts.issuer = oneLine(issuer.get());
  facts.commonName = firstEntry(subject.get(), NID_commonName);
  // RSAPublicKey: modulus, exponent. Another kind of key leaves the facts without one.
  auto key = rsaFacts(sequence(bytesOf(publicKey.get(), 1)).get(), 0);
  facts.rsaBits = key.rsaBits;
  facts.rsaModulus = std::move(key.rsaModulus);
  ERR_clear_error();
  return facts;
}

Result<KeyFacts> privateKeyFacts(ByteView der) {
  // RSAPrivateKey: version, modulus, and seven more. PrivateKeyInfo: version, algorithm, an OCTET STRING holding the
  // other.
  constexpr int kRsaPrivateKeyParts = 9;
  auto parts = sequence(der);
  if (parts && sk_ASN1_TYPE_num(parts.get()) < kRsaPrivateKeyParts) parts = sequence(bytesOf(parts.get(), 2));
  if (!parts || sk_ASN1_TYPE_num(parts.get()) < kRsaPrivateKeyParts) return fail("key", kNoKey);
  auto facts = rsaFacts(parts.get(), 1);
  ERR_clear_error();
  if (facts.rsaBits == 0) return fail("key", kNoKey);
  return facts;
}

ChainFacts chainFacts(const std::vector<Bytes>& ders) {
  ChainFacts facts;
  facts.empty = ders.empty();
  std::vector<Sent> chain;
  for (const auto& der : ders) {
    facts.totalBytes += der.size();
    chain.push_back({der, decode(der)});
    if (!chain.back().certificate) return facts;
    facts.maxKeyBits = std::max(facts.maxKeyBits, rsaFacts(X509_get0_pubkey(chain.back().get())).rsaBits);
  }
  if (chain.empty()) return facts;
  const auto* shown = chain.front().get();
  putLeafFirst(chain);
  const auto* leaf = chain.front().get();
  auto* last = chain.back().get();
  facts.leafFirst = leaf == shown;
  facts.rootBytes = chain.back().der.size();
  facts.rootSha1 = sha1(chain.back().der);
  facts.endsSelfSigned = namesItself(last) && isSignedBy(last, last);
  facts.signaturesGood = facts.endsSelfSigned || !namesItself(last);
  if (EVP_PKEY_eq(X509_get0_pubkey(leaf), X509_get0_pubkey(shown)) != 1) facts.signaturesGood = false;
  for (std::size_t i = 0; i + 1 < chain.size(); ++i) {
    if (!isSignedBy(chain[i].get(), chain[i + 1].get())) facts.signaturesGood = false;
  }
  readUsages(leaf, facts);
  readNames(leaf, facts);
  facts.notBefore = secondsOf(X509_get0_notBefore(leaf));
  facts.notAfter = secondsOf(X509_get0_notAfter(leaf));
  ERR_clear_error();
  return facts;
}

}  // namespace vme::wire

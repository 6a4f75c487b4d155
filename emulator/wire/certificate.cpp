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
using ConstraintsPtr = std::unique_ptr<BASIC_CONSTRAINTS, Deleter<BASIC_CONSTRAINTS_free>>;
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

void freeExtensions(X509_EXTENSIONS* extensions) {
  sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
}
using ExtensionsPtr = std::unique_ptr<X509_EXTENSIONS, Deleter<freeExtensions>>;

constexpr const char* kProvisioningOid = "2.16.840.1.113741.1.2.3";
constexpr int kHasCaFlag = 1;  // X509_check_ca: version 3 with CA:TRUE
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

/// Nothing when that part is no time.
/// Of a tbsCertificate: behind the version, which version 1 leaves out.
int serialPlace(const ASN1_SEQUENCE_ANY* body) {
  const auto* first = sk_ASN1_TYPE_value(body, 0);
  return first && first->type == V_ASN1_INTEGER ? 0 : 1;
}

std::optional<std::int64_t> timeOf(const ASN1_SEQUENCE_ANY* parts, int index) {
  const auto* part = sk_ASN1_TYPE_value(parts, index);
  if (part->type != V_ASN1_UTCTIME && part->type != V_ASN1_GENERALIZEDTIME) return std::nullopt;
  return secondsOf(part->value.asn1_string);
}

void readUsages(const X509* leaf, ChainFacts& facts) {
  const UsagesPtr usages(static_cast<EXTENDED_KEY_USAGE*>(X509_get_ext_d2i(leaf, NID_ext_key_usage, nullptr, nullptr)));
  if (!usages) return;
  const OidPtr provisioning(OBJ_txt2obj(kProvisioningOid, 1));
  facts.serverAuth = hasUsage(usages.get(), OBJ_nid2obj(NID_server_auth));
  facts.provisioningOid = hasUsage(usages.get(), provisioning.get());
}

std::vector<std::string> dnsNamesOf(const GENERAL_NAMES* names) {
  std::vector<std::string> found;
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names); ++i) {
    const auto* name = sk_GENERAL_NAME_value(names, i);
    if (name->type == GEN_DNS) found.push_back(text(name->d.dNSName));
  }
  return found;
}

void readNames(const X509* leaf, ChainFacts& facts) {
  const auto* subject = X509_get_subject_name(leaf);
  facts.commonName = firstEntry(subject, NID_commonName);
  facts.organizationalUnits = entries(subject, NID_organizationalUnitName);
  facts.subject = oneLine(subject);
  const NamesPtr names(static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(leaf, NID_subject_alt_name, nullptr, nullptr)));
  facts.dnsNames = dnsNamesOf(names.get());
}

Bytes withoutLeadingZeros(ByteView bytes) {
  while (!bytes.empty() && bytes.front() == 0) bytes = bytes.subspan(1);
  return {bytes.begin(), bytes.end()};
}

Bytes serialOf(const X509* certificate) {
  const auto* serial = X509_get0_serialNumber(certificate);
  return withoutLeadingZeros({ASN1_STRING_get0_data(serial), static_cast<std::size_t>(ASN1_STRING_length(serial))});
}

void readExtension(const X509_EXTENSION* extension, CertificateTerms& terms) {
  const int nid = OBJ_obj2nid(X509_EXTENSION_get_object(const_cast<X509_EXTENSION*>(extension)));
  void* value = X509V3_EXT_d2i(const_cast<X509_EXTENSION*>(extension));
  if (nid == NID_basic_constraints) {
    const ConstraintsPtr constraints(static_cast<BASIC_CONSTRAINTS*>(value));
    terms.ca = constraints && constraints->ca != 0;
  } else if (nid == NID_ext_key_usage) {
    const UsagesPtr usages(static_cast<EXTENDED_KEY_USAGE*>(value));
    const OidPtr provisioning(OBJ_txt2obj(kProvisioningOid, 1));
    terms.serverAuth = usages && hasUsage(usages.get(), OBJ_nid2obj(NID_server_auth));
    terms.provisioningOid = usages && hasUsage(usages.get(), provisioning.get());
  } else if (nid == NID_subject_alt_name) {
    const NamesPtr names(static_cast<GENERAL_NAMES*>(value));
    terms.dnsNames = dnsNamesOf(names.get());
  } else if (value) {
    const auto* method = X509V3_EXT_get(const_cast<X509_EXTENSION*>(extension));
    if (method->it) {
      ASN1_item_free(static_cast<ASN1_VALUE*>(value), ASN1_ITEM_ptr(method->it));
    } else {
      method->ext_free(value);
    }
  }
}

/// tbsCertificate's part [3], an explicit tag around a SEQUENCE of extensions.
void readExtensions(const ASN1_SEQUENCE_ANY* body, CertificateTerms& terms) {
  constexpr int kExplicitThree = 3;
  for (int i = 0; i < sk_ASN1_TYPE_num(body); ++i) {
    const auto* part = sk_ASN1_TYPE_value(body, i);
    if (part->type != V_ASN1_OTHER) continue;
    const auto whole = bytesOf(body, i);
    const auto* at = whole.data();
    long length = 0;
    int tag = 0, tagClass = 0;
    if ((ASN1_get_object(&at, &length, &tag, &tagClass, static_cast<long>(whole.size())) & 0x80) != 0) return;
    if (tagClass != V_ASN1_CONTEXT_SPECIFIC || tag != kExplicitThree) continue;
    const ExtensionsPtr extensions(d2i_X509_EXTENSIONS(nullptr, &at, length));
    for (int n = 0; extensions && n < sk_X509_EXTENSION_num(extensions.get()); ++n) {
      readExtension(sk_X509_EXTENSION_value(extensions.get(), n), terms);
    }
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
  const int first = serialPlace(body.get());
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

Result<CertificateTerms> certificateTerms(ByteView der) {
  const auto certificate = sequence(der);
  const auto body = sequence(bytesOf(certificate.get(), 0));
  if (!body) return fail("certificate", kNoCertificate);
  const int first = serialPlace(body.get());
  const auto validity = sequence(bytesOf(body.get(), first + 3));
  if (!validity || sk_ASN1_TYPE_num(validity.get()) != 2) return fail("certificate", kNoCertificate);
  CertificateTerms terms;
  terms.serial = withoutLeadingZeros(bytesOf(body.get(), first));
  const auto notBefore = timeOf(validity.get(), 0);
  const auto notAfter = timeOf(validity.get(), 1);
  if (!notBefore || !notAfter) return fail("certificate", kNoCertificate);
  terms.notBefore = *notBefore;
  terms.notAfter = *notAfter;
  readExtensions(body.get(), terms);
  ERR_clear_error();
  return terms;
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
  facts.leafIsCa = X509_check_ca(const_cast<X509*>(leaf)) == kHasCaFlag;
  facts.leafSerial = serialOf(leaf);
  facts.leafSha1 = sha1(chain.front().der);
  facts.notBefore = secondsOf(X509_get0_notBefore(leaf));
  facts.notAfter = secondsOf(X509_get0_notAfter(leaf));
  ERR_clear_error();
  return facts;
}

}  // namespace vme::wire

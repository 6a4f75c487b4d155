#include "machine/stores.hpp"

#include <algorithm>

#include "machine/setup.hpp"
#include "profile/check.hpp"
#include "wire/certificate.hpp"

namespace vme::machine {
namespace {

TlsConfiguration& pendingTls(Me& me) {
  auto& nvram = me.change();
  if (!nvram.pendingTls) nvram.pendingTls = nvram.tls;
  return *nvram.pendingTls;
}

bool isLengthTaken(const Me& me, unsigned bits) {
  return std::ranges::find(me.profile.tls.rsaBits, bits) != me.profile.tls.rsaBits.end();
}

wire::Sha1 tagOf(std::string_view modulus) {
  return wire::sha1(asBytes(modulus));
}

template <typename Store>
auto findIn(const Store& store, std::uint32_t handle) -> decltype(&store.front()) {
  const auto found = std::ranges::find_if(store, [handle](const auto& item) { return item.handle == handle; });
  return found == store.end() ? nullptr : &*found;
}

/// Quirk cert_survives: what a failed attempt has stored cannot be taken away before the next one.
bool hasSetupLeftovers(const Me& me) {
  return !me.nvram().certificates.empty() && profile::hasQuirk(me.profile, "cert_survives");
}

bool isUsedByTls(const Me& me, std::uint32_t certificate) {
  return me.nvram().tls.certificate == certificate || tlsConfigured(me).certificate == certificate;
}

}  // namespace

AmtStatus addCertificate(Me& me, Bytes der, bool trustedRoot, std::uint32_t& handle) {
  const auto& tls = me.profile.tls;
  const auto& store = me.nvram().certificates;
  const auto facts = wire::certificateFacts(der);
  if (!facts || der.size() > (trustedRoot ? tls.rootMaxBytes : tls.chainMaxBytes)) return AmtStatus::invalidCert;
  if (facts->rsaBits == 0 || facts->rsaBits > tls.caKeyMaxBits) return AmtStatus::invalidCert;
  if (std::ranges::any_of(store, [&](const auto& other) { return *other.der == der; })) return AmtStatus::duplicate;
  const auto ofItsKind = std::ranges::count(store, trustedRoot, &StoredCertificate::trustedRoot);
  if (ofItsKind >= (trustedRoot ? tls.rootMaxCount : tls.certificatesMax)) return AmtStatus::maxLimitReached;
  if (!storeToFlash(me)) return AmtStatus::flashWriteLimitExceeded;
  auto& nvram = me.change();
  handle = nvram.nextStoreHandle++;
  nvram.certificates.push_back(
      {handle, trustedRoot, std::make_shared<const Bytes>(std::move(der)), tagOf(facts->rsaModulus)});
  return AmtStatus::success;
}

AmtStatus removeCertificate(Me& me, std::uint32_t handle) {
  if (!findCertificate(me, handle)) return AmtStatus::notFound;
  if (isUsedByTls(me, handle)) return AmtStatus::notPermitted;
  if (!storeToFlash(me)) return AmtStatus::flashWriteLimitExceeded;
  std::erase_if(me.change().certificates, [handle](const auto& item) { return item.handle == handle; });
  return AmtStatus::success;
}

const StoredCertificate* findCertificate(const Me& me, std::uint32_t handle) {
  return findIn(me.nvram().certificates, handle);
}

AmtStatus addKey(Me& me, Bytes der, std::uint32_t& handle) {
  const auto& store = me.nvram().keys;
  if (me.profile.prov.rngKey == profile::RngKey::needed && !me.hot.rngSeeded) return AmtStatus::rngNotReady;
  const auto facts = wire::privateKeyFacts(der);
  if (!facts || !isLengthTaken(me, facts->rsaBits)) return AmtStatus::invalidKey;
  const auto tag = tagOf(facts->rsaModulus);
  if (std::ranges::any_of(store, [&](const auto& other) { return other.modulusSha1 == tag; })) {
    return AmtStatus::duplicate;
  }
  if (store.size() >= me.profile.tls.keysMax) return AmtStatus::maxLimitReached;
  if (!storeToFlash(me)) return AmtStatus::flashWriteLimitExceeded;
  auto& nvram = me.change();
  handle = nvram.nextStoreHandle++;
  nvram.keys.push_back({handle, std::make_shared<const Bytes>(std::move(der)), tag});
  return AmtStatus::success;
}

AmtStatus generateKey(Me& me, unsigned bits, std::uint32_t& handle) {
  const auto& pool = me.environment.keys;
  if (!pool || bits != me.environment.keyBits) return AmtStatus::invalidParameter;
  const auto first = me.draw.below(pool->size(), "key-pair", me.nvram().nextStoreHandle);
  auto status = AmtStatus::duplicate;
  for (std::size_t i = 0; i < pool->size() && status == AmtStatus::duplicate; ++i) {
    status = addKey(me, (*pool)[(first + i) % pool->size()], handle);
  }
  return status;
}

AmtStatus removeKey(Me& me, std::uint32_t handle) {
  const auto* key = findKey(me, handle);
  if (!key) return AmtStatus::notFound;
  const bool used = std::ranges::any_of(me.nvram().certificates, [&](const auto& certificate) {
    return certificate.modulusSha1 == key->modulusSha1 && isUsedByTls(me, certificate.handle);
  });
  if (used) return AmtStatus::notPermitted;
  if (!storeToFlash(me)) return AmtStatus::flashWriteLimitExceeded;
  std::erase_if(me.change().keys, [handle](const auto& item) { return item.handle == handle; });
  return AmtStatus::success;
}

const StoredKey* findKey(const Me& me, std::uint32_t handle) {
  return findIn(me.nvram().keys, handle);
}

const StoredKey* keyOf(const Me& me, const StoredCertificate& certificate) {
  const auto& keys = me.nvram().keys;
  const auto found = std::ranges::find(keys, certificate.modulusSha1, &StoredKey::modulusSha1);
  return found == keys.end() ? nullptr : &*found;
}

AmtStatus setCrls(Me& me, std::vector<StoredCrl> crls) {
  std::size_t bytes = 0;
  for (const auto& crl : crls) {
    bytes += crl.der.size();
    for (const auto& url : crl.urls) bytes += url.size();
  }
  constexpr std::size_t kUrlsOfQuirk = 3;
  const auto hasMany = [](const StoredCrl& crl) { return crl.urls.size() > kUrlsOfQuirk; };
  if (profile::hasQuirk(me.profile, "crl_urls") && std::ranges::any_of(crls, hasMany)) {
    return AmtStatus::maxLimitReached;
  }
  if (bytes > me.profile.tls.crlStoreBytes) return AmtStatus::maxLimitReached;
  if (!storeToFlash(me)) return AmtStatus::flashWriteLimitExceeded;
  me.change().crls = std::move(crls);
  return AmtStatus::success;
}

const TlsConfiguration& tlsConfigured(const Me& me) {
  const auto& nvram = me.nvram();
  return nvram.pendingTls ? *nvram.pendingTls : nvram.tls;
}

AmtStatus setTlsCertificate(Me& me, std::uint32_t handle) {
  if (handle == 0 && me.hot.state == State::inSetup && hasSetupLeftovers(me)) return AmtStatus::notPermitted;
  if (handle != 0) {
    const auto* certificate = findCertificate(me, handle);
    if (!certificate) return AmtStatus::invalidHandle;
    if (!keyOf(me, *certificate)) return AmtStatus::certKeyNotMatch;
  }
  if (!storeToFlash(me)) return AmtStatus::flashWriteLimitExceeded;
  pendingTls(me).certificate = handle;
  return AmtStatus::success;
}

AmtStatus setTlsOptions(Me& me, const TlsOptions& network, const TlsOptions& local) {
  if (!storeToFlash(me)) return AmtStatus::flashWriteLimitExceeded;
  auto& tls = pendingTls(me);
  tls.network = network;
  tls.local = local;
  return AmtStatus::success;
}

AmtStatus setTrustedCn(Me& me, std::vector<std::string> suffixes) {
  const auto& limits = me.profile.tls;
  if (suffixes.size() > limits.trustedCnMax) return AmtStatus::maxLimitReached;
  const auto fits = [&](const std::string& text) { return !text.empty() && text.size() <= limits.trustedCnBytes; };
  if (!std::ranges::all_of(suffixes, fits)) return AmtStatus::invalidParameter;
  if (!storeToFlash(me)) return AmtStatus::flashWriteLimitExceeded;
  pendingTls(me).trustedCn = std::move(suffixes);
  return AmtStatus::success;
}

}  // namespace vme::machine

#include "servicepoint/authority.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "wire/certificate.hpp"

namespace vme::servicepoint {
namespace {

constexpr unsigned kKeyBits = 2048;  // the most that 2.x to 5.x take
constexpr unsigned kShortKeyBits = 1024;
constexpr std::size_t kMachineKeys = 8;
constexpr std::int64_t kDay = 24 * 3600;

std::int64_t unixNow() {
  using namespace std::chrono;
  return duration_cast<seconds>(system_clock::now().time_since_epoch()).count();
}

net::CertificateRequest rootRequest(bool sha1) {
  net::CertificateRequest request;
  request.commonName = "VirtualME reference service point CA";
  request.organization = "VirtualME";
  request.ca = true;
  request.notBefore = unixNow() - kDay;
  request.notAfter = unixNow() + 3650 * kDay;
  request.sha1 = sha1;
  return request;
}

}  // namespace

Authority::Authority(Options options) : options_(options), key_(net::makeRsaKey(kKeyBits)) {
  certificate_ = net::issueCertificate(rootRequest(options.sha1), key_.der, {}, key_.der);
  const auto bits = options.careless.has(Habit::shortKey) ? kShortKeyBits : kKeyBits;
  const auto keys = options.uniqueKeys ? std::max(kMachineKeys, options.keysAhead) : kMachineKeys;
  for (auto& key : net::keyPool(bits, keys)) {
    machineKeys_.push_back(std::make_shared<const net::PrivateKey>(std::move(key)));
  }
}

std::shared_ptr<const net::PrivateKey> Authority::keyFor(const Uuid& uuid) {
  if (options_.careless.has(Habit::sharedKey)) return machineKeys_.front();
  if (!options_.uniqueKeys) return machineKeys_[uuid.wire.back() % machineKeys_.size()];
  if (issued_ < machineKeys_.size()) return machineKeys_[issued_++];
  return std::make_shared<const net::PrivateKey>(net::makeRsaKey(machineKeys_.front()->bits));
}

net::CertificateRequest Authority::requestFor(const std::string& fqdn, boost::asio::ip::address_v4 address) const {
  const auto& careless = options_.careless;
  net::CertificateRequest request;
  request.commonName = careless.has(Habit::misnamedCertificate) ? "other-" + fqdn : fqdn;
  if (careless.has(Habit::sharedCertificate)) request.commonName = "*" + fqdn.substr(fqdn.find('.'));
  request.organization = "VirtualME";
  request.dnsNames = {request.commonName};
  request.ipAddresses = {address.to_string()};
  request.serverAuth = true;
  const bool ended = careless.has(Habit::expiredCertificate);
  request.notBefore = unixNow() - (ended ? 30 * kDay : kDay);
  request.notAfter = unixNow() + (ended ? -kDay : 365 * kDay);
  request.sha1 = options_.sha1;
  return request;
}

TlsIdentity Authority::issue(const Uuid& uuid, const std::string& fqdn, boost::asio::ip::address_v4 address) {
  if (shared_) return *shared_;
  TlsIdentity identity;
  identity.key = keyFor(uuid);
  identity.certificate = net::issueCertificate(requestFor(fqdn, address), identity.key->der, certificate_, key_.der);
  if (const auto terms = wire::certificateTerms(identity.certificate)) identity.serial = terms->serial;
  if (options_.careless.has(Habit::sharedCertificate)) shared_ = identity;
  return identity;
}

void Authority::revoke(const Bytes& serial) {
  const std::scoped_lock lock(mutex_);
  const bool known = std::ranges::find(revoked_, serial, &net::Revoked::serial) != revoked_.end();
  if (!known) revoked_.push_back({serial, unixNow()});
}

std::vector<Bytes> Authority::revoked() const {
  const std::scoped_lock lock(mutex_);
  std::vector<Bytes> serials;
  for (const auto& one : revoked_) serials.push_back(one.serial);
  return serials;
}

Bytes Authority::crl() const {
  const std::scoped_lock lock(mutex_);
  return net::makeCrl(certificate_, key_.der, revoked_, unixNow(), options_.sha1);
}

std::string Authority::judge(const Bytes& leaf, const std::string& fqdn) const {
  const auto facts = wire::chainFacts({leaf, certificate_});
  if (!facts.signaturesGood) return fmt::format("'{}' is not signed by the service point's CA", facts.subject);
  const auto& careless = options_.careless;
  const bool anyName = careless.has(Habit::misnamedCertificate) || careless.has(Habit::sharedCertificate);
  if (!facts.serverAuth) return fmt::format("'{}' is not for server authentication", facts.subject);
  const bool named =
      anyName || facts.commonName == fqdn || std::ranges::find(facts.dnsNames, fqdn) != facts.dnsNames.end();
  return named ? std::string() : fmt::format("'{}' is not the name {}", facts.subject, fqdn);
}

}  // namespace vme::servicepoint

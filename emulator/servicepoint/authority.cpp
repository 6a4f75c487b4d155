#include "servicepoint/authority.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "wire/certificate.hpp"

namespace vme::servicepoint {
namespace {

constexpr unsigned kKeyBits = 2048;  // the most that 2.x to 5.x take
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

Authority::Authority(bool sha1) : sha1_(sha1), key_(net::makeRsaKey(kKeyBits)) {
  certificate_ = net::issueCertificate(rootRequest(sha1), key_.der, {}, key_.der);
  for (auto& key : net::keyPool(kKeyBits, kMachineKeys)) {
    machineKeys_.push_back(std::make_shared<const net::PrivateKey>(std::move(key)));
  }
}

TlsIdentity Authority::issue(const Uuid& uuid, const std::string& fqdn, boost::asio::ip::address_v4 address) const {
  net::CertificateRequest request;
  request.commonName = fqdn;
  request.organization = "VirtualME";
  request.dnsNames = {fqdn};
  request.ipAddresses = {address.to_string()};
  request.serverAuth = true;
  request.notBefore = unixNow() - kDay;
  request.notAfter = unixNow() + 365 * kDay;
  request.sha1 = sha1_;
  const auto& key = machineKeys_[uuid.wire.back() % machineKeys_.size()];
  return {key, net::issueCertificate(request, key->der, certificate_, key_.der)};
}

std::string Authority::judge(const Bytes& leaf, const std::string& fqdn) const {
  const auto facts = wire::chainFacts({leaf, certificate_});
  if (!facts.signaturesGood) return fmt::format("'{}' is not signed by the service point's CA", facts.subject);
  if (!facts.serverAuth) return fmt::format("'{}' is not for server authentication", facts.subject);
  const bool named = facts.commonName == fqdn || std::ranges::find(facts.dnsNames, fqdn) != facts.dnsNames.end();
  return named ? std::string() : fmt::format("'{}' is not the name {}", facts.subject, fqdn);
}

}  // namespace vme::servicepoint

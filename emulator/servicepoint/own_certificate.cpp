#include "servicepoint/own_certificate.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"
#include "net/crl.hpp"

namespace vme::servicepoint {
namespace {

constexpr std::string_view kSetupUnit = "Intel(R) Client Setup Certificate";
constexpr unsigned kKeyBitsMost = 2048;  // what 2.x to 5.x take

std::shared_ptr<const net::TlsCredential> credentialOf(const Options& options) {
  auto chain = options.pki->chain;
  if (options.careless.has(Habit::omitRoot) && chain.size() > 1) chain.pop_back();
  const std::vector<ByteView> views(chain.begin(), chain.end());
  auto credential = net::TlsCredential::make(options.pki->leafKey, views);
  if (!credential) throw ConfigError("provisioning certificate", credential.error().message());
  return *credential;
}

std::string lastingFlaw(const Options& options, const wire::ChainFacts& facts) {
  const auto& units = facts.organizationalUnits;
  if (!facts.signaturesGood) return "its chain is broken";
  if (!facts.endsSelfSigned) return "its chain lacks the root, which MEs look for";
  if (!facts.serverAuth) return "it is not for server authentication";
  if (!facts.provisioningOid && std::ranges::find(units, kSetupUnit) == units.end()) {
    return fmt::format("it has neither the provisioning OID nor the OU \"{}\"", kSetupUnit);
  }
  if (facts.leafIsCa) return "it is a CA's certificate";
  if (facts.maxKeyBits > kKeyBitsMost) {
    return fmt::format("a key of its chain has {} bits, and MEs take {}", facts.maxKeyBits, kKeyBitsMost);
  }
  const auto revokes = [&](const Bytes& crl) { return net::isRevoked(crl, options.pki->chain); };
  const bool revoked = std::ranges::any_of(options.crls, revokes) || std::ranges::any_of(options.pki->crls, revokes);
  return revoked ? "it is revoked" : "";
}

}  // namespace

OwnCertificate::OwnCertificate(const Options& options) {
  if (!options.pki || options.pki->chain.empty()) return;
  credential_ = credentialOf(options);
  root_ = wire::sha1(options.pki->chain.back());
  facts_ = wire::chainFacts(options.pki->chain);
  if (!options.careless.has(Habit::useUnfitCertificate)) {
    lasting_ = lastingFlaw(options, facts_);
  } else {
    facts_.empty = true;
  }
}

Admission OwnCertificate::judge(std::int64_t now) const {
  if (!credential_ || facts_.empty) return {};
  if (!lasting_.empty()) return {Reason::ownCertificate, "the provisioning certificate is not used: " + lasting_};
  if (now < facts_.notBefore) return {Reason::ownCertificate, "the provisioning certificate is not valid yet"};
  if (now > facts_.notAfter) return {Reason::ownCertificateExpired, "the provisioning certificate has expired"};
  return {};
}

}  // namespace vme::servicepoint

#include <fmt/format.h>

#include <algorithm>

#include "audit/judgements.hpp"

namespace vme::audit {
namespace {

constexpr std::string_view kSetupUnit = "Intel(R) Client Setup Certificate";

bool hasCertificate(const Subject& subject) {
  return isSetUp(subject) && subject.installed.has_value();
}

bool sameName(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::ranges::equal(a, b, [&](char x, char y) { return lower(x) == lower(y); });
}

/// `*.corp.example` names host.corp.example.
bool names(std::string_view pattern, std::string_view fqdn) {
  if (!pattern.starts_with("*.")) return sameName(pattern, fqdn);
  const auto dot = fqdn.find('.');
  return dot != std::string_view::npos && sameName(pattern.substr(1), fqdn.substr(dot));
}

Finding judgeDates(std::int64_t notBefore, std::int64_t notAfter, std::int64_t at) {
  if (at < notBefore) return failing("the certificate is not valid yet");
  return found(at <= notAfter, "the certificate has expired");
}

}  // namespace

Finding judgeTls(const Subject& subject, const Grounds&) {
  if (!isSetUp(subject)) return notSeen();
  return found(subject.posture.tls.enabled, "TLS is off");
}

Finding judgeClearPort(const Subject& subject, const Grounds&) {
  if (!isSetUp(subject) || !subject.posture.tls.enabled) return notSeen();
  return found(!subject.posture.tls.acceptNonSecure, "16992 is open beside TLS");
}

Trait certificateTrait(const Subject& subject) {
  if (!hasCertificate(subject)) return {};
  return {.mark = toHex(subject.installed->sha1), .unless = {}};
}

Trait keyTrait(const Subject& subject) {
  if (!hasCertificate(subject) || subject.installed->facts.rsaModulus.empty()) return {};
  return {.mark = toHex(wire::sha1(asBytes(subject.installed->facts.rsaModulus))),
          .unless = toHex(subject.installed->sha1)};
}

Finding judgeCertificateDates(const Subject& subject, const Grounds& grounds) {
  if (!hasCertificate(subject)) return notSeen();
  const auto& terms = subject.installed->terms;
  return judgeDates(terms.notBefore, terms.notAfter, grounds.now);
}

Finding judgeCertificateName(const Subject& subject, const Grounds&) {
  if (!hasCertificate(subject) || subject.posture.hostName.empty()) return notSeen();
  auto fqdn = subject.posture.hostName;
  if (!subject.posture.domainName.empty()) fqdn += "." + subject.posture.domainName;
  const auto fits = [&](const std::string& name) { return names(name, fqdn); };
  const auto& installed = *subject.installed;
  return found(fits(installed.facts.commonName) || std::ranges::any_of(installed.terms.dnsNames, fits),
               fmt::format("the certificate is for {}, the machine is {}", installed.facts.commonName, fqdn));
}

Finding judgeKeyLength(const Subject& subject, const Grounds&) {
  if (!hasCertificate(subject)) return notSeen();
  const auto bits = subject.installed->facts.rsaBits;
  const auto least = std::min(kKeyBitsLeast, std::max(subject.posture.keyBitsMost, 1U));
  return found(bits >= least, fmt::format("the key has {} bits, the firmware takes {}", bits, least));
}

Finding judgePsk(const Subject& subject, const Grounds&) {
  if (!isSetUp(subject) || !subject.conduct.byPsk) return notSeen();
  return found(subject.conduct.pskReplaced, "the PSK pair of the set-up was kept");
}

Finding judgeDedicated(const Subject& subject, const Grounds&) {
  const auto& chain = subject.conduct.chain;
  if (!chain || chain->empty) return notSeen();
  if (chain->leafIsCa) return failing(fmt::format("'{}' is a CA's certificate", chain->subject));
  const auto& units = chain->organizationalUnits;
  if (!chain->provisioningOid && std::ranges::find(units, kSetupUnit) == units.end()) {
    return failing(fmt::format("'{}' has neither the provisioning OID nor the OU", chain->subject));
  }
  return found(!subject.installed || subject.installed->sha1 != chain->leafSha1,
               fmt::format("'{}' is the machine's own TLS certificate too", chain->subject));
}

Finding judgeProvisioningDates(const Subject& subject, const Grounds&) {
  const auto& conduct = subject.conduct;
  if (!conduct.chain || conduct.chain->empty) return notSeen();
  return judgeDates(conduct.chain->notBefore, conduct.chain->notAfter, conduct.chainUsedAt);
}

Finding judgeRevokedProvisioning(const Subject& subject, const Grounds& grounds) {
  const auto& chain = subject.conduct.chain;
  if (!grounds.revokedProvisioning || !chain || chain->empty) return notSeen();
  return found(!grounds.revokedProvisioning->contains(chain->leafSha1),
               fmt::format("'{}' is revoked and was used", chain->subject));
}

Finding judgeBlockedCertificate(const Subject& subject, const Grounds& grounds) {
  if (!subject.plan.blocked || !subject.installed || !grounds.revoked) return notSeen();
  return found(grounds.revoked->contains(subject.installed->terms.serial),
               "the machine is blocked, and its certificate is not revoked");
}

}  // namespace vme::audit

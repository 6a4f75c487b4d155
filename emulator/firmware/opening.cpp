// Before a connection carries requests: what the port offers, and whether the TLS client is believed.

#include <algorithm>
#include <array>

#include "firmware/services.hpp"
#include "machine/clock.hpp"
#include "machine/reachability.hpp"
#include "machine/setup.hpp"
#include "machine/stores.hpp"
#include "machine/trust.hpp"

namespace vme::firmware {
namespace {

using Kind = TlsOffer::Kind;

MeDuration handshakeTime(const Me& me, Kind kind, unsigned keyBits, bool clientChain) {
  const auto& timing = me.profile.timing;
  unsigned ms = timing.tlsPskMs;
  if (kind != Kind::psk) ms = keyBits > 1024 ? timing.tlsFullRsa2048Ms : timing.tlsFullRsa1024Ms;
  if (clientChain) ms += timing.tlsClientChainMs;
  return machine::latency(me, ms, false, static_cast<std::uint64_t>(me.now.ms));
}

OpenDecision offerPsk(const Me& me) {
  const auto pair = machine::pskPair(me);
  if (!pair) return Refuse{Reason::setupClosed};
  TlsOffer offer{.kind = Kind::psk, .mode = me.environment.tls};
  offer.pskIdentity = pair->pidText();
  offer.pskKey = pair->ppsText();
  offer.suites = {me.profile.tls.suitePsk};
  offer.latency = handshakeTime(me, Kind::psk, 0, false);
  return offer;
}

OpenDecision offerPki(const Me& me) {
  TlsOffer offer{.kind = Kind::setupPki, .mode = me.environment.tls};
  offer.selfSignedBits = me.profile.prov.selfsignedBits;
  offer.wantsClientCertificate = true;
  offer.suites = me.profile.tls.suitesRsa;
  offer.latency = handshakeTime(me, Kind::setupPki, offer.selfSignedBits, true);
  return offer;
}

/// The leaf and the stored certificates that lead up from it; roots stay at home, as TLS has it.
std::vector<std::shared_ptr<const Bytes>> chainOf(const Me& me, const machine::StoredCertificate& leaf) {
  std::vector<std::shared_ptr<const Bytes>> chain{leaf.der};
  auto facts = wire::certificateFacts(*leaf.der);
  const auto& store = me.nvram().certificates;
  while (facts && facts->issuer != facts->subject && chain.size() <= store.size()) {
    std::optional<wire::CertificateFacts> issuer;
    for (const auto& candidate : store) {
      if (candidate.trustedRoot || std::ranges::find(chain, candidate.der) != chain.end()) continue;
      auto read = wire::certificateFacts(*candidate.der);
      if (!read || read->subject != facts->issuer) continue;
      chain.push_back(candidate.der);
      issuer = std::move(*read);
      break;
    }
    if (!issuer) break;
    *facts = std::move(*issuer);
  }
  return chain;
}

OpenDecision offerOperational(const Me& me, bool local) {
  const auto& tls = me.nvram().tls;
  const auto* leaf = machine::findCertificate(me, tls.certificate);
  const auto* key = leaf ? machine::keyOf(me, *leaf) : nullptr;
  if (!key) return Refuse{Reason::handshakeFailed};
  TlsOffer offer{.kind = Kind::operational, .mode = me.environment.tls};
  offer.key = key->der;
  offer.chain = chainOf(me, *leaf);
  offer.wantsClientCertificate = (local ? tls.local : tls.network).mutualAuthentication;
  offer.suites = me.profile.tls.suitesRsa;
  const auto facts = me.environment.timingScale > 0 ? wire::privateKeyFacts(*key->der) : Result<wire::KeyFacts>();
  offer.latency = handshakeTime(me, Kind::operational, facts ? facts->rsaBits : 0, offer.wantsClientCertificate);
  return offer;
}

bool hasSuffix(std::string_view name, std::string_view suffix) {
  const auto same = [](char a, char b) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return lower(a) == lower(b);
  };
  if (suffix.starts_with('.')) suffix.remove_prefix(1);
  if (name.size() < suffix.size()) return false;
  const auto tail = name.substr(name.size() - suffix.size());
  const bool wholeLabels = tail.size() == name.size() || name[name.size() - suffix.size() - 1] == '.';
  return wholeLabels && std::ranges::equal(tail, suffix, same);
}

/// Mutual authentication of an operational machine: one of its own roots, and the name where names are listed.
Reason judgeOperational(const Me& me, const wire::ChainFacts& chain) {
  if (chain.empty) return Reason::chainMissing;
  if (!chain.leafFirst || !chain.signaturesGood) return Reason::chainBroken;
  const auto isRoot = [&](const machine::StoredCertificate& certificate) {
    return certificate.trustedRoot && wire::sha1(*certificate.der) == chain.rootSha1;
  };
  if (std::ranges::none_of(me.nvram().certificates, isRoot)) {
    return chain.endsSelfSigned ? Reason::rootUnknown : Reason::rootNotInChain;
  }
  const auto& names = me.nvram().tls.trustedCn;
  const bool named = names.empty() || std::ranges::any_of(names, [&](const std::string& suffix) {
                       return hasSuffix(chain.commonName, suffix);
                     });
  return named ? Reason::none : Reason::domainMismatch;
}

struct AlertRow {
  Reason reason;
  std::uint8_t alert;
};
// README of the reference: "order of checks and alerts for a bad chain"; provisioning.md 3.3 for dates.
constexpr std::uint8_t kHandshakeFailure = 40;
constexpr std::array kAlerts{
    AlertRow{Reason::chainMissing, kHandshakeFailure},
    AlertRow{Reason::chainBroken, 42},
    AlertRow{Reason::rootNotInChain, 48},
    AlertRow{Reason::rootUnknown, 48},
    AlertRow{Reason::rootInactive, 48},
    AlertRow{Reason::ekuMissing, 46},
    AlertRow{Reason::oidOrOuMissing, 46},
    AlertRow{Reason::noDnsSuffix, 46},
    AlertRow{Reason::domainMismatch, 46},
    AlertRow{Reason::chainTooLarge, kHandshakeFailure},
    AlertRow{Reason::keyTooLarge, kHandshakeFailure},
    AlertRow{Reason::certificateExpired, 45},
    AlertRow{Reason::pskUnknownIdentity, 115},
    AlertRow{Reason::pskMismatch, 51},
};

machine::SetupRecord recordOf(const Me& me, const Session& session) {
  machine::SetupRecord record;
  record.serverIpv4 = session.peerIpv4;
  record.time = machine::clockSeconds(me);
  if (session.kind == Kind::setupPki && session.chain) {
    record.pki = true;
    record.secureDns = !me.nvram().pkiSuffix.empty() || !me.environment.pkiSuffix.empty();
    record.timeValid = session.chain->notBefore <= record.time && record.time <= session.chain->notAfter;
    record.rootSha1 = session.chain->rootSha1;
    record.serverName = session.chain->commonName;
  }
  return record;
}

}  // namespace

OpenDecision onOpen(Me& me, std::uint16_t port, bool local) {
  if (!local) {
    const auto reason = machine::whyUnreachable(me);
    if (reason != Reason::none) return Refuse{reason};
    if (!machine::takesTraffic(me)) return Refuse{Reason::meOff};
  }
  switch (machine::portState(me, port, local ? machine::AccessPermission::local : machine::AccessPermission::network)) {
    case machine::PortState::plain:
      return Plain{};
    case machine::PortState::setupTls:
      return me.hot.method == machine::SetupMethod::psk ? offerPsk(me) : offerPki(me);
    case machine::PortState::operationalTls:
      return offerOperational(me, local);
    case machine::PortState::closed:
      break;
  }
  return Refuse{me.hot.state == machine::State::quiet ? Reason::windowClosed : Reason::setupClosed};
}

Reason onPeer(const Me& me, Kind kind, const wire::ChainFacts& chain) {
  switch (kind) {
    case Kind::setupPki:
      return machine::judgeChain(me, chain);
    case Kind::operational:
      return judgeOperational(me, chain);
    case Kind::psk:
      break;
  }
  return Reason::none;  // a PSK handshake asks for no certificate
}

std::uint8_t alertFor(Reason reason) {
  const auto* const row = std::ranges::find(kAlerts, reason, &AlertRow::reason);
  return row == kAlerts.end() ? kHandshakeFailure : row->alert;
}

bool onConnected(Me& me) {
  if (me.hot.openConnections >= me.profile.api.httpMaxConn || me.hot.openConnections == UINT8_MAX) return false;
  ++me.hot.openConnections;
  return true;
}

void onOpened(Me& me, const Session& session) {
  if (!session.setup) return;
  machine::setupSessionOpened(me);
  machine::noteSetupClient(me, recordOf(me, session));
}

void onClosed(Me& me, const Session& session, bool wasOpened) {
  if (me.hot.openConnections > 0) --me.hot.openConnections;
  if (wasOpened && session.setup) machine::setupSessionClosed(me);
}

}  // namespace vme::firmware

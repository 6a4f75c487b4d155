#include "machine/trust.hpp"

#include <algorithm>
#include <array>

#include "base/error.hpp"
#include "machine/clock.hpp"
#include "machine/setup.hpp"

namespace vme::machine {
namespace {

using profile::CnMatch;

// How many labels count below a top-level domain, for firmware that compares the last labels only. The rows are those
// of an existing server; which firmware has which is unknown (provisioning.md 3.4).
constexpr std::array kTwoLabels{"net", "com", "org", "gov", "edu", "de", "ch", "dk", "cz", "cl", "ua"};
constexpr std::array kThreeLabels{"arpa", "fr", "cn", "nl", "br", "mx", "uk", "pl", "tw", "ca", "fi", "be", "ru",
                                  "se",   "ar", "es", "no", "at", "in", "tr", "ro", "hu", "nz", "pt", "il", "gr",
                                  "co",   "ie", "za", "th", "sg", "hk", "lt", "id", "hr", "ee", "bg"};

std::string normalized(std::string_view name) {
  std::string text(name);
  std::ranges::transform(text, text.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  if (text.ends_with('.')) text.pop_back();
  return text;
}

std::string_view lastLabel(std::string_view name) {
  return name.substr(name.rfind('.') + 1);
}

std::string_view lastLabels(std::string_view name, unsigned count) {
  std::size_t end = name.size();
  for (unsigned i = 0; i < count; ++i) {
    const auto dot = name.rfind('.', end == 0 ? 0 : end - 1);
    if (dot == std::string_view::npos || end == 0) return name;
    end = dot;
  }
  return name.substr(end + 1);
}

unsigned labelsThatCount(CnMatch rule, std::string_view topLevel) {
  if (rule == CnMatch::last2ComNet) return topLevel == "com" || topLevel == "net" ? 2 : 0;
  if (std::ranges::find(kTwoLabels, topLevel) != kTwoLabels.end()) return 2;
  return std::ranges::find(kThreeLabels, topLevel) != kThreeLabels.end() ? 3 : 0;
}

std::vector<RootEntry>& writableRoots(Me& me) {
  auto& nvram = me.change();
  if (!nvram.roots) nvram.roots = me.environment.roots;
  return *nvram.roots;
}

Reason judgeRoot(const Me& me, const wire::ChainFacts& chain) {
  for (const auto& root : roots(me)) {
    if (root.hash.algorithm == wire::HashAlgorithm::sha1 && std::ranges::equal(root.hash.hash, chain.rootSha1)) {
      return root.active ? Reason::none : Reason::rootInactive;
    }
  }
  return Reason::rootUnknown;
}

Reason judgeName(const Me& me, const wire::ChainFacts& chain) {
  const auto& suffix = provisioningSuffix(me);
  if (suffix.empty()) return Reason::noDnsSuffix;
  const auto fits = [&](std::string_view name) {
    return nameMatches(me.profile.prov.cnMatch, me.profile.tls.wildcardNames, name, suffix);
  };
  if (fits(chain.commonName)) return Reason::none;
  if (me.profile.tls.sanNames && std::ranges::any_of(chain.dnsNames, fits)) return Reason::none;
  return Reason::domainMismatch;
}

}  // namespace

std::vector<RootEntry> factoryRoots(const profile::Profile& profile) {
  std::vector<RootEntry> rows;
  for (const auto& entry : profile.prov.hashes) {
    auto digest = fromHex(entry.sha1);
    if (!digest) throw ConfigError(profile.name, "the root hash of " + entry.name + " is no hex. correct the profile");
    rows.push_back({.handle = static_cast<std::uint32_t>(rows.size() + 1),
                    .name = entry.name,
                    .hash = {wire::HashAlgorithm::sha1, std::move(*digest)},
                    .factory = true,
                    .active = entry.active});
  }
  return rows;
}

std::span<const RootEntry> roots(const Me& me) {
  const auto& own = me.nvram().roots;
  return own ? *own : me.environment.roots;
}

const std::string& pkiSuffix(const Me& me) {
  const auto& own = me.nvram().pkiSuffix;
  return own.empty() ? me.environment.pkiSuffix : own;
}

const std::string& provisioningSuffix(const Me& me) {
  const auto& entered = pkiSuffix(me);
  return entered.empty() ? me.environment.dhcpSuffix : entered;
}

AmtStatus addRoot(Me& me, std::string_view name, const wire::RootHash& hash, std::uint32_t& handle) {
  const auto table = roots(me);
  if (name.empty() || name.size() > 32) return AmtStatus::invalidParameter;
  const bool algorithmKnown = hash.algorithm == wire::HashAlgorithm::sha1 || me.profile.prov.hashSha256;
  if (!algorithmKnown || hash.hash.size() != wire::hashLength(static_cast<std::uint8_t>(hash.algorithm))) {
    return AmtStatus::invalidParameter;
  }
  if (std::ranges::any_of(table, [&](const RootEntry& row) { return row.hash == hash; })) return AmtStatus::duplicate;
  const auto custom = std::ranges::count(table, false, &RootEntry::factory);
  if (custom >= me.profile.prov.hashSlotsCustom) return AmtStatus::maxLimitReached;
  if (!storeToFlash(me)) return AmtStatus::flashWriteLimitExceeded;
  auto& rows = writableRoots(me);
  handle = 1;
  for (const auto& row : rows) handle = std::max(handle, row.handle + 1);
  rows.push_back({handle, std::string(name), hash, false, true});
  return AmtStatus::success;
}

AmtStatus removeRoot(Me& me, std::uint32_t handle) {
  const auto table = roots(me);
  const auto row = std::ranges::find(table, handle, &RootEntry::handle);
  if (row == table.end()) return AmtStatus::notFound;
  if (row->factory) return AmtStatus::notPermitted;
  if (!storeToFlash(me)) return AmtStatus::flashWriteLimitExceeded;
  std::erase_if(writableRoots(me), [handle](const RootEntry& entry) { return entry.handle == handle; });
  return AmtStatus::success;
}

AmtStatus setRootActive(Me& me, std::uint32_t handle, bool active) {
  if (std::ranges::find(roots(me), handle, &RootEntry::handle) == roots(me).end()) return AmtStatus::notFound;
  if (!storeToFlash(me)) return AmtStatus::flashWriteLimitExceeded;
  std::ranges::find(writableRoots(me), handle, &RootEntry::handle)->active = active;
  return AmtStatus::success;
}

Reason judgeChain(const Me& me, const wire::ChainFacts& chain) {
  const auto& tls = me.profile.tls;
  if (chain.empty) return Reason::chainMissing;
  const bool ordered = chain.leafFirst || me.profile.prov.chainRootFirst;
  if (!ordered || !chain.signaturesGood) return Reason::chainBroken;
  if (!chain.endsSelfSigned) return Reason::rootNotInChain;
  if (const auto reason = judgeRoot(me, chain); reason != Reason::none) return reason;
  if (!chain.serverAuth) return Reason::ekuMissing;
  const bool setupUnit = std::ranges::find(chain.organizationalUnits, "Intel(R) Client Setup Certificate") !=
                         chain.organizationalUnits.end();
  if (!chain.provisioningOid && !setupUnit) return Reason::oidOrOuMissing;
  if (const auto reason = judgeName(me, chain); reason != Reason::none) return reason;
  if (chain.totalBytes > tls.chainMaxBytes || chain.rootBytes > tls.rootMaxBytes) return Reason::chainTooLarge;
  if (chain.maxKeyBits > tls.caKeyMaxBits) return Reason::keyTooLarge;
  if (me.profile.prov.enforceDates && me.hot.clockSet) {
    const std::int64_t now = clockSeconds(me);
    if (now < chain.notBefore || now > chain.notAfter) return Reason::certificateExpired;
  }
  return Reason::none;
}

bool nameMatches(CnMatch rule, bool wildcards, std::string_view name, std::string_view suffix) {
  std::string host = normalized(name);
  const std::string domain = normalized(suffix);
  if (rule == CnMatch::none || host.empty() || domain.empty()) return false;
  if (host.starts_with("*.")) {
    if (!wildcards) return false;
    host.erase(0, 2);
  }
  if (host == domain) return true;
  if (rule == CnMatch::exact) {
    const auto dot = host.find('.');
    return dot != std::string::npos && std::string_view(host).substr(dot + 1) == domain;
  }
  if (const auto labels = labelsThatCount(rule, lastLabel(host)); labels != 0) {
    return lastLabels(host, labels) == lastLabels(domain, labels);
  }
  return host.ends_with("." + domain);
}

}  // namespace vme::machine

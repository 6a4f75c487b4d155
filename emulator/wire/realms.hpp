#pragma once
// Realms: the numbers by which ACL entries grant groups of calls; the same in EOI and WS-Man. Source: MOF of
// AMT_AuthorizationService (eoi.md 3.1).

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace vme::wire {

enum class Realm : std::uint8_t {
  invalid = 0,
  redirection = 2,
  ptAdministration = 3,
  hardwareAsset = 4,
  remoteControl = 5,
  storage = 6,
  eventManager = 7,
  storageAdmin = 8,
  agentPresenceLocal = 9,
  agentPresenceRemote = 10,
  circuitBreaker = 11,
  networkTime = 12,
  generalInfo = 13,
  firmwareUpdate = 14,
  eit = 15,
  localUserNotification = 16,
  endpointAccessControl = 17,
  endpointAccessControlAdmin = 18,
  eventLogReader = 19,
  auditLog = 20,
  acl = 21,
  dtRealm = 23,
  localSystem = 24,
};

/// A set of realms, one bit a number.
struct RealmSet {
  std::uint32_t bits = 0;

  static constexpr RealmSet of(std::initializer_list<Realm> realms);
  constexpr bool has(Realm realm) const { return (bits >> static_cast<unsigned>(realm) & 1U) != 0; }
  constexpr void add(Realm realm) { bits |= 1U << static_cast<unsigned>(realm); }
  bool operator==(const RealmSet&) const = default;
};

constexpr RealmSet RealmSet::of(std::initializer_list<Realm> realms) {
  RealmSet set;
  for (const auto realm : realms) set.add(realm);
  return set;
}

struct RealmInfo {
  Realm realm;
  std::string_view name;  // `RemoteControlRealm`
};
std::span<const RealmInfo> allRealms();
/// From a decimal number or the MOF name (`5`, `RemoteControlRealm`); nothing for others.
std::optional<Realm> realmFrom(std::string_view text);

}  // namespace vme::wire

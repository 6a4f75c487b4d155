#pragma once
// The EOI services: their paths, namespaces, and which firmware has them (eoi.md 3).

#include <cstdint>
#include <optional>
#include <string_view>

#include "profile/profile.hpp"

namespace vme::firmware::eoi {

/// A release in which something appeared; `3.2` is later than `3.0` and earlier than `3.10`.
struct Level {
  unsigned major = 0;
  unsigned minor = 0;
  auto operator<=>(const Level&) const = default;
};
/// `api.eoi_level` of the profile.
Level levelOf(const profile::Profile& profile);

enum class ServiceId : std::uint8_t {
  securityAdministration,
  networkAdministration,
  remoteControl,
  hardwareAsset,
  eventManager,
  redirection,
  storageAdministration,
  storage,
  networkTime,
  generalInfo,
  circuitBreaker,
  agentPresenceRemote,
  endpointAccessControl,
  endpointAccessControlAdmin,
  wirelessConfiguration,
  auditLog,
  remoteAccessAdmin,
  userAccessControl,
  firmwareUpdate,
};

struct Service {
  ServiceId id;
  std::string_view path;
  std::string_view alias;  // a second path; may be empty
  std::string_view xmlNamespace;
  Level since;
  /// Whether a firmware of that level has it; null: always.
  bool (*presentIn)(const profile::Profile&) = nullptr;
};

/// Null when the path is no service's, or this firmware lacks the service.
const Service* findService(const profile::Profile& profile, std::string_view path);

}  // namespace vme::firmware::eoi

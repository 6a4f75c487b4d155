#pragma once
// What the service point makes up for a machine: passwords, a PSK pair, nonces. From a seed, or from the system.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/uuid.hpp"
#include "wire/pid_pps.hpp"

namespace vme::servicepoint {

class SecretSource {
 public:
  /// 0: OpenSSL's random generator; else a hash of seed, UUID and purpose, the same in every run.
  explicit SecretSource(std::uint64_t seed) : seed_(seed) {}

  void fill(std::span<std::uint8_t> out, const Uuid& uuid, std::string_view purpose) const;
  /// Sixteen characters with upper and lower case, digit and symbol; none that AMT or ConfigMgr exclude
  /// (field-failures.md 18.4).
  std::string password(const Uuid& uuid, std::string_view purpose) const;
  wire::PskPair pskPair(const Uuid& uuid) const;

 private:
  std::uint64_t seed_;
};

struct MachineSecrets {
  std::string admin;
  std::string mebx;
  std::string helpdesk;
  wire::PskPair nextPsk;  // for a later set-up
};

/// `vme-` and 12 hex digits of the UUID.
std::string hostNameOf(const Uuid& uuid);

}  // namespace vme::servicepoint

#pragma once
// What a machine has stored: an overlay on the factory defaults. A machine that changed nothing has none; a full
// unprovision drops it, which is what makes it complete. A MEBx password of one's own outlives it, in a new overlay.

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/me_time.hpp"
#include "machine/environment.hpp"
#include "wire/certificate.hpp"
#include "wire/http_digest.hpp"
#include "wire/pid_pps.hpp"
#include "wire/realms.hpp"

namespace vme::machine {

/// Who may call from where. The numbers are WS-Man's.
enum class AccessPermission : std::uint8_t { local = 0, network = 1, any = 2 };

struct AclEntry {
  std::uint32_t handle = 0;
  std::string user;   // digest user; empty for a Kerberos entry
  wire::Md5 ha1{};    // firmware keeps MD5(user:realm:password), never the password
  Bytes kerberosSid;  // Kerberos user or group; empty for a digest entry
  AccessPermission access = AccessPermission::any;
  wire::RealmSet realms;
  bool enabled = true;
};

struct AdminAccount {
  std::string user;
  wire::Md5 ha1{};
};

struct StoredCertificate {
  std::uint32_t handle = 0;
  bool trustedRoot = false;
  std::shared_ptr<const Bytes> der;
  wire::Sha1 modulusSha1{};  // of the RSA modulus: finds the key that belongs to it
};

struct StoredKey {
  std::uint32_t handle = 0;
  std::shared_ptr<const Bytes> der;  // PKCS#1
  wire::Sha1 modulusSha1{};
};

struct StoredCrl {
  std::vector<std::string> urls;
  Bytes der;
};

struct TlsOptions {
  bool enabled = false;
  bool mutualAuthentication = false;
  bool acceptNonSecure = false;  // 16992 stays open beside TLS
  bool operator==(const TlsOptions&) const = default;
};

/// The TLS configuration of one interface that takes effect at CommitChanges.
struct TlsConfiguration {
  TlsOptions network;
  TlsOptions local;
  std::uint32_t certificate = 0;  // handle of the server certificate; 0: none
  std::vector<std::string> trustedCn;
  bool operator==(const TlsConfiguration&) const = default;
};

struct Ipv4Settings {
  std::uint32_t address = 0, mask = 0, gateway = 0, primaryDns = 0, secondaryDns = 0;  // host byte order
  bool operator==(const Ipv4Settings&) const = default;
};

struct InterfaceSettings {
  bool dhcp = true;
  bool sharedMac = true;
  std::uint32_t linkPolicy = 17;  // bits: 0x01 S0 on AC, 0x0E Sx on AC, 0x10 S0 on DC, 0xE0 Sx on DC
  std::optional<Ipv4Settings> fixed;
};

struct EnabledInterfaces {
  bool webUi = true;
  bool serialOverLan = true;
  bool ideRedirection = true;
  bool redirectionListener = false;
};

struct KerberosOptions {
  std::string realmName;
  std::uint32_t keyVersion = 0;
  std::uint32_t maxClockToleranceMin = 5;
  Bytes masterKey;
};

struct EventRecord {
  std::uint32_t time = 0;  // the machine's clock, seconds since 1970
  std::uint8_t deviceAddress = 0, sensorType = 0, eventType = 0, offset = 0, sourceType = 0, severity = 0;
  std::uint8_t sensorNumber = 0, entity = 0, entityInstance = 0;
  std::array<std::uint8_t, 8> data{};
};

/// How the last set-up went (GetProvisioningAuditRecord).
struct SetupRecord {
  bool pki = false;
  bool secureDns = false;
  bool timeValid = true;
  wire::Sha1 rootSha1{};
  std::string serverName;
  std::uint32_t serverIpv4 = 0;
  std::uint32_t time = 0;
};

/// What log-ins leave behind, where the profile locks accounts or refuses a repeated nonce count. Not on flash.
struct LoginMemory {
  struct Failing {
    std::string user;
    unsigned failures = 0;
    MeTime lockedUntil{0};
  };
  std::vector<Failing> failing;  // of existing accounts only
  MeTime lastNonce{0};           // when the latest nonce used was given, and the last count with it
  std::uint32_t lastCount = 0;
};

/// What the host has begun or told over HECI. Not on flash; gone with the power.
struct HostMemory {
  MeTime rngDone = MeTime::never();       // the RNG seed is being made until then
  MeTime watchdogEnds = MeTime::never();  // the operating system must ping before that
  std::uint32_t lastRemoteReset = 0;      // the machine's clock at the last reset by remote control; 0: none
  std::string hostFqdn;
  MeTime awakeAt = MeTime::never();  // an ME that wakes on traffic is waking until then
  MeTime awakeUntil{0};              // and then awake until then
  unsigned wakeDrops = 0;            // connections lost to this waking
};

struct Nvram {
  std::string hostName;
  std::string domainName;
  bool pingResponse = true;
  InterfaceSettings wired;
  EnabledInterfaces interfaces;

  std::optional<AdminAccount> admin;      // none: factory account, or the one preset with a PSK pair
  std::optional<wire::Md5> mebxPassword;  // digestHash as the account admin; none: the default, or the preset one
  std::vector<AclEntry> acl;
  std::uint32_t nextAclHandle = 1;
  std::optional<KerberosOptions> kerberos;

  std::optional<wire::PskPair> psk;             // none: the preset pair, when that is in effect
  std::optional<Bytes> otp;                     // none: the environment's
  std::optional<bool> zeroTouch;                // none: the environment's
  std::optional<std::vector<RootEntry>> roots;  // none: the environment's
  std::string pkiSuffix;

  std::vector<StoredCertificate> certificates;
  std::vector<StoredKey> keys;
  std::vector<StoredCrl> crls;
  std::uint32_t nextStoreHandle = 1;
  TlsConfiguration tls;                        // in effect
  std::optional<TlsConfiguration> pendingTls;  // in effect at the next CommitChanges

  std::uint32_t powerPackage = 0;  // 0: the profile's default
  std::uint32_t idleWakeMin = 0;   // 0: the profile's default
  bool eventLogFrozen = false;
  std::vector<EventRecord> eventLog;  // oldest first; a deque costs 600 bytes when empty
  std::optional<SetupRecord> setupRecord;
  LoginMemory logins;
  HostMemory host;
};

}  // namespace vme::machine

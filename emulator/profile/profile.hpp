#pragma once
// What a firmware build is, as data. Loaded from profiles/firmware/*.yaml; a key `section.some_key_ms` there is the
// field `section.someKeyMs` here. Immutable once loaded and shared by all machines of the build. Values and their
// certainty: the YAML files (firmware-profiles.md 4).

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/amthi_command.hpp"

namespace vme::profile {

struct HelloStep {
  std::optional<unsigned> times;  // nothing: until the window closes
  std::int64_t everyS = 0;
};

struct RootHashEntry {
  std::string name;
  std::string sha1;  // 40 hex digits
  bool active = true;
};

enum class Form { desktop, laptop };
enum class CnMatch { none, exact, last2ComNet, last2 };
enum class BareMetal { none, delayed, oem };
enum class RngKey { none, accepted, needed };
enum class RealmForm { id, digest };        // `Intel(R) AMT (ID:<UUID>)`, `Digest:<32 hex>`
enum class ChallengeForm { old, current };  // eoi.md 6.3
enum class LmeProtocol { compat1, compat2, apf };
enum class UnknownCommand { status, empty, silent };

struct Profile {
  std::string name;  // amt-3.2.2
  std::string description;

  struct Identity {
    std::string version;
    unsigned build = 0;
    unsigned sku = 0;
    Form form = Form::desktop;
    std::string chipset;
    std::string vendorId;
    bool legacyMode = false;
  } identity;

  struct Pci {
    std::string heci;
    std::string lan;
  } pci;

  struct Net {
    bool ipv6 = false;
    bool dhcpSniffInS0 = true;
    bool staticIpSharedWithHost = false;
    bool wifi = false;
    bool wifiSx = false;
    std::optional<bool> wifiNeedsProfileInS0;
    bool wifiProvisioning = false;
  } net;

  struct Prov {
    bool psk = true;
    bool pki = false;
    BareMetal pkiBareMetal = BareMetal::none;
    bool inbandStart = false;
    bool otp = false;
    bool rngSeedNeeded = false;
    unsigned rngSeedS = 0;
    unsigned keygenS = 0;
    unsigned helloWindowFirstH = 0;
    std::optional<unsigned> helloWindowAgentH;
    unsigned helloWindowPskH = 6;
    unsigned helloWindowMaxH = 255;
    CnMatch cnMatch = CnMatch::none;
    unsigned hashSlotsBuiltin = 0;
    unsigned hashSlotsCustom = 0;
    bool hashSha256 = false;
    std::vector<RootHashEntry> hashes;  // built in, in the order of the hello
    unsigned selfsignedBits = 0;
    std::string usbRecord;  // the newest setup.bin that it reads: 1.0, 2.0, 2.1
    bool hostBasedSetup = false;
    bool enforceDates = false;
    bool certIsAuth = false;
    bool chainRootFirst = false;     // a set-up chain may come root first as well
    bool pskImpliesAdminSet = true;  // a PSK pair comes with a new MEBx password: hello byte 0 is 1
    RngKey rngKey = RngKey::none;    // SetRngKey: whether it exists, and must come before a TLS key is stored
    std::vector<HelloStep> helloSchedulePsk;
    std::vector<HelloStep> helloSchedulePki;
    unsigned retrySaturatesAt = 14;
  } prov;

  struct Tls {
    std::vector<std::string> versions;
    std::vector<unsigned> suitesRsa;  // IANA numbers, preferred first
    unsigned suitePsk = 0x008C;
    bool mutual = true;
    bool crl = true;
    unsigned chainMaxBytes = 4100;
    unsigned rootMaxBytes = 1500;
    unsigned rootMaxCount = 4;
    unsigned crlStoreBytes = 1424;
    std::vector<unsigned> rsaBits;
    unsigned caKeyMaxBits = 2048;
    unsigned trustedCnMax = 4;
    unsigned trustedCnBytes = 63;
    unsigned certificatesMax = 8;
    unsigned keysMax = 4;
    bool sessionResume = false;
    bool sanNames = false;       // the domain rule looks at subjectAltName too
    bool wildcardNames = false;  // and accepts *.domain
  } tls;

  struct Api {
    bool eoi = true;
    bool wsman = false;
    std::optional<std::string> wsmanLevel;  // 3.0, 3.2, 4.0, 5.0, 5.1: the class set
    std::optional<std::string> wsmanDsp0226;
    bool wsmanNativeForSccm = false;
    unsigned wsmanMinEnvelope = 0;
    unsigned wsmanMinTimeoutS = 0;
    unsigned wsmanContextsMax = 0;
    std::optional<std::string> dash;
    bool webui = true;
    bool httpPipelining = false;
    unsigned httpMaxConn = 4;
    unsigned httpBodyMax = 65536;
    unsigned httpHeaderMax = 8192;
    unsigned httpIdleS = 30;
    std::string eoiLevel;       // 2.1, 2.2, 2.5 ...: operations with a later `since` do not exist
    bool hexDigest = false;     // DigestPassword as 32 hex digits too
    bool eoiDeprecated = true;  // the 1.0 operations that 2.0 deprecated still exist (gone in 4.0)
    std::string eoiPrefix;      // s0
    std::string eoiEnvelope;    // soap
  } api;

  struct Auth {
    RealmForm realmForm = RealmForm::id;
    ChallengeForm challenge = ChallengeForm::current;
    unsigned digestUsersMax = 7;
    unsigned kerberosUsersMax = 32;
    unsigned kerberosDomainsMax = 4;
    unsigned usernameMax = 16;
    unsigned passwordMin = 8;
    unsigned passwordMax = 32;
    std::string defaultPassword;
    std::vector<std::string> reservedUsers;  // `$$*` is a prefix
    unsigned nonceLifetimeS = 300;
    unsigned nonceUses = 1000;
    bool strictNc = false;
    unsigned lockoutFailures = 0;  // 0: never
    unsigned lockoutS = 60;
    unsigned krbTokenHttpMax = 4096;
    unsigned krbTokenRedirMax = 3072;
    unsigned krbCacheEntries = 24;
    unsigned krbSkewS = 300;
  } auth;

  struct Event {
    unsigned logRecordsMax = 390;
    unsigned filtersMax = 16;
    unsigned subscribersMax = 8;
    bool nicTamperEvent = false;
  } event;

  struct Redir {
    bool sol = true;
    bool ider = true;
    unsigned sessionsMax = 1;
  } redir;

  struct Sysdef {
    bool filters = true;
    bool heuristics = false;
  } sysdef;

  struct Features {
    bool agentPresence = true;
    bool kvm = false;
    bool envDetection = false;
    bool eac8021x = false;
    bool nap = false;
    bool cira = false;
    bool alarmClock = false;
    bool keyGeneration = false;  // GenerateKeyPair
  } features;

  struct Audit {
    bool supported = false;
    bool rollover = false;
  } audit;

  struct Storage3pds {
    unsigned totalBytes = 0;
    unsigned maxSessions = 0;
    unsigned maxPartners = 0;
    unsigned maxEnterprises = 0;
    unsigned apiBuffer = 0;
  } storage3pds;

  struct Power {
    bool meWol = true;
    unsigned idleExtraS = 90;
    unsigned flashWriteLockoutMin = 40;
    unsigned flashWritesMax = 0;  // writes before the lockout; 0: never locks
    std::string packages;         // 5D, 5M, 7D
    unsigned defaultPackage = 1;
    unsigned idleTimeoutMin = 3;
    std::optional<bool> sxOnBattery;
  } power;

  struct Timing {
    unsigned unprovisionS = 60;
    unsigned jitterPct = 25;
    double loadFactorPerConn = 0.6;
    unsigned meBootS = 0;
    unsigned meResetS = 0;
    unsigned meWakeS = 0;
    unsigned soapMs = 0;
    unsigned wsmanGetMs = 0;
    unsigned flashWriteMs = 0;
    unsigned tlsFullRsa1024Ms = 0;
    unsigned tlsFullRsa2048Ms = 0;
    unsigned tlsClientChainMs = 0;
    unsigned tlsPskMs = 0;
  } timing;

  /// The host's interface (heci.md 3 to 6).
  struct Heci {
    std::vector<AmthiCommand> commands;
    std::vector<AmthiCommand> extraCommands;  // of newer firmware, for tools of today
    UnknownCommand unknownCommand = UnknownCommand::status;
    unsigned unknownStatus = 0x812;
    unsigned badHashHandleStatus = 0x814;
    LmeProtocol lmeProtocol = LmeProtocol::compat1;
    bool mkhi = false;
    bool localUnprovision = false;  // Unprovision works on an operational machine
    bool amtSwitch = false;         // the host may switch the machine to AMT (from ASF)
    bool osWatchdog = false;        // a policy watches the operating system
    std::string biosVersion;
    unsigned answerMs = 0;

    bool has(AmthiCommand command) const {
      return std::ranges::find(commands, command) != commands.end() ||
             std::ranges::find(extraCommands, command) != extraCommands.end();
    }
  } heci;

  std::vector<std::string> quirks;
  std::vector<std::string> compat;  // what was added to the firmware, by name; empty: as that build really is
};

}  // namespace vme::profile

#include "profile/fields.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <variant>

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "base/nearest.hpp"
#include "profile/heci_words.hpp"

namespace vme::profile {
namespace {

template <typename T>
using Words = std::span<const std::pair<std::string_view, T>>;

constexpr std::array<std::pair<std::string_view, Form>, 2> kForms{
    {{"desktop", Form::desktop}, {"laptop", Form::laptop}}};
constexpr std::array<std::pair<std::string_view, CnMatch>, 4> kCnMatches{{{"none", CnMatch::none},
                                                                          {"exact", CnMatch::exact},
                                                                          {"last2_com_net", CnMatch::last2ComNet},
                                                                          {"last2", CnMatch::last2}}};
constexpr std::array<std::pair<std::string_view, BareMetal>, 3> kBareMetals{
    {{"none", BareMetal::none}, {"delayed", BareMetal::delayed}, {"oem", BareMetal::oem}}};
constexpr std::array<std::pair<std::string_view, RngKey>, 3> kRngKeys{
    {{"none", RngKey::none}, {"accepted", RngKey::accepted}, {"needed", RngKey::needed}}};
constexpr std::array<std::pair<std::string_view, RealmForm>, 2> kRealmForms{
    {{"id", RealmForm::id}, {"digest", RealmForm::digest}}};
constexpr std::array<std::pair<std::string_view, ChallengeForm>, 2> kChallenges{
    {{"old", ChallengeForm::old}, {"current", ChallengeForm::current}}};
constexpr std::array<std::pair<std::string_view, LmeProtocol>, 3> kLmeProtocols{
    {{"compat1", LmeProtocol::compat1}, {"compat2", LmeProtocol::compat2}, {"apf", LmeProtocol::apf}}};
constexpr std::array<std::pair<std::string_view, UnknownCommand>, 3> kUnknownCommands{
    {{"status", UnknownCommand::status}, {"empty", UnknownCommand::empty}, {"silent", UnknownCommand::silent}}};

Words<Form> wordsOf(Form) {
  return kForms;
}
Words<CnMatch> wordsOf(CnMatch) {
  return kCnMatches;
}
Words<BareMetal> wordsOf(BareMetal) {
  return kBareMetals;
}
Words<RngKey> wordsOf(RngKey) {
  return kRngKeys;
}
Words<RealmForm> wordsOf(RealmForm) {
  return kRealmForms;
}
Words<ChallengeForm> wordsOf(ChallengeForm) {
  return kChallenges;
}
Words<LmeProtocol> wordsOf(LmeProtocol) {
  return kLmeProtocols;
}
Words<UnknownCommand> wordsOf(UnknownCommand) {
  return kUnknownCommands;
}
Words<AmthiCommand> wordsOf(AmthiCommand) {
  return kAmthiCommands;
}

// Reading: one overload a type of field.

void readInto(std::string& value, const YamlCursor& cursor) {
  value = cursor.text();
}
void readInto(bool& value, const YamlCursor& cursor) {
  value = cursor.boolean();
}
void readInto(unsigned& value, const YamlCursor& cursor) {
  value = static_cast<unsigned>(cursor.number(0, std::numeric_limits<unsigned>::max()));
}
void readInto(double& value, const YamlCursor& cursor) {
  value = cursor.decimal(0, 1000);
}

void readInto(HelloStep& step, const YamlCursor& cursor) {
  if (const auto times = cursor.find("times")) step.times = static_cast<unsigned>(times->number(1, 1000));
  const auto every = cursor.at("every");
  const auto ms = every.durationMs();
  if (ms == 0 || ms % 1000 != 0) every.fail(every.path() + " is no whole number of seconds. write 1s or more");
  step.everyS = ms / 1000;
  cursor.finish();
}

void readInto(RootHashEntry& entry, const YamlCursor& cursor) {
  entry.name = cursor.at("name").text();
  const auto hash = cursor.at("sha1");
  entry.sha1 = hash.text();
  if (const auto bytes = fromHex(entry.sha1); !bytes || bytes->size() != 20) {
    hash.fail(hash.path() + " is no SHA-1 hash. write its 40 hex digits");
  }
  if (const auto active = cursor.find("active")) entry.active = active->boolean();
  cursor.finish();
}

template <typename T>
  requires std::is_enum_v<T>
void readInto(T& value, const YamlCursor& cursor) {
  value = cursor.choice(wordsOf(T{}));
}

template <typename T>
void readInto(std::optional<T>& value, const YamlCursor& cursor) {
  if (cursor.isNull()) {
    value.reset();
  } else {
    readInto(value.emplace(), cursor);
  }
}

template <typename T>
void readInto(std::vector<T>& values, const YamlCursor& cursor) {
  values.clear();
  for (const auto& item : cursor.items()) readInto(values.emplace_back(), item);
}

// Showing, likewise.

std::string shown(const std::string& value) {
  return value;
}
std::string shown(bool value) {
  return value ? "true" : "false";
}
std::string shown(unsigned value) {
  return std::to_string(value);
}
std::string shown(double value) {
  auto digits = std::to_string(value);
  digits.erase(digits.find_last_not_of('0') + 1);
  if (digits.ends_with('.')) digits += '0';
  return digits;
}
std::string shown(const HelloStep& step) {
  const auto every = std::to_string(step.everyS) + "s";
  return step.times ? std::to_string(*step.times) + " x " + every : "then " + every;
}
std::string shown(const RootHashEntry& entry) {
  return entry.name + (entry.active ? "" : " (not active)");
}

template <typename T>
  requires std::is_enum_v<T>
std::string shown(T value) {
  for (const auto& [word, known] : wordsOf(T{})) {
    if (known == value) return std::string(word);
  }
  return {};
}

template <typename T>
std::string shown(const std::optional<T>& value) {
  return value ? shown(*value) : "-";
}

template <typename T>
std::string shown(const std::vector<T>& values) {
  std::string text;
  for (const auto& value : values) text += (text.empty() ? "" : ", ") + shown(value);
  return text.empty() ? "-" : text;
}

template <auto Section, auto Member>
constexpr Field field(std::string_view section, std::string_view key) {
  return {section, key, [](Profile& profile, const YamlCursor& cursor) { readInto(profile.*Section.*Member, cursor); },
          [](const Profile& profile) { return shown(profile.*Section.*Member); }};
}

/// A text that is one of the words of a table.
template <auto Section, auto Member, const auto& Known>
constexpr Field oneOf(std::string_view section, std::string_view key) {
  auto made = field<Section, Member>(section, key);
  made.read = [](Profile& profile, const YamlCursor& cursor) {
    readInto(profile.*Section.*Member, cursor);
    if (!cursor.isNull()) cursor.choice(Words<std::monostate>(Known));
  };
  return made;
}

// The release labels of firmware-profiles.md 1.1 that a set of operations or classes has.
constexpr std::array<std::pair<std::string_view, std::monostate>, 11> kEoiLevels{{{"2.0", {}},
                                                                                  {"2.1", {}},
                                                                                  {"2.2", {}},
                                                                                  {"2.5", {}},
                                                                                  {"2.6", {}},
                                                                                  {"3.0", {}},
                                                                                  {"3.2", {}},
                                                                                  {"4.0", {}},
                                                                                  {"4.2", {}},
                                                                                  {"5.0", {}},
                                                                                  {"5.1", {}}}};
constexpr std::array<std::pair<std::string_view, std::monostate>, 5> kWsmanLevels{
    {{"3.0", {}}, {"3.2", {}}, {"4.0", {}}, {"5.0", {}}, {"5.1", {}}}};

// The newest setup.bin that a machine of 2.x to 5.x reads.
constexpr std::array<std::pair<std::string_view, std::monostate>, 3> kUsbRecords{
    {{"1.0", {}}, {"2.0", {}}, {"2.1", {}}}};

using P = Profile;

constexpr std::array kFields{
    field<&P::identity, &P::Identity::version>("identity", "version"),
    field<&P::identity, &P::Identity::build>("identity", "build"),
    field<&P::identity, &P::Identity::sku>("identity", "sku"),
    field<&P::identity, &P::Identity::form>("identity", "form"),
    field<&P::identity, &P::Identity::chipset>("identity", "chipset"),
    field<&P::identity, &P::Identity::vendorId>("identity", "vendor_id"),
    field<&P::identity, &P::Identity::legacyMode>("identity", "legacy_mode"),
    field<&P::pci, &P::Pci::heci>("pci", "heci"),
    field<&P::pci, &P::Pci::lan>("pci", "lan"),
    field<&P::net, &P::Net::ipv6>("net", "ipv6"),
    field<&P::net, &P::Net::dhcpSniffInS0>("net", "dhcp_sniff_in_s0"),
    field<&P::net, &P::Net::staticIpSharedWithHost>("net", "static_ip_shared_with_host"),
    field<&P::net, &P::Net::wifi>("net", "wifi"),
    field<&P::net, &P::Net::wifiSx>("net", "wifi_sx"),
    field<&P::net, &P::Net::wifiNeedsProfileInS0>("net", "wifi_needs_profile_in_s0"),
    field<&P::net, &P::Net::wifiProvisioning>("net", "wifi_provisioning"),
    field<&P::prov, &P::Prov::psk>("prov", "psk"),
    field<&P::prov, &P::Prov::pki>("prov", "pki"),
    field<&P::prov, &P::Prov::pkiBareMetal>("prov", "pki_bare_metal"),
    field<&P::prov, &P::Prov::inbandStart>("prov", "inband_start"),
    field<&P::prov, &P::Prov::otp>("prov", "otp"),
    field<&P::prov, &P::Prov::rngSeedNeeded>("prov", "rng_seed_needed"),
    field<&P::prov, &P::Prov::rngSeedS>("prov", "rng_seed_s"),
    field<&P::prov, &P::Prov::keygenS>("prov", "keygen_s"),
    field<&P::prov, &P::Prov::helloWindowFirstH>("prov", "hello_window_first_h"),
    field<&P::prov, &P::Prov::helloWindowAgentH>("prov", "hello_window_agent_h"),
    field<&P::prov, &P::Prov::helloWindowPskH>("prov", "hello_window_psk_h"),
    field<&P::prov, &P::Prov::helloWindowMaxH>("prov", "hello_window_max_h"),
    field<&P::prov, &P::Prov::cnMatch>("prov", "cn_match"),
    field<&P::prov, &P::Prov::hashSlotsBuiltin>("prov", "hash_slots_builtin"),
    field<&P::prov, &P::Prov::hashSlotsCustom>("prov", "hash_slots_custom"),
    field<&P::prov, &P::Prov::hashSha256>("prov", "hash_sha256"),
    field<&P::prov, &P::Prov::hashes>("prov", "hashes"),
    field<&P::prov, &P::Prov::selfsignedBits>("prov", "selfsigned_bits"),
    oneOf<&P::prov, &P::Prov::usbRecord, kUsbRecords>("prov", "usb_record"),
    field<&P::prov, &P::Prov::hostBasedSetup>("prov", "host_based_setup"),
    field<&P::prov, &P::Prov::enforceDates>("prov", "enforce_dates"),
    field<&P::prov, &P::Prov::certIsAuth>("prov", "cert_is_auth"),
    field<&P::prov, &P::Prov::chainRootFirst>("prov", "chain_root_first"),
    field<&P::prov, &P::Prov::pskImpliesAdminSet>("prov", "psk_implies_admin_set"),
    field<&P::prov, &P::Prov::rngKey>("prov", "rng_key"),
    field<&P::prov, &P::Prov::helloSchedulePsk>("prov", "hello_schedule_psk"),
    field<&P::prov, &P::Prov::helloSchedulePki>("prov", "hello_schedule_pki"),
    field<&P::prov, &P::Prov::retrySaturatesAt>("prov", "retry_saturates_at"),
    field<&P::tls, &P::Tls::versions>("tls", "versions"),
    field<&P::tls, &P::Tls::suitesRsa>("tls", "suites_rsa"),
    field<&P::tls, &P::Tls::suitePsk>("tls", "suite_psk"),
    field<&P::tls, &P::Tls::mutual>("tls", "mutual"),
    field<&P::tls, &P::Tls::crl>("tls", "crl"),
    field<&P::tls, &P::Tls::chainMaxBytes>("tls", "chain_max_bytes"),
    field<&P::tls, &P::Tls::rootMaxBytes>("tls", "root_max_bytes"),
    field<&P::tls, &P::Tls::rootMaxCount>("tls", "root_max_count"),
    field<&P::tls, &P::Tls::crlStoreBytes>("tls", "crl_store_bytes"),
    field<&P::tls, &P::Tls::rsaBits>("tls", "rsa_bits"),
    field<&P::tls, &P::Tls::caKeyMaxBits>("tls", "ca_key_max_bits"),
    field<&P::tls, &P::Tls::trustedCnMax>("tls", "trusted_cn_max"),
    field<&P::tls, &P::Tls::trustedCnBytes>("tls", "trusted_cn_bytes"),
    field<&P::tls, &P::Tls::certificatesMax>("tls", "certificates_max"),
    field<&P::tls, &P::Tls::keysMax>("tls", "keys_max"),
    field<&P::tls, &P::Tls::sessionResume>("tls", "session_resume"),
    field<&P::tls, &P::Tls::sanNames>("tls", "san_names"),
    field<&P::tls, &P::Tls::wildcardNames>("tls", "wildcard_names"),
    field<&P::api, &P::Api::eoi>("api", "eoi"),
    field<&P::api, &P::Api::wsman>("api", "wsman"),
    oneOf<&P::api, &P::Api::wsmanLevel, kWsmanLevels>("api", "wsman_level"),
    field<&P::api, &P::Api::wsmanDsp0226>("api", "wsman_dsp0226"),
    field<&P::api, &P::Api::wsmanNativeForSccm>("api", "wsman_native_for_sccm"),
    field<&P::api, &P::Api::wsmanMinEnvelope>("api", "wsman_min_envelope"),
    field<&P::api, &P::Api::wsmanMinTimeoutS>("api", "wsman_min_timeout_s"),
    field<&P::api, &P::Api::wsmanContextsMax>("api", "wsman_contexts_max"),
    field<&P::api, &P::Api::dash>("api", "dash"),
    field<&P::api, &P::Api::webui>("api", "webui"),
    field<&P::api, &P::Api::httpPipelining>("api", "http_pipelining"),
    field<&P::api, &P::Api::httpMaxConn>("api", "http_max_conn"),
    field<&P::api, &P::Api::httpBodyMax>("api", "http_body_max"),
    field<&P::api, &P::Api::httpHeaderMax>("api", "http_header_max"),
    field<&P::api, &P::Api::httpIdleS>("api", "http_idle_s"),
    field<&P::api, &P::Api::hexDigest>("api", "hex_digest"),
    oneOf<&P::api, &P::Api::eoiLevel, kEoiLevels>("api", "eoi_level"),
    field<&P::api, &P::Api::eoiDeprecated>("api", "eoi_deprecated"),
    field<&P::api, &P::Api::eoiPrefix>("api", "eoi_prefix"),
    field<&P::api, &P::Api::eoiEnvelope>("api", "eoi_envelope"),
    field<&P::auth, &P::Auth::realmForm>("auth", "realm_form"),
    field<&P::auth, &P::Auth::challenge>("auth", "challenge"),
    field<&P::auth, &P::Auth::digestUsersMax>("auth", "digest_users_max"),
    field<&P::auth, &P::Auth::kerberosUsersMax>("auth", "kerberos_users_max"),
    field<&P::auth, &P::Auth::kerberosDomainsMax>("auth", "kerberos_domains_max"),
    field<&P::auth, &P::Auth::usernameMax>("auth", "username_max"),
    field<&P::auth, &P::Auth::passwordMin>("auth", "password_min"),
    field<&P::auth, &P::Auth::passwordMax>("auth", "password_max"),
    field<&P::auth, &P::Auth::defaultPassword>("auth", "default_password"),
    field<&P::auth, &P::Auth::reservedUsers>("auth", "reserved_users"),
    field<&P::auth, &P::Auth::nonceLifetimeS>("auth", "nonce_lifetime_s"),
    field<&P::auth, &P::Auth::nonceUses>("auth", "nonce_uses"),
    field<&P::auth, &P::Auth::strictNc>("auth", "strict_nc"),
    field<&P::auth, &P::Auth::lockoutFailures>("auth", "lockout_failures"),
    field<&P::auth, &P::Auth::lockoutS>("auth", "lockout_s"),
    field<&P::auth, &P::Auth::krbTokenHttpMax>("auth", "krb_token_http_max"),
    field<&P::auth, &P::Auth::krbTokenRedirMax>("auth", "krb_token_redir_max"),
    field<&P::auth, &P::Auth::krbCacheEntries>("auth", "krb_cache_entries"),
    field<&P::auth, &P::Auth::krbSkewS>("auth", "krb_skew_s"),
    field<&P::event, &P::Event::logRecordsMax>("event", "log_records_max"),
    field<&P::event, &P::Event::filtersMax>("event", "filters_max"),
    field<&P::event, &P::Event::subscribersMax>("event", "subscribers_max"),
    field<&P::event, &P::Event::nicTamperEvent>("event", "nic_tamper_event"),
    field<&P::redir, &P::Redir::sol>("redir", "sol"),
    field<&P::redir, &P::Redir::ider>("redir", "ider"),
    field<&P::redir, &P::Redir::sessionsMax>("redir", "sessions_max"),
    field<&P::sysdef, &P::Sysdef::filters>("sysdef", "filters"),
    field<&P::sysdef, &P::Sysdef::heuristics>("sysdef", "heuristics"),
    field<&P::features, &P::Features::agentPresence>("features", "agent_presence"),
    field<&P::features, &P::Features::kvm>("features", "kvm"),
    field<&P::features, &P::Features::envDetection>("features", "env_detection"),
    field<&P::features, &P::Features::eac8021x>("features", "eac_8021x"),
    field<&P::features, &P::Features::nap>("features", "nap"),
    field<&P::features, &P::Features::cira>("features", "cira"),
    field<&P::features, &P::Features::alarmClock>("features", "alarm_clock"),
    field<&P::features, &P::Features::keyGeneration>("features", "key_generation"),
    field<&P::audit, &P::Audit::supported>("audit", "supported"),
    field<&P::audit, &P::Audit::rollover>("audit", "rollover"),
    field<&P::storage3pds, &P::Storage3pds::totalBytes>("storage3pds", "total_bytes"),
    field<&P::storage3pds, &P::Storage3pds::maxSessions>("storage3pds", "max_sessions"),
    field<&P::storage3pds, &P::Storage3pds::maxPartners>("storage3pds", "max_partners"),
    field<&P::storage3pds, &P::Storage3pds::maxEnterprises>("storage3pds", "max_enterprises"),
    field<&P::storage3pds, &P::Storage3pds::apiBuffer>("storage3pds", "api_buffer"),
    field<&P::power, &P::Power::meWol>("power", "me_wol"),
    field<&P::power, &P::Power::idleExtraS>("power", "idle_extra_s"),
    field<&P::power, &P::Power::flashWriteLockoutMin>("power", "flash_write_lockout_min"),
    field<&P::power, &P::Power::flashWritesMax>("power", "flash_writes_max"),
    field<&P::power, &P::Power::packages>("power", "packages"),
    field<&P::power, &P::Power::defaultPackage>("power", "default_package"),
    field<&P::power, &P::Power::idleTimeoutMin>("power", "idle_timeout_min"),
    field<&P::power, &P::Power::sxOnBattery>("power", "sx_on_battery"),
    field<&P::timing, &P::Timing::unprovisionS>("timing", "unprovision_s"),
    field<&P::timing, &P::Timing::jitterPct>("timing", "jitter_pct"),
    field<&P::timing, &P::Timing::loadFactorPerConn>("timing", "load_factor_per_conn"),
    field<&P::timing, &P::Timing::meBootS>("timing", "me_boot_s"),
    field<&P::timing, &P::Timing::meResetS>("timing", "me_reset_s"),
    field<&P::timing, &P::Timing::meWakeS>("timing", "me_wake_s"),
    field<&P::timing, &P::Timing::soapMs>("timing", "soap_ms"),
    field<&P::timing, &P::Timing::wsmanGetMs>("timing", "wsman_get_ms"),
    field<&P::timing, &P::Timing::flashWriteMs>("timing", "flash_write_ms"),
    field<&P::timing, &P::Timing::tlsFullRsa1024Ms>("timing", "tls_full_rsa1024_ms"),
    field<&P::timing, &P::Timing::tlsFullRsa2048Ms>("timing", "tls_full_rsa2048_ms"),
    field<&P::timing, &P::Timing::tlsClientChainMs>("timing", "tls_client_chain_ms"),
    field<&P::timing, &P::Timing::tlsPskMs>("timing", "tls_psk_ms"),
    field<&P::heci, &P::Heci::commands>("heci", "commands"),
    field<&P::heci, &P::Heci::extraCommands>("heci", "extra_commands"),
    field<&P::heci, &P::Heci::unknownCommand>("heci", "unknown_command"),
    field<&P::heci, &P::Heci::unknownStatus>("heci", "unknown_status"),
    field<&P::heci, &P::Heci::badHashHandleStatus>("heci", "bad_hash_handle_status"),
    field<&P::heci, &P::Heci::lmeProtocol>("heci", "lme_protocol"),
    field<&P::heci, &P::Heci::mkhi>("heci", "mkhi"),
    field<&P::heci, &P::Heci::localUnprovision>("heci", "local_unprovision"),
    field<&P::heci, &P::Heci::amtSwitch>("heci", "amt_switch"),
    field<&P::heci, &P::Heci::osWatchdog>("heci", "os_watchdog"),
    field<&P::heci, &P::Heci::biosVersion>("heci", "bios_version"),
    field<&P::heci, &P::Heci::answerMs>("heci", "answer_ms"),
};

std::string nameOf(const Field& field) {
  return std::string(field.section) + "." + std::string(field.key);
}

}  // namespace

std::span<const Field> allFields() {
  return kFields;
}

void set(Profile& profile, const std::string& key, const std::string& value, const std::string& place) {
  const auto found = std::ranges::find(kFields, key, nameOf);
  if (found == kFields.end()) {
    std::vector<std::string> names;
    for (const auto& known : kFields) names.push_back(nameOf(known));
    throw ConfigError(place, "a profile has no value \"" + key + "\"." + didYouMean(key, names));
  }
  const auto tree = parseYaml(place, value);
  found->read(profile, YamlCursor(tree, key));
}

std::vector<Fact> factsOf(const Profile& profile) {
  std::vector<Fact> facts;
  for (const auto& known : kFields) facts.push_back({nameOf(known), known.show(profile)});
  return facts;
}

}  // namespace vme::profile

// Quirks of the machine itself: stores, clock, power, host, HECI, and the firmware's own bugs.

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "profile/heci_words.hpp"
#include "scenario/quirk.hpp"
#include "scenario/quirk_reading.hpp"
#include "wire/ipv4_text.hpp"

namespace vme::scenario {
namespace {

using machine::Conditions;
using machine::NameAnswer;
using profile::YamlCursor;

constexpr std::uint64_t kMostSeconds = 10ULL * 365 * 86400;
constexpr MeDuration kForEver = MeDuration::hours(100 * 365 * 24);

template <typename T, std::size_t N>
using Words = std::array<std::pair<std::string_view, T>, N>;

Conditions& conditionsOf(GroupSpec& spec) {
  return spec.group.environment.conditions;
}

/// The group's profile, as its own to change.
profile::Profile& ownProfile(GroupSpec& spec) {
  auto own = std::make_shared<profile::Profile>(*spec.group.profile);
  auto& changed = *own;
  spec.group.profile = std::move(own);
  return changed;
}

MeDuration secondsOf(const YamlCursor& value) {
  return MeDuration::seconds(static_cast<std::int64_t>(value.number(0, kMostSeconds)));
}

// The network.

NameAnswer readAnswer(const YamlCursor& map) {
  constexpr Words<NameAnswer::Kind, 4> kAnswers{{{"nxdomain", NameAnswer::Kind::notFound},
                                                 {"servfail", NameAnswer::Kind::serverFailure},
                                                 {"timeout", NameAnswer::Kind::timeout},
                                                 {"stale", NameAnswer::Kind::address}}};
  NameAnswer answer;
  answer.pattern = map.at("name").text();
  const auto is = map.at("answer");
  if (const auto address = wire::parseAddress(is.text())) {
    answer.kind = NameAnswer::Kind::address;
    answer.ipv4 = *address;
  } else {
    answer.kind = is.choice<NameAnswer::Kind>(kAnswers);
    if (answer.kind == NameAnswer::Kind::address) {
      const auto stale = map.at("address");
      const auto parsed = wire::parseAddress(stale.text());
      if (!parsed) stale.fail(stale.path() + " is no IPv4 address. write the one that the name had before");
      answer.ipv4 = *parsed;
    }
  }
  map.finish();
  return answer;
}

void readDnsScript(const YamlCursor& list, GroupSpec& spec) {
  for (const auto& item : list.items()) conditionsOf(spec).names.push_back(readAnswer(item));
}

void readDhcpScript(const YamlCursor& map, GroupSpec& spec) {
  auto& conditions = conditionsOf(spec);
  if (const auto suffix = map.find("option15")) {
    spec.group.environment.dhcpSuffix = suffix->text() == "none" ? std::string() : suffix->text();
  }
  if (const auto servers = map.find("option6")) conditions.hasResolver = servers->text() != "none";
  if (const auto nak = map.find("nak"); nak && nak->boolean()) conditions.lease = machine::Lease::refused;
  if (const auto none = map.find("no_offer"); none && none->boolean()) conditions.lease = machine::Lease::none;
  if (const auto late = map.find("late_s")) conditions.leaseAfter = secondsOf(*late);
  map.refuse("option81",
             "changes what a DHCP server tells its name server, which is not there: service points know machines by "
             "the address of their hello. leave it out");
  map.refuse("lease_s", "is not there yet. write self_block: {after_s: N} for a lease that ends");
  map.finish();
}

void readIpMode(const YamlCursor& value, GroupSpec& spec) {
  using machine::IpMode;
  constexpr Words<IpMode, 4> kModes{{{"dhcp", IpMode::dhcp},
                                     {"static_own", IpMode::staticOwn},
                                     {"dhcp_on_static_host", IpMode::dhcpOnStaticHost},
                                     {"static_shared", IpMode::staticShared}}};
  conditionsOf(spec).ipMode = value.choice<IpMode>(kModes);
  // Without a lease no option reaches the ME.
  if (conditionsOf(spec).ipMode == IpMode::staticOwn) spec.group.environment.dhcpSuffix.clear();
}

void readSelfBlock(const YamlCursor& map, GroupSpec& spec) {
  spec.group.later.push_back({secondsOf(map.at("after_s")), runtime::act::LoseAddress{}});
  map.finish();
}

void readHidden(const YamlCursor& value, GroupSpec& spec) {
  constexpr Words<bool, 1> kSystems{{{"linux", true}}};
  conditionsOf(spec).linuxHidesMe = value.choice<bool>(kSystems);
}

// Set-up.

void readRngNotReady(const YamlCursor& map, GroupSpec& spec) {
  const auto until = map.at("until");
  ownProfile(spec).prov.rngSeedNeeded = true;
  if (until.text() != "tool") conditionsOf(spec).rngSeedIn = MeDuration::milliseconds(until.durationMs());
  map.finish();
}

void readKeygenBusy(const YamlCursor& map, GroupSpec& spec) {
  conditionsOf(spec).keyGeneration = secondsOf(map.at("s"));
  map.finish();
}

void readAdminPassword(const YamlCursor& map, GroupSpec& spec) {
  spec.group.environment.setupPassword = map.at("value").text();
  spec.servicePointKnowsPassword = false;
  conditionsOf(spec).adminPasswordSet = true;
  map.finish();
}

void readPsk(const YamlCursor& map, GroupSpec& spec) {
  constexpr Words<bool, 1> kOther{{{"other", true}}};
  if (const auto pid = map.find("pid")) spec.servicePointKnowsPsk = !pid->choice<bool>(kOther);
  if (const auto pps = map.find("pps")) spec.wrongPps = pps->choice<bool>(kOther);
  map.finish();
}

// HECI.

void readHeciAbsent(const YamlCursor& value, GroupSpec& spec) {
  spec.group.pc.heciHidden = value.boolean();
}

void readHeciUnknown(const YamlCursor& list, GroupSpec& spec) {
  auto& heci = ownProfile(spec).heci;
  for (const auto& item : list.items()) {
    const auto command = item.choice<AmthiCommand>(profile::kAmthiCommands);
    std::erase(heci.commands, command);
    std::erase(heci.extraCommands, command);
  }
}

// Stores.

void readAclFull(const YamlCursor& map, GroupSpec& spec) {
  const auto most = spec.group.profile->auth.digestUsersMax;
  const auto count = map.find("count");
  conditionsOf(spec).accounts = count ? static_cast<unsigned>(count->number(1, most)) : most;
  map.finish();
}

void readHashFull(const YamlCursor& map, GroupSpec& spec) {
  const auto most = spec.group.profile->prov.hashSlotsCustom;
  if (most == 0) map.fail(map.path() + ": " + spec.group.profile->name + " takes no root hashes. leave it out");
  const auto count = map.find("count");
  spec.enteredRoots = count ? static_cast<unsigned>(count->number(1, most)) : most;
  map.finish();
}

void readFlashWear(const YamlCursor& map, GroupSpec& spec) {
  auto& power = ownProfile(spec).power;
  const auto writes = map.find("writes");
  constexpr unsigned kWrites = 200;
  power.flashWritesMax = writes ? static_cast<unsigned>(writes->number(1, UINT16_MAX - 1)) : kWrites;
  if (const auto minutes = map.find("lock_min")) {
    power.flashWriteLockoutMin = static_cast<unsigned>(minutes->number(1, 100'000));
  }
  map.finish();
}

// Power.

void readPowerPackage(const YamlCursor& value, GroupSpec& spec) {
  const auto& packages = spec.group.profile->power.packages;
  const auto most = packages.empty() ? 1U : static_cast<unsigned>(packages.front() - '0');
  conditionsOf(spec).powerPackage = static_cast<unsigned>(value.number(1, most));
}

void readWakeDrop(const YamlCursor& map, GroupSpec& spec) {
  conditionsOf(spec).wakeDrops = static_cast<unsigned>(map.at("packets").number(1, 1000));
  if (const auto wake = map.find("wake_s")) conditionsOf(spec).wakes = secondsOf(*wake);
  map.finish();
}

void readBattery(const YamlCursor& value, GroupSpec& spec) {
  if (value.boolean() && spec.group.profile->identity.form != profile::Form::laptop) {
    value.fail(value.path() + " is for laptops, which " + spec.group.profile->name + " is not. leave it out");
  }
  conditionsOf(spec).onBattery = value.boolean();
}

void readAfterOutage(const YamlCursor& value, GroupSpec& spec) {
  conditionsOf(spec).staysOffAfterOutage = value.boolean();
}

void readUpdate(const YamlCursor& map, GroupSpec& spec) {
  auto& conditions = conditionsOf(spec);
  if (const auto block = map.find("block_s")) {
    conditions.blocks = block->text() == "inf" ? kForEver : secondsOf(*block);
  }
  if (const auto mismatch = map.find("mismatch")) conditions.updateMismatchesBios = mismatch->boolean();
  if (const auto loses = map.find("lose_config")) conditions.updateLosesSettings = loses->boolean();
  map.finish();
}

void readClock(const YamlCursor& map, GroupSpec& spec) {
  constexpr std::int64_t kMost = 60LL * 365 * 86400;
  auto& conditions = conditionsOf(spec);
  if (const auto offset = map.find("offset_s")) conditions.clockOffsetS = offset->integer(-kMost, kMost);
  if (const auto lost = map.find("lost")) conditions.clockLost = lost->boolean();
  if (const auto drift = map.find("drift_ppm")) conditions.clockDriftPpm = drift->decimal(-1e6, 1e6);
  map.finish();
}

/// What is known by name and cannot be had: the reason stands in the row.
template <const char* const& Why>
void refuseQuirk(const YamlCursor& value, GroupSpec&) {
  value.fail(value.path() + " " + Why + ". leave it out");
}
constexpr const char* kNoKerberos = "needs Kerberos, which is not there yet";
constexpr const char* kNoRedirection = "needs redirection, which is not there yet";
constexpr const char* kNoWireless = "needs the ME's own wireless interface, which is not there yet";
constexpr const char* kNoFilters = "needs event filters, which are not there yet";
constexpr const char* kNoAudit = "needs the audit log, which is not there yet";
constexpr const char* kNoSubscriptions = "needs alert subscriptions, which are not there yet";
constexpr const char* kNoNames = "needs service points that find machines by name, which are not there yet";

/// The firmware's own bugs, which a scenario gives to a group or takes from it.
template <const char* const& Name>
void readFirmwareQuirk(const YamlCursor& value, GroupSpec& spec) {
  auto& quirks = ownProfile(spec).quirks;
  std::erase(quirks, Name);
  if (value.boolean()) quirks.emplace_back(Name);
}
constexpr const char* kPartialNoCheck = "partial_no_check";
constexpr const char* kAuditIn = "audit_in";
constexpr const char* kCertSurvives = "cert_survives";
constexpr const char* kHashHandle = "hash_handle";
constexpr const char* kCrlUrls = "crl_urls";
constexpr const char* kUtf16 = "utf16_401";
constexpr const char* kEnumSelector = "enum_selector";
constexpr const char* kEprSelector = "epr_selector";
constexpr const char* kAtlAcl = "atl_acl";
constexpr const char* kSmallHttp = "small_http";
constexpr const char* kNoBiosSetup = "no_bios_setup";

Shape flag() {
  return {.kind = Shape::Kind::boolean};
}
Shape number(double least, double most) {
  return {.kind = Shape::Kind::integer, .least = least, .most = most};
}
Shape map() {
  return {.kind = Shape::Kind::free};
}
Shape package() {
  return number(1, 7);
}
Shape ipModes() {
  return words({"dhcp", "static_own", "dhcp_on_static_host", "static_shared"});
}
Shape systems() {
  return words({"linux"});
}
Shape list() {
  return {.kind = Shape::Kind::list, .items = {{.kind = Shape::Kind::free}}};
}
Shape commands() {
  return {.kind = Shape::Kind::list, .items = {words(wordsOf(profile::kAmthiCommands))}};
}

constexpr std::array kMachineQuirks{
    QuirkReader{"dns_script", readDnsScript, list},
    QuirkReader{"dhcp_script", readDhcpScript, map},
    QuirkReader{"net_ip_mode", readIpMode, ipModes},
    QuirkReader{"self_block", readSelfBlock, map},
    QuirkReader{"host_hides_me", readHidden, systems},
    QuirkReader{"rng_not_ready", readRngNotReady, map},
    QuirkReader{"keygen_busy", readKeygenBusy, map},
    QuirkReader{"admin_password", readAdminPassword, map},
    QuirkReader{"psk", readPsk, map},
    QuirkReader{"heci_absent", readHeciAbsent, flag},
    QuirkReader{"heci_cmd_unknown", readHeciUnknown, commands},
    QuirkReader{"acl_full", readAclFull, map},
    QuirkReader{"hash_full", readHashFull, map},
    QuirkReader{"flash_wear_lockout", readFlashWear, map},
    QuirkReader{"power_package", readPowerPackage, package},
    QuirkReader{"wake_drop_first", readWakeDrop, map},
    QuirkReader{"battery", readBattery, flag},
    QuirkReader{"after_outage_off", readAfterOutage, flag},
    QuirkReader{"update", readUpdate, map},
    QuirkReader{"clock", readClock, map},
    QuirkReader{"partial_no_check", readFirmwareQuirk<kPartialNoCheck>, flag},
    QuirkReader{"audit_in", readFirmwareQuirk<kAuditIn>, flag},
    QuirkReader{"cert_survives", readFirmwareQuirk<kCertSurvives>, flag},
    QuirkReader{"hash_handle", readFirmwareQuirk<kHashHandle>, flag},
    QuirkReader{"crl_urls", readFirmwareQuirk<kCrlUrls>, flag},
    QuirkReader{"utf16_401", readFirmwareQuirk<kUtf16>, flag},
    QuirkReader{"enum_selector", readFirmwareQuirk<kEnumSelector>, flag},
    QuirkReader{"epr_selector", readFirmwareQuirk<kEprSelector>, flag},
    QuirkReader{"atl_acl", readFirmwareQuirk<kAtlAcl>, flag},
    QuirkReader{"small_http", readFirmwareQuirk<kSmallHttp>, flag},
    QuirkReader{"no_bios_setup", readFirmwareQuirk<kNoBiosSetup>, flag},
    QuirkReader{"krb", refuseQuirk<kNoKerberos>, map},
    QuirkReader{"redir", refuseQuirk<kNoRedirection>, map},
    QuirkReader{"wifi_unreachable_in_sx", refuseQuirk<kNoWireless>, map},
    QuirkReader{"wifi_profile_missing", refuseQuirk<kNoWireless>, map},
    QuirkReader{"filters_full", refuseQuirk<kNoFilters>, map},
    QuirkReader{"audit_full_blocks", refuseQuirk<kNoAudit>, map},
    QuirkReader{"sub_addr", refuseQuirk<kNoSubscriptions>, map},
    QuirkReader{"no_opt81", refuseQuirk<kNoNames>, map},
};

}  // namespace

std::span<const QuirkReader> machineQuirks() {
  return kMachineQuirks;
}

}  // namespace vme::scenario

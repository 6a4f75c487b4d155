#include "scenario/load_group.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/error.hpp"
#include "machine/accounts.hpp"
#include "net/pki.hpp"
#include "scenario/files.hpp"
#include "scenario/load_agent.hpp"
#include "scenario/load_arrival.hpp"
#include "scenario/load_faults.hpp"
#include "scenario/load_profiles.hpp"
#include "scenario/load_quirks.hpp"
#include "wire/certificate.hpp"
#include "wire/setup_bin_variables.hpp"

namespace vme::scenario {
namespace {

using profile::YamlCursor;
using Rule = servicepoint::Approval::Rule;

template <typename T, std::size_t N>
using Words = std::array<std::pair<std::string_view, T>, N>;

constexpr Words<machine::TlsMode, 2> kTls{{{"modern", machine::TlsMode::modern}, {"period", machine::TlsMode::period}}};
constexpr Words<Rule, 3> kApproval{{{"approve", Rule::approve}, {"refuse", Rule::refuse}, {"block", Rule::block}}};
constexpr Words<bool, 2> kPps{{{"right", true}, {"wrong", false}}};

enum class Method : std::uint8_t { automatic, psk, pki };
constexpr Words<Method, 3> kMethods{{{"auto", Method::automatic}, {"psk", Method::psk}, {"pki", Method::pki}}};

// The groups' keys of the design that this version does not have.
constexpr std::array<std::string_view, 6> kLater{"keys", "api", "power", "capture", "closed_ports", "firmware"};
// What makes no sense for machines that nothing provisions, or that their agents do.
constexpr std::array<std::string_view, 9> kNotForNone{"method",       "setup_password", "otp",
                                                      "expected_otp", "approval",       "service_point_knows",
                                                      "root",         "pki_suffix",     "usb_key"};
constexpr std::array<std::string_view, 6> kNotForAgents{"method",       "setup_password",      "otp",
                                                        "expected_otp", "service_point_knows", "usb_key"};
using Unfit = std::span<const std::string_view>;
constexpr Words<Unfit, 3> kProvisioning{{{"bare-metal", {}}, {"agent", kNotForAgents}, {"none", kNotForNone}}};
constexpr std::string_view kDefaultSuffix = "vme.test";
constexpr std::string_view kDefaultSetupPassword = "Vme-Setup1";
constexpr unsigned kBareMetalWindowH = 24;  // of 2.2 and 2.6, whose own first window is closed

constexpr double kSlowestTiming = 1000;
constexpr std::size_t kLongestName = 64;

const Section& rootSection() {
  static const Section section{
      "root",
      {{"present", "it was entered; default true", {shape::boolean()}},
       {"active", "and is active; default true", {shape::boolean()}},
       {"file", "PEM of another root, for an external service point; from the scenario's folder", {shape::text()}}}};
  return section;
}

const Section& knowledgeSection() {
  static const Section section{"service_point_knows",
                               {{"pid", "it holds a pair for them; default true", {shape::boolean()}},
                                {"pps", "wrong: another PPS than theirs", {shape::wordOf(kPps)}}}};
  return section;
}

std::string readProvisioning(const YamlCursor& map) {
  const auto value = map.find("provisioning");
  if (!value) return "bare-metal";
  if (value->text() == "manual") {
    value->fail(value->path() + " manual is not available in this version. write bare-metal, agent or none");
  }
  for (const auto key : value->choice<Unfit>(kProvisioning)) {
    if (const auto other = map.find(key)) {
      other->fail(
          fmt::format("{} has no effect with provisioning: {}. leave one of them out", other->path(), value->text()));
    }
  }
  return value->text();
}

std::string methodOf(Method method, const profile::Profile& profile, const YamlCursor& where) {
  if (method == Method::automatic) return profile.prov.pki ? "pki" : "psk";
  if (method == Method::pki && !profile.prov.pki) {
    where.fail(
        fmt::format("{} is pki, but {} has no set-up by certificate. write auto or psk", where.path(), profile.name));
  }
  if (method == Method::psk && !profile.prov.psk) {
    where.fail(fmt::format("{} is psk, but {} has no set-up by PSK. write auto or pki", where.path(), profile.name));
  }
  return method == Method::pki ? "pki" : "psk";
}

wire::RootHash readRootFile(const YamlCursor& value, const std::filesystem::path& folder) {
  constexpr std::uintmax_t kLargest = 65536;
  const auto path = folder / value.text();
  const auto text = readNamedFile(value, folder, kLargest, "a PEM file");
  const auto certificates = net::fromPem(path.string(), text, "CERTIFICATE");
  if (certificates.size() != 1) {
    value.fail(fmt::format("{} holds {} certificates. name a PEM file with the root alone", path.string(),
                           certificates.size()));
  }
  const auto digest = wire::sha1(certificates.front());
  return {wire::HashAlgorithm::sha1, Bytes(digest.begin(), digest.end())};
}

void readRoot(const YamlCursor& map, GroupSpec& spec, const std::filesystem::path& folder) {
  if (const auto present = map.find("present")) spec.rootPresent = present->boolean();
  if (const auto active = map.find("active")) spec.rootInactive = !active->boolean();
  if (const auto file = map.find("file")) spec.root = readRootFile(*file, folder);
  finish(map, rootSection());
}

void readKnowledge(const YamlCursor& map, GroupSpec& spec) {
  if (const auto pid = map.find("pid")) spec.servicePointKnowsPsk = pid->boolean();
  if (const auto pps = map.find("pps")) spec.wrongPps = !pps->choice<bool>(kPps);
  finish(map, knowledgeSection());
}

std::string readOtp(const YamlCursor& value) {
  auto text = value.text();
  if (text.size() < 8 || text.size() > 32) {
    value.fail(fmt::format("{} has {} characters. write 8 to 32", value.path(), text.size()));
  }
  return text;
}

/// Nothing: the factory's stays.
std::optional<std::string> readSetupPassword(const YamlCursor& value) {
  auto text = value.text();
  if (text == "admin") return std::nullopt;
  if (!machine::isPasswordAllowed({}, text)) {
    value.fail(value.path() +
               " is refused by MEBx. write admin for the factory's, or 8 to 32 characters with an upper-case and a "
               "lower-case letter, a digit and a sign other than : , \" and _");
  }
  return text;
}

Uuid readUuid(const YamlCursor& value) {
  const auto uuid = Uuid::parse(value.text());
  if (!uuid) {
    value.fail(
        fmt::format("{} is \"{}\". write a UUID, as 44454c4c-3100-1051-8032-b4c04f4b4d31", value.path(), value.text()));
  }
  return *uuid;
}

/// Keys that concern one method are errors in a group that has no machine set up by it.
void checkMethodKeys(const YamlCursor& map, const std::vector<GroupSpec>& specs) {
  constexpr Words<std::string_view, 4> kNeeds{
      {{"setup_password", "psk"}, {"service_point_knows", "psk"}, {"root", "pki"}, {"pki_suffix", "pki"}}};
  for (const auto& [key, method] : kNeeds) {
    const auto value = map.find(key);
    if (!value) continue;
    if (std::ranges::none_of(specs, [&](const GroupSpec& spec) { return spec.method == method; })) {
      value->fail(
          fmt::format("{} concerns set-up by {}, but no machine of the group is set up so. leave it out, or write "
                      "method: {}",
                      value->path(), method, method));
    }
  }
}

bool holdsPairs(const wire::setup_bin::File& file) {
  return std::ranges::any_of(file.records, [](const wire::setup_bin::Record& record) {
    return record.find(wire::setup_bin::kCm, wire::setup_bin::kPid) != nullptr;
  });
}

bool setsSmallBusiness(const wire::setup_bin::File& file) {
  constexpr std::uint32_t kSmallBusiness = 2;
  return std::ranges::any_of(file.records, [](const wire::setup_bin::Record& record) {
    const auto* mode = record.find(wire::setup_bin::kCm, wire::setup_bin::kProvisioningMode);
    return mode && wire::setup_bin::numberOf(*mode) == kSmallBusiness;
  });
}

std::shared_ptr<const runtime::UsbKey> readUsbKey(const YamlCursor& map, const YamlCursor& value,
                                                  const std::filesystem::path& folder) {
  for (const auto key : {"method", "setup_password"}) {
    if (const auto other = map.find(key)) {
      other->fail(
          fmt::format("{} has no effect with usb_key, whose records say it. leave one of them out", other->path()));
    }
  }
  auto key = std::make_shared<runtime::UsbKey>(value.place(), folder / value.text());
  if (setsSmallBusiness(key->content())) {
    value.fail(
        fmt::format("{} sets small-business mode, which needs no service point and is not available here in this "
                    "version. make the key without cm.mode",
                    value.path()));
  }
  return key;
}

/// Everything but profile and method.
GroupSpec readCommon(const YamlCursor& map, const GroupDefaults& defaults) {
  GroupSpec spec;
  auto& group = spec.group;
  auto& environment = group.environment;
  group.name = readName(map.at("name"), "-_");
  spec.provisioning = readProvisioning(map);
  const bool hasAgents = spec.provisioning == "agent";
  group.start = spec.provisioning == "none" ? runtime::Start::factory : runtime::Start::bareMetal;
  if (const auto arrival = map.find("arrival")) group.arrival = readArrival(*arrival, defaults.folder);
  if (const auto uuid = map.find("uuid")) group.uuid = readUuid(*uuid);
  const auto tls = map.find("tls");
  environment.tls = tls ? readTls(*tls) : defaults.tls;
  const auto timing = map.find("timing");
  environment.timingScale = timing ? readTiming(*timing) : defaults.timingScale;
  const auto suffix = map.find("dns_suffix");
  environment.dhcpSuffix = suffix ? suffix->text() : kDefaultSuffix;
  if (const auto pkiSuffix = map.find("pki_suffix")) environment.pkiSuffix = pkiSuffix->text();
  const auto password = map.find("setup_password");
  environment.setupPassword = kDefaultSetupPassword;
  if (password) environment.setupPassword = readSetupPassword(*password);
  if (const auto key = map.find("usb_key")) group.usbKey = readUsbKey(map, *key, defaults.folder);
  if (const auto otp = map.find("otp")) environment.otp = readOtp(*otp);
  if (const auto expected = map.find("expected_otp")) spec.expectedOtp = readOtp(*expected);
  if (const auto approval = map.find("approval")) spec.approval = approval->choice<Rule>(kApproval);
  if (const auto knows = map.find("service_point_knows")) readKnowledge(*knows, spec);
  if (const auto root = map.find("root")) readRoot(*root, spec, defaults.folder);
  readPc(map, hasAgents, spec);
  if (group.pc.domain.empty()) group.pc.domain = environment.dhcpSuffix;
  return spec;
}

GroupSpec specialised(const GroupSpec& common, std::shared_ptr<const profile::Profile> profile, Method method,
                      const YamlCursor& where) {
  auto spec = common;
  spec.group.profile = std::move(profile);
  if (spec.group.start != runtime::Start::bareMetal) {
    spec.group.environment.setupPassword.reset();
    return spec;
  }
  if (spec.provisioning == "agent") {
    // Its own window has passed, or was never opened: it waits for its agent.
    spec.method = "pki";
    spec.group.environment.firstWindowH = 0;
    spec.group.environment.setupPassword.reset();
    return spec;
  }
  const auto& key = spec.group.usbKey;
  if (key) method = holdsPairs(key->content()) ? Method::psk : Method::pki;
  spec.method = methodOf(method, *spec.group.profile, where);
  spec.group.enterPsk = spec.method == "psk" && !key;
  if (!spec.group.enterPsk) spec.group.environment.setupPassword.reset();
  const auto& prov = spec.group.profile->prov;
  if (spec.method == "pki" && prov.helloWindowFirstH == 0) spec.group.environment.firstWindowH = kBareMetalWindowH;
  return spec;
}

/// One spec a profile.
std::vector<GroupSpec> readSpecs(const YamlCursor& map, const GroupDefaults& defaults,
                                 const profile::Catalogue& catalogue) {
  for (const auto key : kLater) map.refuseLater(key);
  const auto common = readCommon(map, defaults);
  const auto profiles = readProfiles(map, catalogue);
  const auto value = map.find("method");
  const auto method = value ? value->choice<Method>(kMethods) : Method::automatic;
  const auto where = value.value_or(map.find("usb_key").value_or(map));
  std::vector<GroupSpec> specs;
  for (const auto& profile : profiles) specs.push_back(specialised(common, profile, method, where));
  if (const auto quirks = map.find("quirks")) readQuirks(*quirks, specs);
  if (const auto faults = map.find("faults")) addFaults(specs, readFaults(*faults, common.group.name));
  finish(map, groupSection());
  if (!common.group.environment.otp.empty()) {
    for (const auto& profile : profiles) {
      if (profile->prov.otp) continue;
      map.at("otp").fail(
          fmt::format("{} holds no one-time password. leave otp out, or name another profile", profile->name));
    }
  }
  if (common.group.start == runtime::Start::bareMetal) checkMethodKeys(map, specs);
  return specs;
}

}  // namespace

const Section& groupSection() {
  static const Section section{
      "group",
      {{"name", "of the group; machines are NAME/INDEX", {nameShape("-_")}, true},
       {"machines", "how many", {shape::integer(1, kMostMachines)}, true},
       {"profile", "the firmware build, as `vme profiles` lists them", {shape::text()}},
       {"profiles", "several builds; the machines are dealt evenly over them", {shape::list({shape::text()}, true)}},
       {"provisioning",
        "bare-metal (the default): comes up by itself and sends hellos; agent: the client agent on its PC starts it; "
        "none: powered, stays silent",
        {shape::wordOf(kProvisioning)}},
       {"method", "auto (the default): pki where the firmware has it, else psk", {shape::wordOf(kMethods)}},
       {"arrival", "when the machines come up, in the fleet's time", {shape::map(arrivalSection)}},
       {"tls", "modern: TLS 1.2 and 1.3; period: TLS 1.0 and its suites", {tlsShape()}},
       {"timing", "factor on the firmware's waits", {shape::map(timingSection)}},
       {"dns_suffix", "DHCP option 15; default vme.test; empty: none", {shape::text()}},
       {"pki_suffix", "PKI DNS suffix entered in MEBx; wins over dns_suffix", {shape::text()}},
       {"setup_password",
        "psk: the MEBx password entered with the pair; default Vme-Setup1; admin: left as it was",
        {shape::text()}},
       {"usb_key",
        "a setup.bin, from the scenario's folder: each machine takes its next record when it comes up",
        {shape::text()}},
       {"otp", "one-time password that the machines hold, 8 to 32 characters", {shape::text()}},
       {"expected_otp", "the one that the service point expects of them", {shape::text()}},
       {"approval", "what the service point's list says of the machines; default approve", {shape::wordOf(kApproval)}},
       {"service_point_knows",
        "psk: pid: false, it holds no pair for them; pps: wrong, another PPS",
        {shape::map(knowledgeSection)}},
       {"root", "pki: the row of the service point's root in the machines' hash table", {shape::map(rootSection)}},
       {"uuid", "of the group's first machine", {shape::text()}},
       {"compat", "newer behaviours that are added to the firmware, as meshcentral", {shape::list({shape::text()})}},
       {"host", "the PC around each machine", {shape::map(hostSection)}},
       {"agent", "what becomes of the machines' agents", {shape::map(agentSection)}},
       {"collection",
        "agent: the policy server's collection that the machines are in; default everyone; none: in none",
        {nameShape("-_")}},
       {"faults", "what goes wrong with these machines", {shape::list({shape::map(faultSection)})}},
       {"quirks", "firmware bugs that these machines have, by name", {shape::map(quirksSection)}},
       {"set", "profile keys that differ in this group, as api.http_max_conn: 2", {shape::free()}},
       {"overrides",
        "keys that differ for some of its machines: by number or range, as {\"3\": {...}, \"10-19\": {...}}, or a "
        "list of maps with machines",
        {shape::named({shape::map(overrideSection)}), shape::list({shape::map(listedOverrideSection)})}}}};
  return section;
}

machine::TlsMode readTls(const YamlCursor& value) {
  return value.choice<machine::TlsMode>(kTls);
}

const Shape& tlsShape() {
  static const Shape shape = shape::wordOf(kTls);
  return shape;
}

double readTiming(const YamlCursor& map) {
  const auto value = map.find("scale");
  const double scale = value ? value->decimal(0, kSlowestTiming) : 0;
  finish(map, timingSection());
  return scale;
}

const Section& timingSection() {
  static const Section section{
      "timing",
      {{"scale", "1: as slow as the hardware was; 0, the default: no waits", {shape::decimal(0, kSlowestTiming)}}}};
  return section;
}

void checkName(std::string_view name, const YamlCursor& where, std::string_view others) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); };
  const bool good =
      !name.empty() && name.size() <= kLongestName && letter(name.front()) &&
      std::ranges::all_of(name, [&](char c) { return letter(c) || others.find(c) != std::string_view::npos; });
  if (good) return;
  where.fail(fmt::format("{} is \"{}\". write at most {} letters, digits or {}, a letter or digit first", where.path(),
                         name, kLongestName, fmt::join(others, " ")));
}

std::string readName(const YamlCursor& value, std::string_view others) {
  auto text = value.text();
  checkName(text, value, others);
  return text;
}

Shape nameShape(std::string_view others) {
  std::string letters(others);
  // A hyphen stands last in a class of characters.
  if (const auto hyphen = letters.find('-'); hyphen != std::string::npos) letters.erase(hyphen, 1) += '-';
  return shape::text(fmt::format("^[A-Za-z0-9][A-Za-z0-9{}]*$", letters));
}

GroupDraft readGroup(const YamlCursor& map, const GroupDefaults& defaults, const profile::Catalogue& catalogue) {
  GroupDraft draft;
  draft.machines = static_cast<std::uint32_t>(map.at("machines").number(1, kMostMachines));
  draft.overrides = readOverrides(map, draft.machines);
  draft.specs = readSpecs(map, defaults, catalogue);
  draft.name = draft.specs.front().group.name;
  for (const auto& one : draft.overrides) {
    const YamlCursor own(one.group, one.path);
    own.find("machines");
    own.find("overrides");
    draft.overridden.push_back(readSpecs(own, defaults, catalogue));
  }
  return draft;
}

}  // namespace vme::scenario

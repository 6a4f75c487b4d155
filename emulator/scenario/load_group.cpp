#include "scenario/load_group.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>

#include "base/error.hpp"
#include "net/pki.hpp"
#include "profile/check.hpp"
#include "profile/fields.hpp"
#include "scenario/load_agent.hpp"
#include "wire/certificate.hpp"
#include "wire/setup_bin_variables.hpp"

namespace vme::scenario {
namespace {

using profile::YamlCursor;
using Rule = servicepoint::Approval::Rule;
using fleet::ArrivalShape;

template <typename T, std::size_t N>
using Words = std::array<std::pair<std::string_view, T>, N>;

constexpr Words<machine::TlsMode, 2> kTls{{{"modern", machine::TlsMode::modern}, {"period", machine::TlsMode::period}}};
constexpr Words<Rule, 3> kApproval{{{"approve", Rule::approve}, {"refuse", Rule::refuse}, {"block", Rule::block}}};
constexpr Words<ArrivalShape, 4> kShapes{{{"together", ArrivalShape::together},
                                          {"even", ArrivalShape::even},
                                          {"random", ArrivalShape::random},
                                          {"ramp", ArrivalShape::ramp}}};
constexpr Words<bool, 2> kPps{{{"right", true}, {"wrong", false}}};

enum class Method : std::uint8_t { automatic, psk, pki };
constexpr Words<Method, 3> kMethods{{{"auto", Method::automatic}, {"psk", Method::psk}, {"pki", Method::pki}}};

// The groups' keys of the design that this version does not have.
constexpr std::array<std::string_view, 8> kLater{"faults", "quirks",  "keys",         "api",
                                                 "power",  "capture", "closed_ports", "firmware"};
// What makes no sense for machines that nothing provisions, or that their agents do.
constexpr std::array<std::string_view, 9> kNotForNone{"method",       "setup_password", "otp",
                                                      "expected_otp", "approval",       "service_point_knows",
                                                      "root",         "pki_suffix",     "usb_key"};
constexpr std::array<std::string_view, 6> kNotForAgents{"method",       "setup_password",      "otp",
                                                        "expected_otp", "service_point_knows", "usb_key"};
constexpr std::string_view kDefaultSuffix = "vme.test";
constexpr std::string_view kDefaultSetupPassword = "Vme-Setup1";
constexpr unsigned kBareMetalWindowH = 24;  // of 2.2 and 2.6, whose own first window is closed

using Profiles = std::vector<std::shared_ptr<const profile::Profile>>;

std::shared_ptr<const profile::Profile> overridden(std::shared_ptr<const profile::Profile> base,
                                                   const YamlCursor& set) {
  auto changed = std::make_shared<profile::Profile>(*base);
  for (const auto& [key, value] : set.entries()) {
    const auto fields = profile::allFields();
    const auto field = std::ranges::find_if(
        fields, [&](const profile::Field& one) { return key == fmt::format("{}.{}", one.section, one.key); });
    if (field == fields.end()) {
      profile::set(*changed, key, {}, value.place());  // its error names the nearest key
    } else {
      field->read(*changed, value);
    }
  }
  profile::checkProfile(*changed, set.place());
  return changed;
}

Profiles readProfiles(const YamlCursor& map, const profile::Catalogue& catalogue) {
  const auto one = map.find("profile");
  const auto several = map.find("profiles");
  if (one && several) several->fail(map.path() + " has profile and profiles. keep one of them");
  if (!one && !several)
    map.fail(map.path() + " has no profile. add profile: amt-3.2.2 or profiles: [amt-3.0, amt-3.2.2]");
  std::vector<YamlCursor> names;
  if (one) {
    if (one->isList()) one->fail(one->path() + " is a list. write profiles for several");
    names.push_back(*one);
  } else {
    names = several->items();
  }
  if (names.empty()) several->fail(several->path() + " is empty. name at least one profile");
  const auto set = map.find("set");
  const auto compat = map.find("compat");
  std::vector<std::string> additions;
  if (compat) {
    for (const auto& item : compat->items()) additions.push_back(item.text());
  }
  Profiles all;
  for (const auto& name : names) {
    const auto known = [&](const auto& profile) { return profile->name == name.text(); };
    if (std::ranges::any_of(all, known)) name.fail(name.path() + " stands twice in the list. name each profile once");
    auto profile = catalogue.find(name.text(), name.place());
    if (compat) profile = catalogue.withCompat(*profile, additions, compat->place());
    all.push_back(set ? overridden(std::move(profile), *set) : std::move(profile));
  }
  return all;
}

fleet::Arrival readArrival(const YamlCursor& map) {
  fleet::Arrival arrival;
  if (const auto over = map.find("over")) arrival.over = MeDuration::milliseconds(over->durationMs());
  if (const auto shape = map.find("shape")) arrival.shape = shape->choice<ArrivalShape>(kShapes);
  map.finish();
  return arrival;
}

std::string readProvisioning(const YamlCursor& map) {
  const auto value = map.find("provisioning");
  if (!value) return "bare-metal";
  if (value->text() == "manual") {
    value->fail(value->path() + " manual is not available in this version. write bare-metal, agent or none");
  }
  using Unfit = std::span<const std::string_view>;
  const Words<Unfit, 3> words{{{"bare-metal", {}}, {"agent", kNotForAgents}, {"none", kNotForNone}}};
  for (const auto key : value->choice<Unfit>(words)) {
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
  std::error_code error;
  const bool readable =
      std::filesystem::is_regular_file(path, error) && std::filesystem::file_size(path, error) <= kLargest;
  std::ifstream file(path, std::ios::binary);
  if (!readable || !file)
    value.fail(fmt::format("{} cannot be read: {}. name a PEM file", value.path(), path.string()));
  const std::string text{std::istreambuf_iterator<char>(file), {}};
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
  map.finish();
}

void readKnowledge(const YamlCursor& map, GroupSpec& spec) {
  if (const auto pid = map.find("pid")) spec.servicePointKnowsPsk = pid->boolean();
  if (const auto pps = map.find("pps")) spec.wrongPps = !pps->choice<bool>(kPps);
  map.finish();
}

std::string readOtp(const YamlCursor& value) {
  auto text = value.text();
  if (text.size() < 8 || text.size() > 32) {
    value.fail(fmt::format("{} has {} characters. write 8 to 32", value.path(), text.size()));
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
  if (const auto arrival = map.find("arrival")) group.arrival = readArrival(*arrival);
  if (const auto uuid = map.find("uuid")) group.uuid = readUuid(*uuid);
  const auto tls = map.find("tls");
  environment.tls = tls ? readTls(*tls) : defaults.tls;
  const auto timing = map.find("timing");
  environment.timingScale = timing ? readTiming(*timing) : defaults.timingScale;
  const auto suffix = map.find("dns_suffix");
  environment.dhcpSuffix = suffix ? suffix->text() : kDefaultSuffix;
  if (const auto pkiSuffix = map.find("pki_suffix")) environment.pkiSuffix = pkiSuffix->text();
  const auto password = map.find("setup_password");
  environment.setupPassword = password ? password->text() : kDefaultSetupPassword;
  if (environment.setupPassword == "admin") environment.setupPassword.reset();
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

}  // namespace

machine::TlsMode readTls(const YamlCursor& value) {
  return value.choice<machine::TlsMode>(kTls);
}

double readTiming(const YamlCursor& map) {
  const auto value = map.find("scale");
  const double scale = value ? value->decimal(0, 1000) : 0;
  map.finish();
  return scale;
}

std::string readName(const YamlCursor& value, std::string_view others) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); };
  auto text = value.text();
  const bool good =
      !text.empty() && text.size() <= 64 && letter(text.front()) &&
      std::ranges::all_of(text, [&](char c) { return letter(c) || others.find(c) != std::string_view::npos; });
  if (!good) {
    value.fail(fmt::format("{} is \"{}\". write at most 64 letters, digits or {}, a letter or digit first",
                           value.path(), text, fmt::join(others, " ")));
  }
  return text;
}

GroupDraft readGroup(const YamlCursor& map, const GroupDefaults& defaults, const profile::Catalogue& catalogue) {
  constexpr std::uint64_t kMost = 10'000'000;
  for (const auto key : kLater) map.refuseLater(key);
  const auto common = readCommon(map, defaults);
  GroupDraft draft;
  draft.name = common.group.name;
  draft.machines = static_cast<std::uint32_t>(map.at("machines").number(1, kMost));
  const auto profiles = readProfiles(map, catalogue);
  const auto value = map.find("method");
  const auto method = value ? value->choice<Method>(kMethods) : Method::automatic;
  const auto where = value.value_or(map.find("usb_key").value_or(map));
  for (const auto& profile : profiles) draft.specs.push_back(specialised(common, profile, method, where));
  map.finish();
  if (!common.group.environment.otp.empty()) {
    for (const auto& profile : profiles) {
      if (profile->prov.otp) continue;
      map.at("otp").fail(
          fmt::format("{} holds no one-time password. leave otp out, or name another profile", profile->name));
    }
  }
  if (common.group.start == runtime::Start::bareMetal) checkMethodKeys(map, draft.specs);
  return draft;
}

}  // namespace vme::scenario

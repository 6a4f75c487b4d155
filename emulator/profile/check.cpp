#include "profile/check.hpp"

#include <algorithm>
#include <array>

#include "base/error.hpp"

namespace vme::profile {
namespace {

constexpr std::size_t kHelloHashes = 23;  // what a hello has room for

bool lastsToTheEnd(const std::vector<HelloStep>& schedule) {
  return std::ranges::all_of(schedule.begin(), schedule.end() - 1,
                             [](const auto& step) { return step.times.has_value(); });
}

/// `7D`: how many packages there are, and of which kind of PC.
bool isPackage(const Profile::Power& power) {
  const auto& text = power.packages;
  return text.size() == 2 && text[0] >= '1' && text[0] <= '9' && power.defaultPackage >= 1 &&
         power.defaultPackage <= static_cast<unsigned>(text[0] - '0');
}

}  // namespace

std::span<const std::string_view> allQuirks() {
  static constexpr std::array<std::string_view, 11> kQuirks{
      "partial_no_check", "audit_in",     "cert_survives", "hash_handle", "crl_urls",     "utf16_401",
      "enum_selector",    "epr_selector", "atl_acl",       "small_http",  "no_bios_setup"};
  return kQuirks;
}

bool hasQuirk(const Profile& profile, std::string_view quirk) {
  return std::ranges::find(profile.quirks, quirk) != profile.quirks.end();
}

void checkProfile(const Profile& profile, const std::string& place) {
  const auto require = [&](bool holds, const std::string& text) {
    if (!holds) throw ConfigError(place, text);
  };
  require(!profile.identity.version.empty(), "identity.version is missing. add it");
  const auto& prov = profile.prov;
  for (const auto* schedule : {&prov.helloSchedulePsk, &prov.helloSchedulePki}) {
    require(!schedule->empty(),
            "prov.hello_schedule_psk or prov.hello_schedule_pki is missing. add it, or inherit amt-common");
    require(lastsToTheEnd(*schedule), "a hello schedule has a step without \"times\" before its last. add it there");
  }
  require(!profile.api.wsman || profile.api.wsmanLevel, "api.wsman_level is missing. add it beside api.wsman");
  require(!profile.api.eoi || !profile.api.eoiLevel.empty(), "api.eoi_level is missing. add it beside api.eoi");
  require(prov.hashes.size() <= kHelloHashes, "prov.hashes has more than the 23 rows that fit a hello. remove some");
  require(!prov.pki || prov.selfsignedBits > 0, "prov.selfsigned_bits is 0. give the key's size beside prov.pki");
  require(!prov.pki || prov.cnMatch != CnMatch::none, "prov.cn_match is none. give the rule beside prov.pki");
  require(isPackage(profile.power),
          "power.packages is no number and kind such as 7D, or power.default_package is not among them. correct them");
}

}  // namespace vme::profile

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include "base/error.hpp"
#include "profile/catalogue.hpp"
#include "profile/check.hpp"
#include "profile/embedded.hpp"
#include "profile/fields.hpp"

namespace vme::profile {
namespace {

struct Row {
  const char* name;
  const char* version;
  unsigned sku;
  Form form;
  const char* heci;
  bool pki;
  BareMetal bareMetal;
  CnMatch rule;
  std::size_t hashes;
  unsigned firstWindowH;
  const char* eoiLevel;
  const char* wsmanLevel;  // null: no WS-Man
  unsigned maxConnections, bodyMax, headerMax, filters, subscribers;
  RealmForm realm;
  const char* packages;
  const char* usbRecord;
};

using enum Form;
using enum BareMetal;

// From the tables of firmware-profiles.md 4.3 and eoi.md 6, written down apart from the YAML.
constexpr Row kRows[] = {
    {"amt-2.1", "2.1.3", 0, desktop, "8086:2994", false, none, CnMatch::none, 0,    6,
     "2.1",     nullptr, 3, 16384,   4096,        16,    8,    RealmForm::id, "5D", "1.0"},
    {"amt-2.2.10", "2.2.10", 0, desktop, "8086:2994", true, delayed, CnMatch::exact, 5,    0,
     "2.2",        nullptr,  3, 16384,   4096,        16,   8,       RealmForm::id,  "5D", "1.0"},
    {"amt-2.2.20", "2.2.20", 0, desktop, "8086:2994", true, delayed, CnMatch::exact, 5,    0,
     "2.2",        nullptr,  3, 16384,   4096,        16,   8,       RealmForm::id,  "5D", "1.0"},
    {"amt-2.5", "2.5.0", 12, laptop, "8086:2a04", false, none, CnMatch::none, 0,    6,
     "2.5",     nullptr, 3,  16384,  4096,        16,    16,   RealmForm::id, "5M", "1.0"},
    {"amt-2.6.20", "2.6.20", 12, laptop, "8086:2a04", true, delayed, CnMatch::last2ComNet, 6,    0,
     "2.6",        nullptr,  3,  16384,  4096,        17,   16,      RealmForm::id,        "5M", "1.0"},
    {"amt-3.0", "3.0.5", 14, desktop, "8086:29b4", true, oem, CnMatch::exact, 5,    24,
     "3.0",     "3.0",   4,  65536,   8192,        17,   16,  RealmForm::id,  "7D", "2.0"},
    {"amt-3.2.2", "3.2.2", 14, desktop, "8086:29b4", true, oem, CnMatch::last2, 5,    24,
     "3.2",       "3.2",   4,  65536,   8192,        17,   16,  RealmForm::id,  "7D", "2.0"},
    {"amt-4.0", "4.0.3", 12, laptop, "8086:2a44", true, oem, CnMatch::last2,    5,    24,
     "4.0",     "4.0",   5,  65536,  8192,        17,   16,  RealmForm::digest, "5M", "2.1"},
    {"amt-4.2", "4.2.10", 12, laptop, "8086:2a44", true, oem, CnMatch::last2,    6,    24,
     "4.2",     "4.0",    5,  65536,  8192,        17,   16,  RealmForm::digest, "5M", "2.1"},
    {"amt-5.0", "5.0.1", 14, desktop, "8086:2e14", true, oem, CnMatch::last2,    5,    24,
     "5.0",     "5.0",   5,  65536,   8192,        17,   16,  RealmForm::digest, "7D", "2.1"},
    {"amt-5.2", "5.2.10", 14, desktop, "8086:2e14", true, oem, CnMatch::last2,    6,    24,
     "5.1",     "5.1",    5,  65536,   8192,        17,   16,  RealmForm::digest, "7D", "2.1"},
};

class EachProfile : public ::testing::TestWithParam<Row> {};

TEST_P(EachProfile, hasItsBuildsValues) {
  const auto& row = GetParam();
  const auto profile = Catalogue().find(row.name);
  EXPECT_EQ(profile->name, row.name);
  EXPECT_EQ(profile->identity.version, row.version);
  EXPECT_EQ(profile->identity.sku, row.sku);
  EXPECT_EQ(profile->identity.form, row.form);
  EXPECT_EQ(profile->pci.heci, row.heci);
  EXPECT_EQ(profile->prov.pki, row.pki);
  EXPECT_EQ(profile->prov.inbandStart, row.pki);
  EXPECT_EQ(profile->prov.otp, row.pki);
  EXPECT_EQ(profile->prov.pkiBareMetal, row.bareMetal);
  EXPECT_EQ(profile->prov.rngSeedNeeded, row.bareMetal == delayed);
  EXPECT_EQ(profile->prov.cnMatch, row.rule);
  EXPECT_EQ(profile->prov.hashes.size(), row.hashes);
  EXPECT_EQ(profile->prov.hashSlotsBuiltin, row.pki ? 20U : 0U);
  EXPECT_EQ(profile->prov.hashSlotsCustom, row.pki ? 3U : 0U);
  EXPECT_EQ(profile->prov.helloWindowFirstH, row.firstWindowH);
  EXPECT_EQ(profile->prov.helloWindowAgentH, row.pki ? std::optional(6U) : std::nullopt);
  EXPECT_EQ(profile->prov.usbRecord, row.usbRecord);
  EXPECT_EQ(profile->api.eoiLevel, row.eoiLevel);
  EXPECT_EQ(profile->api.wsman, row.wsmanLevel != nullptr);
  EXPECT_EQ(profile->api.wsmanLevel, row.wsmanLevel ? std::optional<std::string>(row.wsmanLevel) : std::nullopt);
  EXPECT_EQ(profile->api.wsmanMinEnvelope, row.wsmanLevel ? 50000U : 0U);
  EXPECT_EQ(profile->api.httpMaxConn, row.maxConnections);
  EXPECT_EQ(profile->api.httpBodyMax, row.bodyMax);
  EXPECT_EQ(profile->api.httpHeaderMax, row.headerMax);
  EXPECT_EQ(profile->event.filtersMax, row.filters);
  EXPECT_EQ(profile->event.subscribersMax, row.subscribers);
  EXPECT_EQ(profile->auth.realmForm, row.realm);
  EXPECT_EQ(profile->power.packages, row.packages);
  EXPECT_EQ(profile->auth.defaultPassword, "admin");
  EXPECT_EQ(profile->prov.helloSchedulePsk.size(), 3U);
  EXPECT_EQ(profile->tls.chainMaxBytes, 4100U);
}

INSTANTIATE_TEST_SUITE_P(All, EachProfile, ::testing::ValuesIn(kRows));

TEST(ProfileFiles, nameTheRootsOfTheirBuild) {
  const auto original = Catalogue().find("amt-5.0")->prov.hashes;
  const auto later = Catalogue().find("amt-5.2")->prov.hashes;
  ASSERT_EQ(original.size(), 5U);
  ASSERT_EQ(later.size(), 6U);
  EXPECT_EQ(original.front().sha1, "742c3192e607e424eb4549542be1bbc53e6174e2");
  EXPECT_EQ(original.back().sha1, "ad7e1c28b064ef8f6003402014c3d0e3370eb58a");
  EXPECT_EQ(later.back().sha1, "85371ca6e550143dce2803471bde3a09e8f8770f");  // G2, from the re-issue of 2009
  for (const auto& root : later) EXPECT_TRUE(root.active) << root.name;
}

TEST(ProfileFiles, differWhereTheBuildsDid) {
  const Catalogue all;
  EXPECT_EQ(all.find("amt-2.1")->prov.rngKey, RngKey::needed);
  EXPECT_EQ(all.find("amt-2.2.20")->prov.rngKey, RngKey::accepted);
  EXPECT_EQ(all.find("amt-3.0")->prov.rngKey, RngKey::none);
  EXPECT_EQ(all.find("amt-3.0")->quirks,
            (std::vector<std::string>{"partial_no_check", "audit_in", "cert_survives", "hash_handle", "crl_urls",
                                      "utf16_401", "enum_selector", "epr_selector", "atl_acl"}));
  EXPECT_TRUE(all.find("amt-3.2.2")->quirks.empty());
  EXPECT_TRUE(all.find("amt-3.2.2")->api.eoiDeprecated);
  EXPECT_FALSE(all.find("amt-4.0")->api.eoiDeprecated);
  EXPECT_EQ(all.find("amt-2.6.20")->auth.challenge, ChallengeForm::old);
  EXPECT_EQ(all.find("amt-3.0")->auth.challenge, ChallengeForm::current);
  EXPECT_EQ(all.find("amt-4.0")->tls.suitesRsa, (std::vector<unsigned>{0x2F, 0x35, 0x05, 0x04}));
  EXPECT_EQ(all.find("amt-2.5")->net.wifiNeedsProfileInS0, std::optional(true));
  EXPECT_EQ(all.find("amt-5.0")->net.wifiNeedsProfileInS0, std::nullopt);
  EXPECT_TRUE(all.find("amt-4.2")->net.wifiProvisioning);
  EXPECT_FALSE(all.find("amt-5.0")->features.alarmClock);
  EXPECT_TRUE(all.find("amt-5.2")->features.alarmClock);
}

TEST(ProfileFiles, areEmbeddedByteForByte) {
  std::size_t onDisk = 1;  // quirks.yaml
  for (const auto* folder : {"/profiles/firmware", "/profiles/compat"}) {
    for (const auto& entry : std::filesystem::directory_iterator(std::string(VME_SOURCE_DIR) + folder)) {
      onDisk += entry.path().extension() == ".yaml" ? 1U : 0U;
    }
  }
  EXPECT_EQ(embeddedFiles().size(), onDisk);
  for (const auto& embedded : embeddedFiles()) {
    std::ifstream file(std::string(VME_SOURCE_DIR) + "/profiles/" + std::string(embedded.path), std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    EXPECT_EQ(text, embedded.text) << embedded.path;
  }
}

TEST(ProfileFiles, areAllListedInTheOrderOfTheirVersions) {
  std::vector<std::string> names;
  for (const auto& row : kRows) names.emplace_back(row.name);
  EXPECT_EQ(Catalogue().names(), names);
}

TEST(ProfileFiles, keepTheCertaintyOfEachValue) {
  for (const auto& embedded : embeddedFiles()) {
    if (!embedded.path.starts_with("firmware/")) continue;
    std::istringstream file{std::string(embedded.text)};
    for (std::string line; std::getline(file, line);) {
      if (!line.starts_with("  ") || line.starts_with("    ")) continue;  // keys of a section; rows of a list
      const bool marked = line.find("# sure") != std::string::npos || line.find("# likely") != std::string::npos ||
                          line.find("# guess") != std::string::npos || line.find("# design") != std::string::npos;
      EXPECT_TRUE(marked) << embedded.path << ": " << line;
    }
  }
}

TEST(Compatibility, addsExactlyWhatItsFileNames) {
  const Catalogue catalogue;
  const auto plain = catalogue.find("amt-3.2.2");
  const auto newer = catalogue.withCompat(*plain, {"meshcentral"}, "--compat");
  EXPECT_EQ(newer->compat, std::vector<std::string>{"meshcentral"});
  std::vector<std::string> different;
  const auto before = factsOf(*plain), after = factsOf(*newer);
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (before[i].value != after[i].value) different.push_back(before[i].key);
  }
  EXPECT_EQ(different, (std::vector<std::string>{"prov.host_based_setup", "prov.cert_is_auth", "prov.chain_root_first",
                                                 "api.hex_digest", "features.key_generation"}));
}

TEST(Compatibility, unknownNamesAreErrorsWithTheNearest) {
  const Catalogue catalogue;
  const auto plain = catalogue.find("amt-3.2.2");
  try {
    catalogue.withCompat(*plain, {"meshcentra"}, "s.yaml:3:5");
    FAIL() << "no error";
  } catch (const ConfigError& error) {
    EXPECT_STREQ(error.what(),
                 "s.yaml:3:5: there is no compatibility set \"meshcentra\". did you mean \"meshcentral\"?");
  }
}

/// The message of the error that adding and finding the text gives.
std::string errorOf(const std::string& text) {
  try {
    Catalogue catalogue;
    const auto name = catalogue.add("my.yaml", text);
    catalogue.find(name);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "no error";
}

TEST(ProfileErrors, nameFileLineColumnAndNearestKey) {
  const std::string head = "schema: 1\nname: mine\ninherits: amt-3.2.2\n";
  EXPECT_EQ(errorOf(head), "no error");
  EXPECT_EQ(errorOf(head + "api:\n  htp_max_conn: 2\n"),
            "my.yaml:5:3: unknown key \"htp_max_conn\" in api. did you mean \"http_max_conn\"?");
  EXPECT_EQ(errorOf(head + "apii: {}\n"), "my.yaml:4:1: unknown key \"apii\". did you mean \"api\"?");
  EXPECT_EQ(errorOf(head + "api:\n  http_max_conn: many\n"),
            "my.yaml:5:18: api.http_max_conn is \"many\". write a whole number, 0 to 4294967295");
  EXPECT_EQ(errorOf(head + "prov:\n  pki: maybe\n"), "my.yaml:5:8: prov.pki is \"maybe\". write true or false");
  EXPECT_EQ(errorOf(head + "prov:\n  cn_match: exakt\n"),
            "my.yaml:5:13: prov.cn_match is \"exakt\". did you mean \"exact\"?");
  EXPECT_EQ(errorOf(head + "prov:\n  hashes: [{name: a, sha1: 12}]\n"),
            "my.yaml:5:28: prov.hashes[0].sha1 is no SHA-1 hash. write its 40 hex digits");
  EXPECT_EQ(errorOf(head + "prov: 7\n"), "my.yaml:4:7: prov is a single value. write a map of keys");
  EXPECT_EQ(errorOf(head + "api:\n  wsman: true\n  wsman: false\n"),
            "my.yaml:6:3: \"wsman\" stands twice, first at my.yaml:5:3. keep one");
  EXPECT_EQ(errorOf("schema: 1\n"), "my.yaml:1:1: \"name\" is missing. add it");
  EXPECT_EQ(errorOf("schema: 2\nname: x\n"), "my.yaml:1:9: schema is \"2\". write a whole number, 1 to 1");
  EXPECT_EQ(errorOf("name: x\ninherits: amt-3.22\n"),
            "my.yaml:2:11: there is no profile \"amt-3.22\" to inherit. did you mean \"amt-3.2.2\"?");
  EXPECT_EQ(errorOf("name: x\ninherits: x\n"), "my.yaml:2:11: \"x\" inherits \"x\" in turn. break the circle");
  EXPECT_EQ(errorOf("name: [x\n").substr(0, 8), "my.yaml:");
}

TEST(ProfileErrors, valuesThatTheFirmwareCouldNotUse) {
  const std::string head = "name: mine\ninherits: amt-3.2.2\n";
  EXPECT_EQ(errorOf(head + "api:\n  wsman_level: \"3.3\"\n"),
            "my.yaml:4:16: api.wsman_level is \"3.3\". did you mean \"3.0\"?");
  EXPECT_EQ(errorOf(head + "api:\n  wsman_level: null\n"),
            "my.yaml:1:1: api.wsman_level is missing. add it beside api.wsman");
  EXPECT_EQ(errorOf(head + "api: {wsman: false, wsman_level: null}\n"), "no error");
  EXPECT_EQ(errorOf(head + "quirks: [utf16_402]\n"),
            "my.yaml:3:10: the quirk \"utf16_402\" is not available in this version. did you mean \"utf16_401\"?");
  EXPECT_EQ(errorOf(head + "quirks: [audit_full_blocks]\n"),
            "my.yaml:3:10: the quirk \"audit_full_blocks\" is not available in this version. leave it out");
  EXPECT_EQ(errorOf(head + "prov:\n  hello_schedule_pki: [{every: 1500ms}]\n"),
            "my.yaml:4:32: prov.hello_schedule_pki[0].every is no whole number of seconds. write 1s or more");
  EXPECT_EQ(errorOf(head + "prov:\n  hello_schedule_pki: [{every: 1s}, {times: 2, every: 2s}]\n"),
            "my.yaml:1:1: a hello schedule has a step without \"times\" before its last. add it there");
  EXPECT_EQ(errorOf(head + "prov:\n  hello_schedule_psk: []\n").find("my.yaml:1:1: prov.hello_schedule_psk"), 0U);
  EXPECT_EQ(errorOf(head + "power: {packages: 7D, default_package: 8}\n").find("my.yaml:1:1: power.packages"), 0U);
  EXPECT_EQ(errorOf(head + "prov: {cn_match: none}\n").find("my.yaml:1:1: prov.cn_match is none"), 0U);
}

TEST(ProfileErrors, aCircleOfTwo) {
  Catalogue catalogue;
  catalogue.add("a.yaml", "name: a\ninherits: b\n");
  catalogue.add("b.yaml", "name: b\ninherits: a\n");
  try {
    catalogue.find("a");
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_STREQ(error.what(), "b.yaml:2:11: \"a\" inherits \"b\" in turn. break the circle");
  }
}

/// A folder of a user's own profiles, gone at the end of the test.
class OwnProfiles : public ::testing::Test {
 protected:
  OwnProfiles() : folder_(std::filesystem::path(::testing::TempDir()) / ("profiles-" + std::to_string(getpid()))) {
    std::filesystem::create_directories(folder_);
  }
  ~OwnProfiles() override { std::filesystem::remove_all(folder_); }
  void write(const std::string& file, const std::string& text) { std::ofstream(folder_ / file) << text; }

  std::filesystem::path folder_;
};

TEST_F(OwnProfiles, standBesideAndReplaceTheShippedOnes) {
  write("beside.yaml", "name: amt-3.2.1\ninherits: amt-3.2.2\nidentity: {version: 3.2.1}\n");
  write("over.yaml", "name: amt-5.0\ninherits: amt-4.0\napi: {http_max_conn: 1}\n");
  write("notes.txt", "no profile");
  const Catalogue all(folder_);
  EXPECT_EQ(all.names().size(), std::size(kRows) + 1);
  EXPECT_EQ(all.names().at(6), "amt-3.2.1");
  EXPECT_EQ(all.find("amt-3.2.1")->identity.version, "3.2.1");
  EXPECT_EQ(all.find("amt-3.2.1")->prov.cnMatch, CnMatch::last2);
  EXPECT_EQ(all.find("amt-5.0")->api.httpMaxConn, 1U);
  EXPECT_EQ(all.find("amt-5.2")->api.httpMaxConn, 1U);  // which inherits it
}

TEST(ProfileDocs, theExampleIsAProfile) {
  std::ifstream file(std::string(VME_SOURCE_DIR) + "/docs/profiles.md");
  const std::string page{std::istreambuf_iterator<char>(file), {}};
  const std::string fence = "```yaml\n";
  const auto from = page.find(fence);
  ASSERT_NE(from, std::string::npos);
  const auto text = page.substr(from + fence.size(), page.find("\n```", from) + 1 - from - fence.size());
  Catalogue catalogue;
  const auto profile = catalogue.find(catalogue.add("docs/profiles.md", text));
  EXPECT_EQ(profile->name, "amt-3.2.2-tight");
  ASSERT_EQ(profile->prov.hashes.size(), 1U);
  EXPECT_EQ(profile->prov.hashes.front().name, "Corporate root");
  EXPECT_EQ(profile->api.httpMaxConn, 1U);
  EXPECT_EQ(profile->identity.version, "3.2.2");
}

TEST_F(OwnProfiles, mayNotShareAName) {
  write("a.yaml", "name: mine\n");
  write("b.yaml", "name: mine\n");
  EXPECT_THROW(Catalogue{folder_}, ConfigError);
  EXPECT_THROW(Catalogue{folder_ / "missing"}, ConfigError);
}

TEST(ProfileErrors, anUnknownNameGetsTheNearest) {
  try {
    Catalogue().find("amt-3.2.3", "--profile");
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_STREQ(error.what(), "--profile: there is no profile \"amt-3.2.3\". did you mean \"amt-3.2.2\"?");
  }
  EXPECT_THROW(Catalogue().find("amt-common"), ConfigError);
}

TEST(OneValue, isOverriddenLikeInAFile) {
  auto profile = *Catalogue().find("amt-5.2");
  set(profile, "api.http_max_conn", "2", "--set");
  EXPECT_EQ(profile.api.httpMaxConn, 2U);
  set(profile, "prov.hello_schedule_pki", "[{every: 10s}]", "--set");
  EXPECT_EQ(profile.prov.helloSchedulePki.size(), 1U);
  EXPECT_THROW(set(profile, "api.http_max_con", "2", "--set"), ConfigError);
  EXPECT_THROW(set(profile, "api.http_max_conn", "x", "--set"), ConfigError);
}

TEST(OneValue, thatNeedsAnotherIsFoundAtTheEnd) {
  auto profile = *Catalogue().find("amt-2.1");
  set(profile, "api.wsman", "true", "--set");
  EXPECT_THROW(checkProfile(profile, "--set"), ConfigError);
  set(profile, "api.wsman_level", "'3.2'", "--set");
  EXPECT_NO_THROW(checkProfile(profile, "--set"));
}

TEST(Facts, listEveryField) {
  const auto profile = Catalogue().find("amt-4.0");
  const auto facts = factsOf(*profile);
  EXPECT_EQ(facts.size(), allFields().size());
  const auto fact = std::ranges::find(facts, "prov.hello_schedule_pki", &Fact::key);
  ASSERT_NE(fact, facts.end());
  EXPECT_EQ(fact->value, "5 x 60s, 12 x 300s, then 3600s");
}

}  // namespace
}  // namespace vme::profile

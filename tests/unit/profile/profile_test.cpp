#include <gtest/gtest.h>

#include <fstream>

#include "base/error.hpp"
#include "profile/catalogue.hpp"
#include "profile/fields.hpp"

namespace vme::profile {
namespace {

struct Row {
  const char* name;
  const char* version;
  bool pki, wsman;
  unsigned maxConnections;
  CnMatch rule;
  std::size_t hashes;
  unsigned firstWindowH;
  RealmForm realm;
  const char* packages;
};

// From the tables of firmware-profiles.md 4.3, written down apart from the YAML.
constexpr Row kRows[] = {
    {"amt-2.1", "2.1.3", false, false, 3, CnMatch::none, 0, 6, RealmForm::id, "5D"},
    {"amt-2.2.20", "2.2.20", true, false, 3, CnMatch::exact, 5, 0, RealmForm::id, "5D"},
    {"amt-2.5", "2.5.0", false, false, 3, CnMatch::none, 0, 6, RealmForm::id, "5M"},
    {"amt-2.6.20", "2.6.20", true, false, 3, CnMatch::last2ComNet, 6, 0, RealmForm::id, "5M"},
    {"amt-3.0", "3.0.5", true, true, 4, CnMatch::exact, 5, 24, RealmForm::id, "7D"},
    {"amt-3.2.2", "3.2.2", true, true, 4, CnMatch::last2, 5, 24, RealmForm::id, "7D"},
    {"amt-4.0", "4.0.3", true, true, 5, CnMatch::last2, 5, 24, RealmForm::digest, "5M"},
    {"amt-4.2", "4.2.10", true, true, 5, CnMatch::last2, 6, 24, RealmForm::digest, "5M"},
    {"amt-5.0", "5.0.1", true, true, 5, CnMatch::last2, 5, 24, RealmForm::digest, "7D"},
    {"amt-5.2", "5.2.10", true, true, 5, CnMatch::last2, 6, 24, RealmForm::digest, "7D"},
};

class EachProfile : public testing::TestWithParam<Row> {};

TEST_P(EachProfile, hasItsBuildsValues) {
  const auto& row = GetParam();
  const auto profile = Catalogue().find(row.name);
  EXPECT_EQ(profile->name, row.name);
  EXPECT_EQ(profile->identity.version, row.version);
  EXPECT_EQ(profile->prov.pki, row.pki);
  EXPECT_EQ(profile->api.wsman, row.wsman);
  EXPECT_EQ(profile->api.wsman, profile->api.wsmanLevel.has_value());
  EXPECT_EQ(profile->api.httpMaxConn, row.maxConnections);
  EXPECT_EQ(profile->prov.cnMatch, row.rule);
  EXPECT_EQ(profile->prov.hashes.size(), row.hashes);
  EXPECT_EQ(profile->prov.helloWindowFirstH, row.firstWindowH);
  EXPECT_EQ(profile->auth.realmForm, row.realm);
  EXPECT_EQ(profile->power.packages, row.packages);
  EXPECT_EQ(profile->auth.defaultPassword, "admin");
  EXPECT_EQ(profile->prov.helloSchedulePsk.size(), 3U);
  EXPECT_EQ(profile->tls.chainMaxBytes, 4100U);
}

INSTANTIATE_TEST_SUITE_P(All, EachProfile, testing::ValuesIn(kRows));

TEST(ProfileFiles, areAllListedInTheOrderOfTheirVersions) {
  std::vector<std::string> names;
  for (const auto& row : kRows) names.emplace_back(row.name);
  EXPECT_EQ(Catalogue().names(), names);
}

TEST(ProfileFiles, keepTheCertaintyOfEachValue) {
  for (const auto& row : kRows) {
    std::ifstream file(std::string(VME_SOURCE_DIR) + "/profiles/firmware/" + row.name + ".yaml");
    for (std::string line; std::getline(file, line);) {
      if (!line.starts_with("  ") || line.starts_with("    ")) continue;  // keys of a section; rows of a list
      const bool marked = line.find("# sure") != std::string::npos || line.find("# likely") != std::string::npos ||
                          line.find("# guess") != std::string::npos || line.find("# design") != std::string::npos;
      EXPECT_TRUE(marked) << row.name << ": " << line;
    }
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

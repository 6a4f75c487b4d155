// The JSON schema that editors use knows exactly the keys that the loader reads.

#include <gmock/gmock.h>

#include <boost/json.hpp>
#include <fstream>
#include <sstream>

#include "unit/scenario/text.hpp"

namespace vme::scenario {
namespace {

namespace json = boost::json;

json::value schema() {
  std::ifstream file(VME_SOURCE_DIR "/scenarios/schema/scenario.schema.json");
  std::stringstream text;
  text << file.rdbuf();
  return json::parse(text.str());
}

std::set<std::string> keysOf(const json::value& object) {
  std::set<std::string> keys;
  for (const auto& item : object.at("properties").as_object()) keys.emplace(item.key());
  return keys;
}

/// The loader lists its keys when an unknown one has no neighbour.
std::set<std::string> knownKeys(const std::string& text) {
  const auto message = errorOf(text);
  const std::string lead = "known are ";
  std::set<std::string> keys;
  const auto at = message.find(lead);
  EXPECT_NE(at, std::string::npos) << message;
  if (at == std::string::npos) return keys;
  std::istringstream words(message.substr(at + lead.size()));
  for (std::string word; words >> word;) keys.insert(word.ends_with(',') ? word.substr(0, word.size() - 1) : word);
  return keys;
}

const std::string kUnknown = "zzzzzzzzzzzzzzzzzzzzzzzz";

TEST(ScenarioSchema, TopLevelKeys) {
  EXPECT_EQ(keysOf(schema()), knownKeys(withTop(kUnknown + ": 1\n")));
}

TEST(ScenarioSchema, GroupKeys) {
  auto known = knownKeys(withGroup("    profile: amt-3.0\n    " + kUnknown + ": 1\n"));
  EXPECT_EQ(keysOf(schema().at_pointer("/properties/groups/items")), known);
}

TEST(ScenarioSchema, ServicePointKeys) {
  const auto forms = schema().at_pointer("/properties/service_point/anyOf");
  EXPECT_EQ(keysOf(forms.as_array().at(1)), knownKeys(withTop("service_point: {host: a, " + kUnknown + ": 1}\n")));
  auto embedded = knownKeys(withTop("service_point: {mode: embedded, " + kUnknown + ": 1}\n"));
  embedded.erase("host");  // asked for, to tell the two forms apart
  EXPECT_EQ(keysOf(forms.as_array().at(2)), embedded);
}

TEST(ScenarioSchema, Expectations) {
  const auto entry = schema().at_pointer("/properties/expect/items");
  EXPECT_EQ(keysOf(entry), knownKeys(withTop("expect: [{" + kUnknown + ": 1}]\n")));
  EXPECT_EQ(keysOf(entry.at_pointer("/properties/time_to_provision")),
            knownKeys(withTop("expect: [{time_to_provision: {" + kUnknown + ": 1}}]\n")));
}

}  // namespace
}  // namespace vme::scenario

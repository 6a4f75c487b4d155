#include <gmock/gmock.h>

#include <boost/json.hpp>
#include <fstream>
#include <sstream>

#include "unit/report/sample.hpp"

namespace vme::report {
namespace {

namespace json = boost::json;

json::value schema() {
  std::ifstream file(VME_SOURCE_DIR "/scenarios/schema/results.schema.json");
  std::stringstream text;
  text << file.rdbuf();
  return json::parse(text.str());
}

/// Follows `$ref`, `properties`, `required`, `items`, `additionalProperties: false`, `type` and `enum`; appends what is
/// wrong.
void check(const json::value& value, const json::object& given, const std::string& at,
           std::vector<std::string>& wrong) {
  static const auto kSchema = schema();
  const auto* named = given.if_contains("$ref");
  const auto& rule = named ? kSchema.at_pointer(std::string(named->as_string()).substr(1)).as_object() : given;
  if (const auto* type = rule.if_contains("type")) {
    const auto& name = type->as_string();
    const bool fits = (name == "object" && value.is_object()) || (name == "array" && value.is_array()) ||
                      (name == "string" && value.is_string()) || (name == "boolean" && value.is_bool()) ||
                      (name == "integer" && (value.is_int64() || value.is_uint64())) ||
                      (name == "number" && value.is_number());
    if (!fits) wrong.push_back(at + ": not of type " + std::string(name));
    if (!fits) return;
  }
  if (const auto* allowed = rule.if_contains("enum")) {
    const auto& values = allowed->as_array();
    if (std::find(values.begin(), values.end(), value) == values.end())
      wrong.push_back(at + ": not in the enumeration");
  }
  if (const auto* object = value.if_object()) {
    if (const auto* required = rule.if_contains("required")) {
      for (const auto& key : required->as_array()) {
        if (!object->contains(key.as_string())) wrong.push_back(at + ": lacks " + std::string(key.as_string()));
      }
    }
    const auto* properties = rule.if_contains("properties");
    for (const auto& [key, item] : *object) {
      const auto* own = properties ? properties->as_object().if_contains(key) : nullptr;
      const auto* others = rule.if_contains("additionalProperties");
      if (own) {
        check(item, own->as_object(), at + "." + std::string(key), wrong);
      } else if (others && others->is_object()) {
        check(item, others->as_object(), at + "." + std::string(key), wrong);
      } else if (others && others->is_bool() && !others->as_bool()) {
        wrong.push_back(at + ": has " + std::string(key));
      }
    }
  }
  if (const auto* array = value.if_array()) {
    const auto* items = rule.if_contains("items");
    for (std::size_t i = 0; items && i < array->size(); ++i) {
      check(array->at(i), items->as_object(), at + "[" + std::to_string(i) + "]", wrong);
    }
  }
}

TEST(ResultsJson, FollowsItsSchema) {
  std::vector<std::string> wrong;
  check(json::parse(toJson(sampleResults())), schema().as_object(), "results", wrong);
  EXPECT_THAT(wrong, ::testing::IsEmpty());
}

TEST(ResultsJson, SchemaRefusesWhatIsWrong) {
  auto value = json::parse(toJson(sampleResults()));
  value.as_object().erase("seed");
  value.as_object()["verdict"] = "perhaps";
  value.as_object()["sped"] = 1;
  value.as_object()["groups"].as_array()[0].as_object()["machines"].as_object()["total"] = "six";
  std::vector<std::string> wrong;
  check(value, schema().as_object(), "results", wrong);
  EXPECT_THAT(wrong, ::testing::UnorderedElementsAre("results: lacks seed", "results.verdict: not in the enumeration",
                                                     "results: has sped",
                                                     "results.groups[0].machines.total: not of type integer"));
}

TEST(ResultsJson, HasTheKeysOfTheInterfaceInTheirOrder) {
  std::vector<std::string> keys;
  const auto value = json::parse(toJson(sampleResults()));
  for (const auto& item : value.as_object()) keys.emplace_back(item.key());
  EXPECT_THAT(
      keys, ::testing::ElementsAre("schema", "tool", "scenario", "seed", "started", "wall_ms", "clock_speed", "tls",
                                   "verdict", "error", "machines", "provisioned_before", "groups", "profiles",
                                   "expectations", "steps", "timeline", "failures", "faults", "best_practice", "health",
                                   "environment", "files", "merged_from", "field", "rerun"));
}

TEST(ResultsJson, HoldsWhatTheRunShowed) {
  const auto value = json::parse(toJson(sampleResults()));
  EXPECT_EQ(value.at("scenario"), "monday & <friends>");
  EXPECT_EQ(value.at("wall_ms"), 1234.568);
  EXPECT_EQ(value.at("verdict"), "failed");
  EXPECT_EQ(value.at_pointer("/groups/1/outcomes/psk-refused").to_number<int>(), 1);
  EXPECT_EQ(value.at_pointer("/failures/0/example/at"), "handshake");
  EXPECT_EQ(value.at_pointer("/steps/0/p50"), 0.25);
  EXPECT_EQ(value.at_pointer("/health/descriptors/limit").to_number<int>(), 1024);
}

TEST(ResultsJson, WritesNumbersAsPeopleDo) {
  EXPECT_THAT(toJson(sampleResults()), ::testing::HasSubstr("\"wall_ms\": 1234.568,\n"));
}

TEST(ResultsJson, MachinesAreOneObjectALine) {
  auto results = sampleResults();
  results.machinesDetail.push_back(results.machinesDetail.front());
  results.machinesDetail.back().name = "desktops/4";
  std::istringstream lines(toJsonLines(results));
  std::vector<std::string> names;
  for (std::string line; std::getline(lines, line);) {
    names.emplace_back(json::parse(line).at("name").as_string());
  }
  EXPECT_THAT(names, ::testing::ElementsAre("desktops/3", "desktops/4"));
}

}  // namespace
}  // namespace vme::report

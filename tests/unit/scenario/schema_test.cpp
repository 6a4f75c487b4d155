// The committed JSON schema is the one that the key tables make, and the tables hold exactly what the readers ask for.

#include "scenario/schema.hpp"

#include <gmock/gmock.h>

#include <boost/json.hpp>
#include <fstream>
#include <sstream>

#include "scenario/keys.hpp"
#include "unit/scenario/text.hpp"

namespace vme::scenario {
namespace {

namespace json = boost::json;

std::string fileText(const std::string& name) {
  std::ifstream file(VME_SOURCE_DIR "/scenarios/" + name);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(ScenarioSchema, TheCommittedFileIsWhatTheTablesMake) {
  EXPECT_EQ(fileText("schema/scenario.schema.json"), schemaText()) << "run: vme scenario schema > the file";
}

TEST(ScenarioSchema, EverySectionIsADefinitionWithItsKeys) {
  const auto schema = json::parse(schemaText());
  const auto& group = schema.at_pointer("/$defs/group/properties").as_object();
  EXPECT_TRUE(group.contains("overrides"));
  EXPECT_TRUE(schema.at_pointer("/$defs/override/properties").as_object().contains("approval"));
  EXPECT_FALSE(schema.at_pointer("/$defs/override/properties").as_object().contains("machines"));
  EXPECT_EQ(schema.at_pointer("/$defs/order/required").as_array().size(), 1U);
  EXPECT_EQ(schema.at_pointer("/properties/groups/items/$ref").as_string(), "#/$defs/group");
}

TEST(ScenarioSchema, EveryKeyHasADocSentence) {
  std::set<const Section*> seen;
  std::vector<const Section*> open{&scenarioSection()};
  std::set<std::string_view> names;
  while (!open.empty()) {
    const auto* section = open.back();
    open.pop_back();
    if (!seen.insert(section).second) continue;
    EXPECT_TRUE(names.insert(section->name).second) << "two sections " << section->name;
    for (const auto& key : section->keys) {
      EXPECT_FALSE(key.doc.empty() || key.doc.ends_with('.')) << section->name << "." << key.name;
      EXPECT_FALSE(key.shapes.empty()) << section->name << "." << key.name;
      std::vector<Shape> shapes = key.shapes;
      while (!shapes.empty()) {
        const auto shape = shapes.back();
        shapes.pop_back();
        if (shape.section) open.push_back(&shape.section());
        shapes.insert(shapes.end(), shape.items.begin(), shape.items.end());
      }
    }
  }
  EXPECT_GT(seen.size(), 25U);
}

TEST(ScenarioSchema, ATableThatLacksAKeyOfItsReaderIsOurFault) {
  const auto document = profile::parseYaml("s.yaml", "{a: 1}");
  const profile::YamlCursor map(document);
  map.find("a");
  map.find("b");
  EXPECT_THROW(finish(map, Section{"t", {{"a", "a", {shape::text()}}}}), std::logic_error);
}

TEST(ScenarioSchema, AKeyThatNoReaderAsksForIsOurFault) {
  const auto document = profile::parseYaml("s.yaml", "{a: 1}");
  const profile::YamlCursor map(document);
  map.find("a");
  EXPECT_THROW(finish(map, Section{"t", {{"a", "a", {shape::text()}}, {"b", "b", {shape::text()}}}}), std::logic_error);
}

}  // namespace
}  // namespace vme::scenario

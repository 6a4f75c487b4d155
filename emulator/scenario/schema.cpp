#include "scenario/schema.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <map>
#include <stdexcept>

#include "base/json_text.hpp"
#include "report/print.hpp"
#include "scenario/keys.hpp"

namespace vme::scenario {
namespace {

namespace json = boost::json;

constexpr std::string_view kDuration = R"(^(0|[0-9]+(\.[0-9]+)?(ms|s|m|h))$)";
constexpr std::string_view kSize = "^[0-9]+(B|KiB|MiB|GiB)$";
constexpr std::string_view kShare = R"(^[0-9]+(\.[0-9]+)?%$)";
constexpr std::string_view kCount = R"(^ *(<|<=|>|>=|=|==)? *[0-9]+(\.[0-9]+)? *%?$)";
constexpr std::string_view kLimit = R"(^ *(<|<=|>|>=) *([0-9]+(\.[0-9]+)?(ms|s|m|h)|0)$)";

json::object pattern(std::string_view text) {
  return {{"type", "string"}, {"pattern", jsonText(text)}};
}

/// Sections are definitions of their own, so that they may hold each other.
class Writer {
 public:
  json::value refTo(const Section& section) {
    const std::string name(section.name);
    const auto [known, isNew] = seen_.emplace(name, &section);
    if (known->second != &section) throw std::logic_error("two key tables are called " + name);
    if (isNew) {
      definitions_[name];  // keeps its place
      definitions_[name] = mapOf(section);
    }
    return json::object{{"$ref", "#/$defs/" + name}};
  }

  json::object mapOf(const Section& section) {
    json::object properties;
    json::array required;
    for (const auto& key : section.keys) {
      auto shape = anyOf(key.shapes);
      shape["description"] = jsonText(key.doc);
      properties[jsonText(key.name)] = std::move(shape);
      if (key.required) required.push_back(jsonText(key.name));
    }
    return {{"type", "object"},
            {"properties", std::move(properties)},
            {"required", std::move(required)},
            {"additionalProperties", false}};
  }

  json::object takeDefinitions() {
    // What may stand wherever a single value may.
    definitions_["variable"] = pattern(R"(\$\{[^}]+\})");
    // Plain digits are a text as well.
    definitions_["text"] = json::object{{"type", json::array{"string", "number", "boolean"}}};
    return std::move(definitions_);
  }

 private:
  json::object anyOf(const std::vector<Shape>& shapes) {
    json::array all;
    bool isSingle = false;
    for (const auto& shape : shapes) {
      isSingle = isSingle || !(shape.kind == Shape::Kind::map || shape.kind == Shape::Kind::list ||
                               shape.kind == Shape::Kind::free || shape.kind == Shape::Kind::named ||
                               (shape.kind == Shape::Kind::text && shape.pattern.empty()));
      all.push_back(of(shape));
    }
    if (isSingle) all.push_back(json::object{{"$ref", "#/$defs/variable"}});
    if (all.size() == 1) return all.front().get_object();
    return {{"anyOf", std::move(all)}};
  }

  static json::object number(const Shape& shape, std::string_view type) {
    json::object out{{"type", jsonText(type)}};
    const bool isBounded = shape.least != shape.most;
    if (isBounded || type == "integer") out[shape.isAbove ? "exclusiveMinimum" : "minimum"] = bound(shape.least, type);
    if (isBounded) out["maximum"] = bound(shape.most, type);
    if (!isBounded && type == "integer" && shape.least != 0) out["maximum"] = bound(shape.most, type);
    return out;
  }

  static json::value bound(double value, std::string_view type) {
    if (type == "integer" || value == static_cast<double>(static_cast<std::int64_t>(value))) {
      return static_cast<std::int64_t>(value);
    }
    return value;
  }

  json::value of(const Shape& shape) {
    using Kind = Shape::Kind;
    switch (shape.kind) {
      case Kind::text:
        if (!shape.pattern.empty()) return pattern(shape.pattern);
        return json::object{{"$ref", "#/$defs/text"}};
      case Kind::boolean:
        return json::object{{"enum", json::array{true, false, "yes", "no", "on", "off"}}};
      case Kind::integer:
        return number(shape, "integer");
      case Kind::decimal:
        return number(shape, "number");
      case Kind::share:
        return pattern(kShare);
      case Kind::duration:
        return json::object{{"anyOf", json::array{pattern(kDuration), json::object{{"enum", json::array{0}}}}}};
      case Kind::size:
        return pattern(kSize);
      case Kind::count:
        return json::object{{"anyOf", json::array{pattern(kCount), json::object{{"type", "integer"}, {"minimum", 0}}}}};
      case Kind::limit:
        return pattern(kLimit);
      case Kind::word: {
        json::array words;
        for (const auto& word : shape.words) words.push_back(jsonText(word));
        return json::object{{"enum", std::move(words)}};
      }
      case Kind::map:
        return refTo(shape.section());
      case Kind::list: {
        json::object list{{"type", "array"}, {"items", anyOf(shape.items)}};
        if (shape.atLeastOne) list["minItems"] = 1;
        return list;
      }
      case Kind::named:
        return json::object{{"type", "object"}, {"additionalProperties", anyOf(shape.items)}};
      case Kind::free:
        break;
    }
    return json::object{{"type", "object"}};
  }

  std::map<std::string, const Section*> seen_;
  json::object definitions_;
};

}  // namespace

std::string schemaText() {
  Writer writer;
  auto all = json::object{{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                          {"title", "VirtualME scenario"},
                          {"description",
                           "Who comes, when, to which service point, and what must hold. Explained in "
                           "docs/scenarios.md."}};
  for (auto& entry : writer.mapOf(scenarioSection())) all[entry.key()] = std::move(entry.value());
  all["$defs"] = writer.takeDefinitions();
  return report::printed(all);
}

}  // namespace vme::scenario

#include <algorithm>
#include <array>

#include "base/error.hpp"
#include "base/nearest.hpp"
#include "firmware/wsman/generator/rows.hpp"
#include "wire/realms.hpp"

namespace vme::cim {
namespace {

using profile::YamlCursor;

constexpr std::array<std::pair<std::string_view, unsigned>, 5> kLevels{
    {{"3.0", 30}, {"3.2", 32}, {"4.0", 40}, {"5.0", 50}, {"5.1", 51}}};

constexpr std::array<std::pair<std::string_view, std::string_view>, 10> kTypes{{{"boolean", "boolean"},
                                                                                {"uint8", "uint8"},
                                                                                {"uint16", "uint16"},
                                                                                {"uint32", "uint32"},
                                                                                {"uint64", "uint64"},
                                                                                {"sint64", "sint64"},
                                                                                {"string", "text"},
                                                                                {"base64", "base64"},
                                                                                {"datetime", "datetime"},
                                                                                {"reference", "reference"}}};

enum class Kind { value, list, method, edit, need };
struct KnownName {
  Kind kind;
  std::string_view name;
  std::string_view function;
};
constexpr KnownName kKnown[] = {
#define VME_VALUE(group, name) {Kind::value, #group ":" #name, "values::" #group "::" #name},
#define VME_LIST(name) {Kind::list, #name, "lists::" #name},
#define VME_METHOD(name) {Kind::method, #name, "methods::" #name},
#define VME_EDIT(name) {Kind::edit, #name, "edits::" #name},
#define VME_NEED(name) {Kind::need, #name, "needs::" #name},
#include "firmware/wsman/catalogue/names.inc"
};

/// The C++ function behind a name.
std::string known(const YamlCursor& cursor, Kind kind) {
  std::vector<std::pair<std::string_view, std::string_view>> ofItsKind;
  for (const auto& row : kKnown) {
    if (row.kind == kind) ofItsKind.emplace_back(row.name, row.function);
  }
  return std::string(cursor.choice(std::span<const std::pair<std::string_view, std::string_view>>(ofItsKind)));
}

std::string knownOrNone(const YamlCursor& map, std::string_view key, Kind kind) {
  const auto cursor = map.find(key);
  return cursor ? known(*cursor, kind) : std::string();
}

unsigned level(const YamlCursor& cursor) {
  return cursor.choice(std::span<const std::pair<std::string_view, unsigned>>(kLevels));
}

unsigned since(const YamlCursor& map) {
  const auto cursor = map.find("since");
  return cursor ? level(*cursor) : kLevels.front().second;
}

bool flag(const YamlCursor& map, std::string_view key) {
  const auto cursor = map.find(key);
  return cursor && cursor->boolean();
}

std::uint32_t realmBits(const YamlCursor& list) {
  wire::RealmSet realms;
  for (const auto& item : list.items()) {
    const auto realm = wire::realmFrom(item.text());
    if (realm) {
      realms.add(*realm);
      continue;
    }
    std::vector<std::string> names;
    for (const auto& info : wire::allRealms()) names.emplace_back(info.name);
    item.fail("\"" + item.text() + "\" is no realm." + didYouMean(item.text(), names));
  }
  return realms.bits;
}

/// `uint16[]` -> the enumerator, and whether it is an array.
void readType(const YamlCursor& map, std::string& type, bool& array) {
  const auto cursor = map.at("type");
  auto word = cursor.text();
  array = word.ends_with("[]");
  if (array) word.resize(word.size() - 2);
  const auto* found = std::ranges::find(kTypes, word, &std::pair<std::string_view, std::string_view>::first);
  std::vector<std::string> names;
  for (const auto& [name, enumerator] : kTypes) names.emplace_back(name);
  if (found == kTypes.end()) cursor.fail("\"" + word + "\" is no type." + didYouMean(word, names));
  type = found->second;
}

void readReference(const YamlCursor& map, SourceRow& source) {
  source.referenceClass = map.at("class").text();
  for (const auto& [key, value] : map.entries()) {
    if (key != "class") source.selectors.emplace_back(key, value.text());
  }
  std::ranges::sort(source.selectors);
}

/// The source keys of a property or of an instance's entry; none of them is no source.
SourceRow readSource(const YamlCursor& map, bool array) {
  SourceRow source;
  source.place = map.place();
  int given = 0;
  if (const auto cursor = map.find("const")) {
    ++given;
    if (cursor->isList()) {
      if (!array) cursor->fail("several values for what is no array. write one, or `[]` after the type");
      for (const auto& item : cursor->items()) source.texts.push_back(item.text());
    } else {
      source.texts.push_back(cursor->text());
    }
  }
  if (const auto cursor = map.find("from")) {
    ++given;
    source.provider = known(*cursor, Kind::value);
  }
  if (const auto cursor = map.find("hardware")) {
    ++given;
    source.hardware = cursor->text();
  }
  if (const auto cursor = map.find("reference")) {
    ++given;
    readReference(*cursor, source);
  }
  if (given > 1) map.fail("there are several sources. keep one of const, from, hardware, reference");
  return source;
}

PropertyRow readProperty(const std::string& name, const YamlCursor& map) {
  PropertyRow row;
  row.name = name;
  readType(map, row.type, row.array);
  row.key = flag(map, "key");
  row.required = flag(map, "required");
  if (const auto cursor = map.find("required_below")) row.requiredBelow = level(*cursor);
  row.since = since(map);
  row.source = readSource(map, row.array);
  if (row.key && row.array) map.fail("a key is an array. keys have one value");
  map.finish();
  return row;
}

std::vector<SourceRow> sourcesOf(const ClassRow& row) {
  std::vector<SourceRow> sources;
  for (const auto& property : row.properties) sources.push_back(property.source);
  return sources;
}

std::vector<SourceRow> readInstance(const ClassRow& row, const YamlCursor& map) {
  auto sources = sourcesOf(row);
  std::vector<std::string> names;
  for (const auto& property : row.properties) names.push_back(property.name);
  for (const auto& [name, value] : map.entries()) {
    const auto found = std::ranges::find(names, name);
    if (found == names.end()) value.fail("\"" + name + "\" is no property of the class." + didYouMean(name, names));
    const auto index = static_cast<std::size_t>(found - names.begin());
    sources[index] = readSource(value, row.properties[index].array);
    value.finish();
  }
  return sources;
}

std::vector<ParameterRow> readParameters(const YamlCursor& method, std::string_view key) {
  std::vector<ParameterRow> rows;
  const auto map = method.find(key);
  if (!map) return rows;
  for (const auto& [name, value] : map->entries()) {
    ParameterRow row;
    row.name = name;
    readType(value, row.type, row.array);
    row.required = flag(value, "required");
    if (const auto list = value.find("values")) {
      for (const auto& item : list->items()) row.values.push_back(item.number(0, UINT32_MAX));
    }
    value.finish();
    rows.push_back(std::move(row));
  }
  return rows;
}

MethodRow readMethod(const std::string& name, const YamlCursor& map) {
  MethodRow row;
  row.name = name;
  row.handler = known(map.at("handler"), Kind::method);
  row.since = since(map);
  row.need = knownOrNone(map, "needs", Kind::need);
  row.inputs = readParameters(map, "in");
  row.outputs = readParameters(map, "out");
  map.finish();
  return row;
}

ClassRow readClass(const std::string& name, const YamlCursor& map) {
  ClassRow row;
  row.name = name;
  row.place = map.place();
  row.since = level(map.at("since"));
  row.need = knownOrNone(map, "needs", Kind::need);
  if (const auto list = map.find("extends")) {
    for (const auto& item : list->items()) row.superclasses.push_back(item.text());
  }
  row.readBits = realmBits(map.at("read"));
  row.writeBits = realmBits(map.at("write"));
  row.list = knownOrNone(map, "list", Kind::list);
  row.put = knownOrNone(map, "put", Kind::edit);
  row.create = knownOrNone(map, "create", Kind::edit);
  row.remove = knownOrNone(map, "delete", Kind::edit);
  for (const auto& [property, value] : map.at("properties").entries()) {
    row.properties.push_back(readProperty(property, value));
  }
  if (row.properties.empty()) map.fail("a class has no properties. add its keys");
  std::ranges::sort(row.properties, {}, &PropertyRow::name);
  const auto instances = map.find("instances");
  if (instances && !row.list.empty()) instances->fail("there is a list as well. keep one of list, instances");
  if (instances) {
    for (const auto& item : instances->items()) row.instances.push_back(readInstance(row, item));
  } else {
    row.instances.push_back(sourcesOf(row));
  }
  if (const auto methods = map.find("methods")) {
    for (const auto& [method, value] : methods->entries()) row.methods.push_back(readMethod(method, value));
  }
  map.finish();
  return row;
}

void checkSource(const Catalogue& catalogue, const SourceRow& source) {
  if (!source.hardware.empty() && std::ranges::find(catalogue.columns, source.hardware) == catalogue.columns.end()) {
    throw ConfigError(source.place, "\"" + source.hardware + "\" is no column of platforms.yaml." +
                                        didYouMean(source.hardware, catalogue.columns));
  }
  if (source.referenceClass.empty()) return;
  const auto target = catalogue.classes.find(source.referenceClass);
  if (target == catalogue.classes.end()) {
    throw ConfigError(source.place, "the class \"" + source.referenceClass + "\" is not in the catalogue. add it");
  }
  for (const auto& [name, text] : source.selectors) {
    const auto isKey = [&](const PropertyRow& property) { return property.key && property.name == name; };
    if (std::ranges::none_of(target->second.properties, isKey)) {
      throw ConfigError(source.place, "\"" + name + "\" is no key of " + source.referenceClass + ". name its keys");
    }
  }
}

}  // namespace

void readClasses(const YamlCursor& document, Catalogue& into) {
  for (const auto& [name, value] : document.entries()) {
    const auto [old, isNew] = into.classes.try_emplace(name, readClass(name, value));
    if (!isNew) value.fail("the class \"" + name + "\" stands twice, first at " + old->second.place + ". keep one");
  }
}

void readPlatforms(const YamlCursor& document, Catalogue& into) {
  const auto platforms = document.at("platforms");
  const auto first = platforms.at("default");
  for (const auto& [column, value] : first.entries()) into.columns.push_back(column);
  for (const auto& [chipset, map] : platforms.entries()) {
    std::vector<std::string> texts;
    for (const auto& column : into.columns) texts.push_back(map.at(column).text());
    map.finish();
    const auto at = chipset == "default" ? into.platforms.begin() : into.platforms.end();
    into.platforms.emplace(at, chipset, std::move(texts));
  }
  document.finish();
}

void checkCatalogue(const Catalogue& catalogue) {
  for (const auto& [name, row] : catalogue.classes) {
    for (const auto& instance : row.instances) {
      for (const auto& source : instance) checkSource(catalogue, source);
    }
  }
}

}  // namespace vme::cim

#include "scenario/rerun.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <fstream>
#include <iterator>

#include "base/error.hpp"
#include "base/json_text.hpp"

namespace vme::scenario {
namespace {

namespace json = boost::json;
using profile::YamlValue;

constexpr int kSchema = 1;

/// Keys whose values results do not tell; they are read again from the scenario's file.
constexpr std::array<std::string_view, 7> kSecrets{
    "setup_password", "setup_passwords", "admin_password", "site_secret", "otp", "expected_otp", "pps"};

bool isSecretKey(std::string_view key) {
  return std::ranges::find(kSecrets, key) != kSecrets.end();
}

json::value toJson(const YamlValue& value) {
  switch (value.kind) {
    case YamlValue::Kind::null:
      break;
    case YamlValue::Kind::scalar:
      return json::string(value.text);
    case YamlValue::Kind::list: {
      json::array items;
      for (const auto& item : value.items) items.push_back(toJson(item));
      return items;
    }
    case YamlValue::Kind::map: {
      json::object map;
      for (const auto& entry : value.entries) {
        map[entry.key] = isSecretKey(entry.key) ? json::value(nullptr) : toJson(entry.value);
      }
      return map;
    }
  }
  return nullptr;
}

bool lacksSecrets(const YamlValue& kept) {
  return std::ranges::any_of(kept.items, lacksSecrets) ||
         std::ranges::any_of(kept.entries, [](const YamlValue::Entry& entry) {
           return isSecretKey(entry.key) ? entry.value.kind == YamlValue::Kind::null : lacksSecrets(entry.value);
         });
}

/// Takes what is not kept from the same place of `whole`.
void restoreSecrets(YamlValue& kept, const YamlValue& whole) {
  for (std::size_t i = 0; i < kept.items.size() && i < whole.items.size(); ++i) {
    restoreSecrets(kept.items[i], whole.items[i]);
  }
  for (auto& entry : kept.entries) {
    const auto found = std::ranges::find(whole.entries, entry.key, &YamlValue::Entry::key);
    if (found == whole.entries.end()) continue;
    if (isSecretKey(entry.key) && entry.value.kind == YamlValue::Kind::null) {
      entry.value = found->value;
    } else {
      restoreSecrets(entry.value, found->value);
    }
  }
}

/// The run's scenario as its file says now.
void restoreFromFile(YamlValue& kept, const json::object& rerun, const Source& source, const Overrides& overrides) {
  const auto file = source.folder / std::filesystem::path(source.file).filename();
  std::ifstream in(file, std::ios::binary);
  if (!in) return;
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  for (const auto& document : documentsOf(profile::parseYaml(file.string(), text), source.folder, overrides)) {
    json::object cell;
    for (const auto& [axis, value] : document.cell) cell[axis] = value;
    const auto* own = rerun.if_contains("cell");
    if (!own || *own == json::value(cell)) restoreSecrets(kept, document.tree);
  }
}

YamlValue toYaml(const json::value& value, const std::string& place) {
  YamlValue tree{.kind = YamlValue::Kind::null, .text = {}, .items = {}, .entries = {}, .place = place};
  if (const auto* text = value.if_string()) {
    tree.kind = YamlValue::Kind::scalar;
    tree.text = std::string(*text);
  } else if (const auto* list = value.if_array()) {
    tree.kind = YamlValue::Kind::list;
    for (const auto& item : *list) tree.items.push_back(toYaml(item, place));
  } else if (const auto* map = value.if_object()) {
    tree.kind = YamlValue::Kind::map;
    for (const auto& entry : *map) {
      const auto below = place + "." + std::string(entry.key());
      tree.entries.push_back({std::string(entry.key()), below, toYaml(entry.value(), below)});
    }
  }
  return tree;
}

std::string textOf(const json::object& map, std::string_view key) {
  const auto* value = map.if_contains(key);
  return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

template <typename Number>
std::optional<Number> numberOf(const json::object& map, std::string_view key) {
  const auto* value = map.if_contains(key);
  if (!value || !value->is_number()) return std::nullopt;
  boost::system::error_code error;
  const auto number = value->to_number<Number>(error);
  return error ? std::nullopt : std::optional(number);
}

json::object parsed(const std::string& place, std::string_view text) {
  boost::system::error_code error;
  const auto value = json::parse(jsonText(text), error);
  if (error || !value.is_object()) {
    throw ConfigError(place, "this is no results.json. name the one of a run's report folder");
  }
  const auto schema = numberOf<int>(value.get_object(), "schema");
  if (schema != kSchema) {
    throw ConfigError(place, fmt::format("the results have schema {}, this version reads {}. run the scenario again",
                                         schema ? std::to_string(*schema) : "none", kSchema));
  }
  return value.get_object();
}

}  // namespace

std::string rerunOf(const Document& document, const Scenario& scenario, const Source& source,
                    const Overrides& overrides) {
  json::object options{{"seed", scenario.seed}};
  if (overrides.machines) options["machines"] = *overrides.machines;
  if (overrides.timeScale) options["time_scale"] = *overrides.timeScale;
  if (overrides.servicePoint) options["service_point"] = *overrides.servicePoint;
  if (overrides.profiles) options["profiles"] = overrides.profiles->string();
  std::error_code error;
  const auto folder = std::filesystem::absolute(source.folder.empty() ? "." : source.folder, error);
  json::object cell;
  for (const auto& [axis, value] : document.cell) cell[axis] = value;
  return jsonLine(json::object{{"file", source.file},
                               {"folder", error ? source.folder.string() : folder.lexically_normal().string()},
                               {"cell", std::move(cell)},
                               {"options", std::move(options)},
                               {"scenario", toJson(document.tree)}});
}

Scenario rerunFrom(const std::string& place, std::string_view results, const Overrides& given) {
  const auto all = parsed(place, results);
  const auto* rerun = all.if_contains("rerun");
  const auto* kept = rerun && rerun->is_object() ? rerun->get_object().if_contains("scenario") : nullptr;
  if (!kept || !kept->is_object()) {
    throw ConfigError(place, "the results do not hold their scenario, as those of an earlier version. run it again");
  }
  const auto& object = rerun->get_object();
  const auto* options = object.if_contains("options");
  const auto own = options && options->is_object() ? options->get_object() : json::object{};
  auto overrides = given;
  if (!overrides.seed) overrides.seed = numberOf<std::uint64_t>(own, "seed");
  if (!overrides.machines) overrides.machines = numberOf<std::uint32_t>(own, "machines");
  if (!overrides.timeScale) overrides.timeScale = numberOf<double>(own, "time_scale");
  if (!overrides.servicePoint && own.contains("service_point")) overrides.servicePoint = textOf(own, "service_point");
  if (!overrides.profiles && own.contains("profiles")) overrides.profiles = textOf(own, "profiles");
  const Source source{textOf(object, "file"), textOf(object, "folder")};
  auto tree = toYaml(*kept, place + ": rerun.scenario");
  if (lacksSecrets(tree)) {
    restoreFromFile(tree, object, source, given);
    if (lacksSecrets(tree)) {
      throw ConfigError(place, fmt::format("passwords of the scenario are not kept in results, and {} in {} does not "
                                           "have them. put the file back, or run it again",
                                           source.file, source.folder.string()));
    }
  }
  auto scenarios = readTree(std::move(tree), source, overrides);
  auto scenario = std::move(scenarios.front());
  scenario.name = textOf(all, "scenario").empty() ? scenario.name : textOf(all, "scenario");
  return scenario;
}

}  // namespace vme::scenario

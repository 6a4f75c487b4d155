#include "scenario/quirk_catalogue.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/nearest.hpp"
#include "profile/embedded.hpp"
#include "profile/yaml_cursor.hpp"

namespace vme::scenario {
namespace {

QuirkInfo readInfo(const profile::YamlCursor& map) {
  QuirkInfo info{.id = map.at("id").text(),
                 .title = map.at("title").text(),
                 .wire = map.at("wire").text(),
                 .server = map.at("server").text(),
                 .source = map.at("source").text(),
                 .example = map.at("example").text(),
                 .parameters = {}};
  if (const auto parameters = map.find("parameters")) {
    for (const auto& [name, doc] : parameters->entries()) info.parameters.emplace_back(name, doc.text());
  }
  map.finish();
  return info;
}

std::vector<QuirkInfo> readCatalogue() {
  const auto files = profile::embeddedFiles();
  const auto file = std::ranges::find(files, "quirks.yaml", &profile::EmbeddedFile::path);
  if (file == files.end()) return {};
  const auto document = profile::parseYaml("profiles/quirks.yaml", file->text);
  const profile::YamlCursor root(document);
  std::vector<QuirkInfo> all;
  for (const auto& item : root.at("quirks").items()) all.push_back(readInfo(item));
  root.finish();
  return all;
}

}  // namespace

std::span<const QuirkInfo> quirkCatalogue() {
  static const std::vector<QuirkInfo> kAll = readCatalogue();
  return kAll;
}

const QuirkInfo& findQuirk(const std::string& id, const std::string& place) {
  std::vector<std::string> names;
  for (const auto& info : quirkCatalogue()) {
    if (info.id == id) return info;
    names.push_back(info.id);
  }
  auto hint = didYouMean(id, names);
  if (hint.empty()) hint = " `vme quirks` lists them";
  throw ConfigError(place, "there is no quirk \"" + id + "\"." + hint);
}

}  // namespace vme::scenario

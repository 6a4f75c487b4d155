#include "profile/catalogue.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "base/error.hpp"
#include "base/nearest.hpp"
#include "base/version_order.hpp"
#include "profile/check.hpp"
#include "profile/embedded.hpp"
#include "profile/fields.hpp"

namespace vme::profile {
namespace {

std::string readFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw ConfigError(path.string(), "the file cannot be read. check its name and permissions");
  return {std::istreambuf_iterator<char>(file), {}};
}

void readSections(Profile& profile, const YamlCursor& root) {
  std::vector<std::pair<std::string_view, std::optional<YamlCursor>>> sections;
  for (const auto& field : allFields()) {
    if (sections.empty() || sections.back().first != field.section) {
      sections.emplace_back(field.section, root.find(field.section));
    }
    const auto& section = sections.back().second;
    if (!section) continue;
    if (const auto value = section->find(field.key)) field.read(profile, *value);
  }
  for (const auto& [name, section] : sections) {
    if (section) section->finish();
  }
}

/// A bug that has no hook in the code must not be named in vain.
void readQuirks(Profile& profile, const YamlCursor& list) {
  const auto known = allQuirks();
  profile.quirks.clear();
  for (const auto& item : list.items()) {
    auto quirk = item.text();
    if (std::ranges::find(known, quirk) == known.end()) {
      const std::vector<std::string> names(known.begin(), known.end());
      item.fail("the quirk \"" + quirk + "\" is not available in this version." +
                (didYouMean(quirk, names).empty() ? " leave it out" : didYouMean(quirk, names)));
    }
    profile.quirks.push_back(std::move(quirk));
  }
}

/// The *.yaml files of a folder, in the order of their names.
std::vector<std::filesystem::path> profileFiles(const std::filesystem::path& folder) {
  if (!std::filesystem::is_directory(folder)) {
    throw ConfigError(folder.string(), "this is no folder. give one with *.yaml profiles");
  }
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".yaml") files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

}  // namespace

Catalogue::Catalogue(const std::optional<std::filesystem::path>& own) {
  for (const auto& file : embeddedFiles()) {
    const auto path = "profiles/" + std::string(file.path);
    if (file.path.starts_with("compat/")) {
      auto document = parseYaml(path, file.text);
      auto name = YamlCursor(document).at("name").text();
      compat_.emplace(std::move(name), std::move(document));
    } else if (file.path.starts_with("firmware/")) {
      add(path, file.text);
    }
  }
  for (auto& [name, source] : sources_) {
    std::vector<std::string> path;
    auto profile = std::make_shared<Profile>(resolve(name, path));
    if (!source.isAbstract) checkProfile(*profile, source.document->place);
    source.resolved = std::move(profile);
  }
  if (!own) return;
  std::map<std::string, std::string> fileOf;
  for (const auto& path : profileFiles(*own)) {
    const auto file = path.string();
    const auto name = add(file, readFile(path));
    const auto [first, isNew] = fileOf.emplace(name, file);
    if (!isNew) throw ConfigError(file, "\"" + name + "\" is the name in " + first->second + " too. rename one");
  }
}

std::string Catalogue::add(const std::string& file, std::string_view text) {
  auto document = std::make_shared<YamlValue>(parseYaml(file, text));
  const YamlCursor root(*document);
  if (const auto schema = root.find("schema")) schema->number(1, 1);
  auto name = root.at("name").text();
  const auto isAbstract = root.find("abstract");
  const bool abstractFlag = isAbstract && isAbstract->boolean();
  const bool isNew = sources_.insert_or_assign(name, Source{std::move(document), abstractFlag, nullptr}).second;
  if (!isNew) {
    for (auto& [other, source] : sources_) source.resolved.reset();  // any of them may inherit it
  }
  return name;
}

std::vector<std::string> Catalogue::names() const {
  std::vector<std::string> all;
  for (const auto& [name, source] : sources_) {
    if (!source.isAbstract) all.push_back(name);
  }
  std::ranges::sort(all, versionLess);
  return all;
}

std::vector<std::string> Catalogue::compatNames() const {
  std::vector<std::string> all;
  for (const auto& [name, document] : compat_) all.push_back(name);
  return all;
}

std::shared_ptr<const Profile> Catalogue::withCompat(const Profile& profile, const std::vector<std::string>& names,
                                                     const std::string& place) const {
  auto changed = std::make_shared<Profile>(profile);
  for (const auto& name : names) {
    const auto found = compat_.find(name);
    if (found == compat_.end()) {
      auto hint = didYouMean(name, compatNames());
      if (hint.empty()) hint = fmt::format(" there is: {}", fmt::join(compatNames(), ", "));
      throw ConfigError(place, fmt::format("there is no compatibility set \"{}\".{}", name, hint));
    }
    const YamlCursor root(found->second);
    for (const auto* key : {"schema", "name", "description"}) root.find(key);
    readSections(*changed, root);
    root.finish();
    changed->compat.push_back(name);
  }
  checkProfile(*changed, place);
  return changed;
}

std::shared_ptr<const Profile> Catalogue::find(std::string_view name, const std::string& place) const {
  const auto found = sources_.find(name);
  if (found == sources_.end() || found->second.isAbstract) {
    auto hint = didYouMean(name, names());
    if (hint.empty()) hint = " `vme profiles` lists them";
    throw ConfigError(place, "there is no profile \"" + std::string(name) + "\"." + hint);
  }
  if (found->second.resolved) return found->second.resolved;
  std::vector<std::string> path;
  auto profile = std::make_shared<Profile>(resolve(found->first, path));
  checkProfile(*profile, found->second.document->place);
  return profile;
}

Profile Catalogue::resolve(const std::string& name, std::vector<std::string>& path) const {
  const auto& source = sources_.find(name)->second;
  if (source.resolved) return *source.resolved;
  const YamlCursor root(*source.document);
  Profile profile;
  root.find("schema");
  root.find("abstract");
  root.find("name");
  path.push_back(name);
  if (const auto base = root.find("inherits")) {
    const auto baseName = base->text();
    if (std::ranges::find(path, baseName) != path.end()) {
      base->fail("\"" + baseName + "\" inherits \"" + name + "\" in turn. break the circle");
    }
    if (!sources_.contains(baseName)) {
      std::vector<std::string> known;
      for (const auto& [other, unused] : sources_) known.push_back(other);
      base->fail("there is no profile \"" + baseName + "\" to inherit." + didYouMean(baseName, known));
    }
    profile = resolve(baseName, path);
  }
  profile.name = name;
  if (const auto description = root.find("description")) profile.description = description->text();
  if (const auto quirks = root.find("quirks")) readQuirks(profile, *quirks);
  readSections(profile, root);
  root.finish();
  return profile;
}

}  // namespace vme::profile

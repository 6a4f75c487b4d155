#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/error.hpp"
#include "scenario/document.hpp"
#include "scenario/files.hpp"

namespace vme::scenario {
namespace {

using profile::YamlCursor;
using profile::YamlValue;

constexpr std::size_t kDeepest = 8, kMostFiles = 100;
constexpr std::uintmax_t kLargest = 1U << 20U;
constexpr std::array<std::string_view, 5> kOwn{"name", "description", "field", "matrix", "exclude"};
constexpr std::array<std::string_view, 4> kJoined{"groups", "expect", "faults", "phases"};

class Includer {
 public:
  void join(YamlValue& tree, const std::filesystem::path& folder) {
    const YamlCursor root(tree);
    const auto list = root.find("include");
    if (!list) return;
    std::vector<YamlValue> parts;
    for (const auto& item : list->items()) parts.push_back(read(item, folder));
    eraseEntry(tree, "include");
    YamlValue all{.kind = YamlValue::Kind::map, .text = {}, .items = {}, .entries = {}, .place = tree.place};
    for (auto& part : parts) add(all, std::move(part));
    add(all, std::move(tree));
    tree = std::move(all);
  }

 private:
  YamlValue read(const YamlCursor& item, const std::filesystem::path& folder) {
    const auto path = (folder / item.text()).lexically_normal();
    std::error_code error;
    const auto real = std::filesystem::weakly_canonical(path, error);
    if (std::ranges::find(open_, real) != open_.end()) {
      item.fail(fmt::format("{} includes {}, which is being read already. take one of the two includes out",
                            item.path(), path.string()));
    }
    if (open_.size() >= kDeepest || ++files_ > kMostFiles) {
      item.fail(fmt::format("{} files are included, or more than {} one by another. put them together", kMostFiles,
                            kDeepest));
    }
    auto part = profile::parseYaml(path.string(), readNamedFile(item, folder, kLargest,
                                                                "a file with groups, expect or "
                                                                "variables"));
    const YamlCursor map(part);
    for (const auto key : kOwn) {
      map.refuse(key, "belongs to the scenario itself, not to a file that it includes. leave it out here");
    }
    open_.push_back(real);
    join(part, path.parent_path());
    open_.pop_back();
    return part;
  }

  /// Lists grow, variables are joined name by name, and of anything else the including file's word counts.
  static void add(YamlValue& all, YamlValue part) {
    for (auto& entry : part.entries) {
      auto* there = entryNamed(all, entry.key);
      const bool isJoined = std::ranges::find(kJoined, entry.key) != kJoined.end();
      if (!there) {
        all.entries.push_back(std::move(entry));
      } else if (isJoined && there->kind == YamlValue::Kind::list && entry.value.kind == YamlValue::Kind::list) {
        std::ranges::move(entry.value.items, std::back_inserter(there->items));
      } else if (entry.key == "variables") {
        mergeInto(*there, std::move(entry.value));
      } else {
        *there = std::move(entry.value);
      }
    }
  }

  std::vector<std::filesystem::path> open_;
  std::size_t files_ = 0;
};

}  // namespace

void joinIncludes(YamlValue& tree, const std::filesystem::path& folder) {
  Includer().join(tree, folder);
}

}  // namespace vme::scenario

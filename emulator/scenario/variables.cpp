#include <fmt/format.h>

#include <map>

#include "base/nearest.hpp"
#include "scenario/document.hpp"
#include "scenario/load_group.hpp"

namespace vme::scenario {
namespace {

using profile::YamlCursor;
using profile::YamlValue;

constexpr std::size_t kMostText = 1U << 20U;  // that all values of a document may grow to

class Variables {
 public:
  void define(const std::string& name, std::string value) { values_[name] = std::move(value); }

  void putInto(YamlValue& value) {
    if (value.kind == YamlValue::Kind::scalar) {
      if (value.text.find("${") != std::string::npos) value.text = resolved(value);
      return;
    }
    for (auto& item : value.items) putInto(item);
    for (auto& entry : value.entries) putInto(entry.value);
  }

  std::string resolved(const YamlValue& value) {
    std::string out;
    const auto& text = value.text;
    for (std::size_t at = 0; at < text.size();) {
      const auto dollar = text.find("${", at);
      if (dollar == std::string::npos) return out + text.substr(at);
      if (dollar > at && text[dollar - 1] == '$') {  // $${ stands for ${ itself
        out += text.substr(at, dollar - at) + "{";
        at = dollar + 2;
        continue;
      }
      const auto end = text.find('}', dollar);
      if (end == std::string::npos) YamlCursor(value).fail("\"" + text + "\" has ${ without }. close it, or write $${");
      out += text.substr(at, dollar - at) + valueOf(text.substr(dollar + 2, end - dollar - 2), value);
      at = end + 1;
    }
    return out;
  }

 private:
  const std::string& valueOf(const std::string& name, const YamlValue& user) {
    const auto found = values_.find(name);
    if (found == values_.end()) {
      std::vector<std::string> names;
      for (const auto& [known, value] : values_) names.push_back(known);
      auto hint = didYouMean(name, names);
      if (hint.empty()) {
        hint = names.empty() ? " add variables: {" + name + ": VALUE}"
                             : fmt::format(" there are {}", fmt::join(names, ", "));
      }
      YamlCursor(user).fail(fmt::format("there is no variable \"{}\".{}", name, hint));
    }
    grown_ += found->second.size();
    if (grown_ > kMostText) YamlCursor(user).fail("variables make the scenario larger than 1 MiB. shorten them");
    return found->second;
  }

  std::map<std::string, std::string, std::less<>> values_;
  std::size_t grown_ = 0;
};

}  // namespace

void putVariables(YamlValue& tree) {
  Variables variables;
  if (auto* map = entryNamed(tree, "variables")) {
    const YamlCursor cursor(*map, "variables");
    for (const auto& [name, value] : cursor.entries()) {
      checkName(name, value, "-_");
      if (!value.isScalar()) value.fail(value.path() + " is no single value. write one, as variables: {count: 20}");
    }
    // One after the other: a variable may use those before it.
    for (auto& entry : map->entries) {
      variables.putInto(entry.value);
      variables.define(entry.key, entry.value.text);
    }
    eraseEntry(tree, "variables");
  }
  variables.putInto(tree);
}

}  // namespace vme::scenario

#include "profile/yaml.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <sstream>
#include <unordered_set>

#include "base/error.hpp"

namespace vme::profile {
namespace {

/// Builds the tree from yaml-cpp's events, which come one by one and so can be refused before they cost anything.
class Builder final : public YAML::EventHandler {
 public:
  Builder(std::string file, const YamlLimits& limits) : file_(std::move(file)), limits_(limits) {}

  YamlValue take() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    refuseAnchor(mark, anchor);
    add({.kind = YamlValue::Kind::null, .place = placeOf(mark)});
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    throw ConfigError(placeOf(mark), "aliases are not read here. write the value out");
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    refuseAnchor(mark, anchor);
    refuseTag(mark, tag);
    const bool isNull = tag == "?" && (value == "~" || value == "null");
    add({.kind = isNull ? YamlValue::Kind::null : YamlValue::Kind::scalar, .text = value, .place = placeOf(mark)});
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, YamlValue::Kind::list);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, YamlValue::Kind::map);
  }
  void OnMapEnd() override { close(); }

 private:
  struct Open {
    YamlValue value;
    bool hasKey = false;  // map: the key of the next value is in `key`
    std::string key, keyPlace;
    std::unordered_set<std::string> keys;  // so that a file of many keys is not compared each with each
  };

  std::string placeOf(const YAML::Mark& mark) const {
    return file_ + ":" + std::to_string(mark.line + 1) + ":" + std::to_string(mark.column + 1);
  }

  void refuseAnchor(const YAML::Mark& mark, YAML::anchor_t anchor) const {
    if (anchor != 0) throw ConfigError(placeOf(mark), "anchors are not read here. write the value out");
  }

  void refuseTag(const YAML::Mark& mark, const std::string& tag) const {
    if (!tag.empty() && tag != "?" && tag != "!") {
      throw ConfigError(placeOf(mark), "the tag " + tag + " is not read here. leave it out");
    }
  }

  void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YamlValue::Kind kind) {
    refuseAnchor(mark, anchor);
    refuseTag(mark, tag);
    if (open_.size() >= limits_.depth) throw ConfigError(placeOf(mark), "values are nested too deeply. flatten them");
    if (!open_.empty() && open_.back().value.kind == YamlValue::Kind::map && !open_.back().hasKey) {
      throw ConfigError(placeOf(mark), "a key is no plain text. write a name");
    }
    open_.push_back({.value = {.kind = kind, .place = placeOf(mark)}});
  }

  void close() {
    auto done = std::move(open_.back().value);
    open_.pop_back();
    add(std::move(done));
  }

  void add(YamlValue value) {
    if (++nodes_ > limits_.nodes) throw ConfigError(value.place, "there are too many values. split the file");
    if (open_.empty()) {
      root_ = std::move(value);
      return;
    }
    auto& parent = open_.back();
    if (parent.value.kind == YamlValue::Kind::list) {
      parent.value.items.push_back(std::move(value));
    } else if (!parent.hasKey) {
      takeKey(parent, value);
    } else {
      parent.hasKey = false;
      parent.value.entries.push_back({std::move(parent.key), std::move(parent.keyPlace), std::move(value)});
    }
  }

  void takeKey(Open& parent, const YamlValue& key) const {
    if (key.kind != YamlValue::Kind::scalar) throw ConfigError(key.place, "a key is missing. write a name");
    if (key.text == "<<") throw ConfigError(key.place, "merge keys are not read here. write the values out");
    if (!parent.keys.insert(key.text).second) {
      const auto known = std::ranges::find(parent.value.entries, key.text, &YamlValue::Entry::key);
      throw ConfigError(key.place, "\"" + key.text + "\" stands twice, first at " + known->place + ". keep one");
    }
    parent.hasKey = true;
    parent.key = key.text;
    parent.keyPlace = key.place;
  }

  std::string file_;
  YamlLimits limits_;
  YamlValue root_;
  std::vector<Open> open_;
  std::size_t nodes_ = 0;
};

}  // namespace

YamlValue parseYaml(const std::string& file, std::string_view text, const YamlLimits& limits) {
  if (text.size() > limits.bytes) throw ConfigError(file, "the file is larger than 1 MiB. split it");
  std::istringstream stream{std::string(text)};
  try {
    YAML::Parser parser(stream);
    Builder builder(file, limits);
    if (!parser.HandleNextDocument(builder)) return {.kind = YamlValue::Kind::map, .place = file + ":1:1"};
    auto root = builder.take();
    Builder second(file, limits);
    if (parser.HandleNextDocument(second)) throw ConfigError(file, "there is a second document. keep one a file");
    return root;
  } catch (const YAML::Exception& error) {
    const auto& mark = error.mark;
    const auto place =
        mark.is_null() ? file : file + ":" + std::to_string(mark.line + 1) + ":" + std::to_string(mark.column + 1);
    throw ConfigError(place, "this is no YAML: " + error.msg + ". correct the line");
  }
}

}  // namespace vme::profile

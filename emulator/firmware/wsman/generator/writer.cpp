#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "firmware/wsman/generator/rows.hpp"

namespace vme::cim {
namespace {

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out += '"';
}

std::string orNull(const std::string& name) {
  return name.empty() ? "nullptr" : name;
}

/// Writes arrays once each, in front of what refers to them.
class Writer {
 public:
  explicit Writer(const Catalogue& catalogue) : catalogue_(catalogue) {}

  std::string write() {
    std::string classes;
    for (const auto& [name, row] : catalogue_.classes) classes += classRow(row);
    std::string enumerables;
    for (const auto& name : names()) enumerables += enumerableRow(name);
    return fmt::format(
        "// Made from profiles/cim when the program is built.\n\n"
        "#include <algorithm>\n#include <array>\n\n"
        "#include \"firmware/wsman/catalogue/providers.hpp\"\n\n"
        "namespace vme::firmware::wsman {{\nnamespace {{\n\n{}\n"
        "constexpr Class kClasses[] = {{\n{}}};\n\nconstexpr Enumerable kEnumerables[] = {{\n{}}};\n\n{}\n"
        "}}  // namespace\n\n"
        "std::span<const Class> catalogue() {{\n  return kClasses;\n}}\n\n"
        "std::span<const Enumerable> enumerables() {{\n  return kEnumerables;\n}}\n\n{}"
        "}}  // namespace vme::firmware::wsman\n",
        arrays_, classes, enumerables, platforms(), hardwareFunction());
  }

 private:
  /// The name of a constant array with that content; `{}` for none.
  std::string array(std::string_view type, const std::string& content) {
    if (content.empty()) return "{}";
    const auto [known, isNew] = known_.try_emplace(std::string(type) + content, fmt::format("k{}", known_.size()));
    if (isNew) arrays_ += fmt::format("constexpr {} {}[] = {{{}}};\n", type, known->second, content);
    return known->second;
  }

  std::string source(const SourceRow& row) {
    if (!row.texts.empty()) {
      std::string texts;
      for (const auto& text : row.texts) texts += quoted(text) + ", ";
      return fmt::format("{{.texts = {}}}", array("std::string_view", texts));
    }
    if (!row.provider.empty()) return fmt::format("{{.provider = {}}}", row.provider);
    if (!row.hardware.empty()) {
      const auto column = std::ranges::find(catalogue_.columns, row.hardware) - catalogue_.columns.begin();
      return fmt::format("{{.hardware = {}}}", column);
    }
    if (row.referenceClass.empty()) return "{}";
    std::string selectors;
    for (const auto& [name, text] : row.selectors) selectors += fmt::format("{{{}, {}}}, ", quoted(name), quoted(text));
    const auto content = fmt::format("{{{}, {}}}", quoted(row.referenceClass), array("ConstantSelector", selectors));
    return fmt::format("{{.reference = {}}}", array("ConstantReference", content));
  }

  std::string parameters(const std::vector<ParameterRow>& rows) {
    std::string content;
    for (const auto& row : rows) {
      std::string values;
      for (const auto value : row.values) values += fmt::format("{}, ", value);
      content += fmt::format("{{{}, Type::{}, {}, {}, {}}}, ", quoted(row.name), row.type, row.array, row.required,
                             array("std::uint32_t", values));
    }
    return array("Parameter", content);
  }

  std::string methods(const std::vector<MethodRow>& rows) {
    std::string content;
    for (const auto& row : rows) {
      content += fmt::format("{{{}, {{{}, {}}}, {}, {}, {}}}, ", quoted(row.name), row.since, orNull(row.need),
                             parameters(row.inputs), parameters(row.outputs), row.handler);
    }
    return array("Method", content);
  }

  std::string classRow(const ClassRow& row) {
    std::string properties;
    for (const auto& p : row.properties) {
      properties += fmt::format("{{{}, Type::{}, {}, {}, {}, {}}}, ", quoted(p.name), p.type, p.key, p.required,
                                p.requiredBelow, p.since);
    }
    std::string sources;
    for (const auto& instance : row.instances) {
      for (const auto& one : instance) sources += source(one) + ", ";
    }
    return fmt::format("    {{{}, {{{}, {}}}, {{{}U}}, {{{}U}}, {}, {}, {}, {}, {}, {}, {}}},\n", quoted(row.name),
                       row.since, orNull(row.need), row.readBits, row.writeBits, array("Property", properties),
                       array("Source", sources), orNull(row.list), methods(row.methods), orNull(row.put),
                       orNull(row.create), orNull(row.remove));
  }

  std::set<std::string> names() const {
    std::set<std::string> all;
    for (const auto& [name, row] : catalogue_.classes) {
      all.insert(name);
      all.insert(row.superclasses.begin(), row.superclasses.end());
    }
    return all;
  }

  std::string enumerableRow(const std::string& name) {
    std::string own, others;
    std::size_t index = 0;
    for (const auto& [className, row] : catalogue_.classes) {
      const bool extends = std::ranges::find(row.superclasses, name) != row.superclasses.end();
      if (className == name) own = fmt::format("{}, ", index);
      if (extends) others += fmt::format("{}, ", index);
      ++index;
    }
    return fmt::format("    {{{}, {}}},\n", quoted(name), array("std::uint16_t", own + others));
  }

  std::string platforms() const {
    std::string rows;
    for (const auto& [chipset, texts] : catalogue_.platforms) {
      rows += fmt::format("    {{{}, {{", quoted(chipset));
      for (const auto& text : texts) rows += quoted(text) + ", ";
      rows += "}},\n";
    }
    return fmt::format(
        "struct Platform {{\n  std::string_view chipset;\n  std::array<std::string_view, {}> texts;\n}};\n"
        "constexpr Platform kPlatforms[] = {{\n{}}};\n",
        catalogue_.columns.size(), rows);
  }

  static std::string hardwareFunction() {
    return "std::string_view hardwareText(std::int16_t column, std::string_view chipset) {\n"
           "  const auto* known = std::ranges::find(kPlatforms, chipset, &Platform::chipset);\n"
           "  const auto& platform = known == std::end(kPlatforms) ? kPlatforms[0] : *known;\n"
           "  return platform.texts.at(static_cast<std::size_t>(column));\n"
           "}\n\n";
  }

  const Catalogue& catalogue_;
  std::map<std::string, std::string> known_;
  std::string arrays_;
};

}  // namespace

std::string writeTables(const Catalogue& catalogue) {
  return Writer(catalogue).write();
}

}  // namespace vme::cim

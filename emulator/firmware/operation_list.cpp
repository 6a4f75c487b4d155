#include "firmware/operation_list.hpp"

#include <algorithm>
#include <array>

#include "firmware/eoi/operation.hpp"
#include "firmware/eoi/unsupported_table.hpp"
#include "firmware/wsman/catalogue/model.hpp"

namespace vme::firmware {
namespace {

constexpr std::array<std::string_view, 6> kVerbs{"Get", "Put", "Create", "Delete", "Enumerate", "Pull"};
constexpr std::string_view kIdentify = "Identify";

std::string_view afterDot(std::string_view name) {
  const auto dot = name.rfind('.');
  return dot == std::string_view::npos ? std::string_view{} : name.substr(dot + 1);
}

}  // namespace

std::vector<std::string> operationNames() {
  std::vector<std::string> names{std::string(kIdentify)};
  for (const auto& operation : eoi::allOperations()) names.emplace_back(operation.name);
  for (const auto& operation : eoi::unsupportedOperations()) {
    if (operation.name != eoi::kEveryName) names.emplace_back(operation.name);
  }
  for (const auto& one : wsman::catalogue()) {
    for (const auto& method : one.methods) {
      names.emplace_back(method.name);
      names.push_back(std::string(one.name) + "." + std::string(method.name));
    }
    for (const auto verb : kVerbs) names.push_back(std::string(verb) + " " + std::string(one.name));
  }
  for (const auto& one : wsman::enumerables()) {
    for (const std::string_view verb : {"Enumerate", "Pull"}) {
      names.push_back(std::string(verb) + " " + std::string(one.name));
    }
  }
  return names;
}

bool isOperation(std::string_view name) {
  const auto space = name.find(' ');
  if (space != std::string_view::npos && name.substr(space + 1).starts_with('/')) return true;
  const auto names = operationNames();
  return std::ranges::find(names, name) != names.end();
}

bool isSameOperation(std::string_view asked, std::string_view name) {
  return asked == name || (asked.find('.') == std::string_view::npos && asked == afterDot(name));
}

}  // namespace vme::firmware

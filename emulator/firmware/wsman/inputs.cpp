#include "firmware/wsman/inputs.hpp"

#include <algorithm>
#include <charconv>

#include "firmware/wsman/catalogue/model.hpp"
#include "firmware/wsman/uris.hpp"
#include "wire/xml.hpp"

namespace vme::firmware::wsman {
namespace {

template <typename Number>
std::optional<Number> parse(std::string_view text) {
  Number number{};
  const auto* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, number);
  return error == std::errc() && stopped == end ? std::optional(number) : std::nullopt;
}

std::optional<bool> parseBoolean(std::string_view text) {
  if (text == "true" || text == "1") return true;
  if (text == "false" || text == "0") return false;
  return std::nullopt;
}

bool fitsBelow(std::string_view text, std::uint64_t most) {
  const auto number = parse<std::uint64_t>(text);
  return number && *number <= most;
}

bool elementFits(const pugi::xml_node& element, Type type) {
  const auto text = wire::textOf(element);
  switch (type) {
    case Type::boolean:
      return parseBoolean(text).has_value();
    case Type::uint8:
      return fitsBelow(text, UINT8_MAX);
    case Type::uint16:
      return fitsBelow(text, UINT16_MAX);
    case Type::uint32:
      return fitsBelow(text, UINT32_MAX);
    case Type::uint64:
      return parse<std::uint64_t>(text).has_value();
    case Type::sint64:
      return parse<std::int64_t>(text).has_value();
    case Type::base64:
      return fromBase64(text).has_value();
    case Type::reference:  // empty stands for none
      return (!wire::firstElement(element) && text.empty()) || readReference(element).has_value();
    case Type::text:
    case Type::datetime:
      break;
  }
  return true;
}

bool isNil(const pugi::xml_node& element) {
  return std::ranges::any_of(element.attributes(), [](const pugi::xml_attribute& attribute) {
    return wire::localName(attribute) == "nil" && parseBoolean(attribute.value()) == true;
  });
}

template <typename Visit>
void eachNamed(const pugi::xml_node& parent, std::string_view name, Visit visit) {
  for (auto element = wire::firstElement(parent); element; element = wire::nextElement(element)) {
    if (wire::localName(element) == name && !isNil(element)) visit(element);
  }
}

std::string_view nameAttribute(const pugi::xml_node& selector) {
  for (const auto& attribute : selector.attributes()) {
    if (wire::localName(attribute) == "Name") return attribute.value();
  }
  return {};
}

}  // namespace

bool Inputs::has(std::string_view name) const {
  return text(name).has_value();
}

std::optional<std::string_view> Inputs::text(std::string_view name) const {
  std::optional<std::string_view> found;
  eachNamed(parent_, name, [&](const pugi::xml_node& element) {
    if (!found) found = wire::textOf(element);
  });
  return found;
}

std::vector<std::string_view> Inputs::texts(std::string_view name) const {
  std::vector<std::string_view> all;
  eachNamed(parent_, name, [&](const pugi::xml_node& element) { all.push_back(wire::textOf(element)); });
  return all;
}

std::optional<std::uint64_t> Inputs::number(std::string_view name) const {
  const auto found = text(name);
  return found ? parse<std::uint64_t>(*found) : std::nullopt;
}

std::optional<bool> Inputs::boolean(std::string_view name) const {
  const auto found = text(name);
  return found ? parseBoolean(*found) : std::nullopt;
}

std::optional<Bytes> Inputs::bytes(std::string_view name) const {
  const auto found = text(name);
  return found ? fromBase64(*found) : std::nullopt;
}

std::optional<Reference> Inputs::reference(std::string_view name) const {
  std::optional<Reference> found;
  eachNamed(parent_, name, [&](const pugi::xml_node& element) {
    if (!found) found = readReference(element);
  });
  return found;
}

bool Inputs::fits(std::string_view name, Type type) const {
  bool all = true;
  eachNamed(parent_, name, [&](const pugi::xml_node& element) { all = all && elementFits(element, type); });
  return all;
}

std::optional<Reference> readReference(const pugi::xml_node& element) {
  const auto parameters = wire::childNamed(element, "ReferenceParameters");
  const auto name = uri::className(wire::textOf(wire::childNamed(parameters, "ResourceURI")));
  if (name.empty()) return std::nullopt;
  auto selectors = readSelectors(wire::childNamed(parameters, "SelectorSet"));
  if (!selectors) return std::nullopt;
  return Reference{std::string(name), std::move(*selectors)};
}

std::optional<std::vector<Selector>> readSelectors(const pugi::xml_node& selectorSet) {
  std::vector<Selector> selectors;
  for (auto element = wire::firstElement(selectorSet); element; element = wire::nextElement(element)) {
    const auto name = nameAttribute(element);
    if (wire::localName(element) != "Selector" || name.empty()) return std::nullopt;
    // DSP0227 lets a client name the CIM namespace; this ME has one.
    if (name == "__cimnamespace") continue;
    if (std::ranges::find(selectors, name, &Selector::name) != selectors.end()) return std::nullopt;
    Selector selector{std::string(name), std::string(wire::textOf(element)), {}};
    if (const auto nested = wire::childNamed(element, "EndpointReference")) {
      auto reference = readReference(nested);
      if (!reference) return std::nullopt;
      selector.text.clear();
      selector.nested.push_back(std::move(*reference));
    }
    selectors.push_back(std::move(selector));
  }
  return selectors;
}

}  // namespace vme::firmware::wsman

#include "firmware/eoi/parameters.hpp"

#include "wire/xml.hpp"

namespace vme::firmware::eoi {
namespace {

using wire::firstElement;
using wire::localName;
using wire::nextElement;

/// The nearest one: a child before what lies deeper.
pugi::xml_node findBelow(const pugi::xml_node& node, std::string_view name) {
  if (const auto child = wire::childNamed(node, name)) return child;
  for (auto child = firstElement(node); child; child = nextElement(child)) {
    if (const auto found = findBelow(child, name)) return found;
  }
  return {};
}

void collect(const pugi::xml_node& node, std::string_view name, std::vector<Parameters>& out) {
  for (auto child = firstElement(node); child; child = nextElement(child)) {
    if (localName(child) == name) {
      out.emplace_back(child);
    } else {
      collect(child, name, out);
    }
  }
}

void collectLeaves(const pugi::xml_node& node, std::vector<Parameters>& out) {
  for (auto child = firstElement(node); child; child = nextElement(child)) {
    if (firstElement(child)) {
      collectLeaves(child, out);
    } else {
      out.emplace_back(child);
    }
  }
}

}  // namespace

pugi::xml_node Parameters::find(std::string_view name) const {
  return findBelow(element_, name);
}

std::vector<Parameters> Parameters::all(std::string_view name) const {
  std::vector<Parameters> found;
  collect(element_, name, found);
  return found;
}

std::vector<Parameters> Parameters::leaves() const {
  std::vector<Parameters> found;
  collectLeaves(element_, found);
  return found;
}

std::string_view Parameters::text() const {
  return wire::textOf(element_);
}

std::string_view Parameters::name() const {
  return localName(element_);
}

std::optional<std::string_view> Parameters::text(std::string_view name) const {
  const auto element = find(name);
  if (!element) return std::nullopt;
  return wire::textOf(element);
}

std::optional<bool> Parameters::flag(std::string_view name) const {
  const auto word = text(name);
  if (word == "true" || word == "1") return true;
  if (word == "false" || word == "0") return false;
  return std::nullopt;
}

std::optional<Bytes> Parameters::base64(std::string_view name) const {
  const auto encoded = text(name);
  return encoded ? fromBase64(*encoded) : std::nullopt;
}

bool Parameters::optional(std::string_view name, std::optional<bool>& out) const {
  out = flag(name);
  return out || !has(name);
}

}  // namespace vme::firmware::eoi

#pragma once
// Instances of the catalogue's classes on one machine: which there are, what their properties say, how they are named.

#include <string_view>
#include <vector>

#include "firmware/wsman/catalogue/model.hpp"
#include "wire/xml.hpp"

namespace vme::firmware::wsman {

/// The class set of a firmware build (api.wsman_level).
Level levelOf(const profile::Profile& profile);

struct Instance {
  const Class* row = nullptr;
  std::uint32_t item = 0;
  std::span<const Source> sources;  // one for each property
};

std::vector<Instance> instancesOf(const machine::Me& me, const Class& row);

/// The one instance that the selectors name. Keys may be left out as long as one instance remains (wsman.md 3.1);
/// InvalidSelectors else.
Or<Instance> select(const machine::Me& me, const Class& row, const std::vector<Selector>& selectors);

/// The instance by its keys, in the order of their names.
Reference referenceTo(const machine::Me& me, const Instance& instance);

/// Where and how values are written.
struct Style {
  std::string_view prefix;      // of the elements
  std::string_view timePrefix;  // of cim:Datetime
  Level level = 30;
};

/// `<g:CLASS>...</g:CLASS>` with every property that is not null and exists on the level.
void writeInstance(wire::XmlWriter& writer, const Style& style, const machine::Me& me, const Instance& instance);
/// One element for each value.
void writeValues(wire::XmlWriter& writer, const Style& style, std::string_view name, Type type, const Values& values);
/// Address and reference parameters, without an element around them; with the prefixes b and c.
void writeReference(wire::XmlWriter& writer, const Reference& reference);

}  // namespace vme::firmware::wsman

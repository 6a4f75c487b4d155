#include "firmware/wsman/instances.hpp"

#include <algorithm>

#include "firmware/wsman/uris.hpp"
#include "profile/check.hpp"

namespace vme::firmware::wsman {
namespace {

void fill(const machine::Me& me, const Source& source, std::uint32_t item, Values& out) {
  if (!source.texts.empty()) {
    for (const auto text : source.texts) out.add(text);
  } else if (source.provider) {
    source.provider(me, item, out);
  } else if (source.reference) {
    out.add(toReference(*source.reference));
  } else if (source.hardware >= 0) {
    out.add(hardwareText(source.hardware, me.profile.identity.chipset));
  }
}

bool says(const Value& value, const Selector& selector) {
  if (const auto* text = std::get_if<std::string>(&value)) return selector.nested.empty() && *text == selector.text;
  return !selector.nested.empty() && same(std::get<Reference>(value), selector.nested.front());
}

std::size_t keyIndex(const Class& row, std::string_view name) {
  const auto found = std::ranges::find(row.properties, name, &Property::name);
  const bool isKey = found != row.properties.end() && found->key;
  return isKey ? static_cast<std::size_t>(found - row.properties.begin()) : row.properties.size();
}

bool matches(const machine::Me& me, const Instance& instance, const std::vector<Selector>& selectors) {
  return std::ranges::all_of(selectors, [&](const Selector& selector) {
    Values values;
    fill(me, instance.sources[keyIndex(*instance.row, selector.name)], instance.item, values);
    return values.all().size() == 1 && says(values.all().front(), selector);
  });
}

bool isLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

void writeText(wire::XmlWriter& writer, const Style& style, Type type, std::string_view text) {
  if (type == Type::datetime) {
    // An interval starts with P (`P1DT2H3M`), a moment with its year.
    const bool interval = !text.empty() && isLetter(text.front());
    writer.element(style.timePrefix, interval ? "Interval" : "Datetime", text);
  } else {
    writer.text(text);
  }
}

void writeProperty(wire::XmlWriter& writer, const Style& style, const machine::Me& me, const Property& property,
                   const Source& source, std::uint32_t item) {
  if (!source.texts.empty()) {
    for (const auto text : source.texts) {
      writer.open(style.prefix, property.name);
      writeText(writer, style, property.type, text);
      writer.close(style.prefix, property.name);
    }
    return;
  }
  Values values;
  fill(me, source, item, values);
  writeValues(writer, style, property.name, property.type, values);
}

}  // namespace

Level levelOf(const profile::Profile& profile) {
  const auto& text = profile.api.wsmanLevel;
  if (!text || text->size() != 3) return 0;
  return static_cast<Level>(((*text)[0] - '0') * 10 + ((*text)[2] - '0'));
}

std::vector<Instance> instancesOf(const machine::Me& me, const Class& row) {
  std::vector<Instance> all;
  const auto width = row.properties.size();
  if (row.list) {
    for (const auto item : row.list(me)) all.push_back({&row, item, row.sources});
  } else {
    for (std::size_t i = 0; i * width < row.sources.size(); ++i) {
      all.push_back({&row, static_cast<std::uint32_t>(i), row.sources.subspan(i * width, width)});
    }
  }
  return all;
}

Or<Instance> select(const machine::Me& me, const Class& row, const std::vector<Selector>& selectors) {
  const bool known = std::ranges::all_of(
      selectors, [&](const Selector& selector) { return keyIndex(row, selector.name) < row.properties.size(); });
  if (!known) return failed(FaultId::invalidSelectors);
  const bool hasReference =
      std::ranges::any_of(selectors, [](const Selector& selector) { return !selector.nested.empty(); });
  if (hasReference && profile::hasQuirk(me.profile, "epr_selector")) return failed(FaultId::destinationUnreachable);
  auto all = instancesOf(me, row);
  std::erase_if(all, [&](const Instance& instance) { return !matches(me, instance, selectors); });
  if (all.size() != 1) return failed(FaultId::invalidSelectors);
  return all.front();
}

Reference referenceTo(const machine::Me& me, const Instance& instance) {
  Reference reference{std::string(instance.row->name), {}};
  for (std::size_t i = 0; i < instance.row->properties.size(); ++i) {
    const auto& property = instance.row->properties[i];
    if (!property.key) continue;
    Values values;
    fill(me, instance.sources[i], instance.item, values);
    if (values.all().empty()) continue;
    Selector selector{std::string(property.name), {}, {}};
    if (const auto* text = std::get_if<std::string>(&values.all().front())) {
      selector.text = *text;
    } else {
      selector.nested.push_back(std::get<Reference>(values.all().front()));
    }
    reference.selectors.push_back(std::move(selector));
  }
  return reference;
}

void writeInstance(wire::XmlWriter& writer, const Style& style, const machine::Me& me, const Instance& instance) {
  writer.open(style.prefix, instance.row->name);
  for (std::size_t i = 0; i < instance.row->properties.size(); ++i) {
    const auto& property = instance.row->properties[i];
    if (property.since > style.level) continue;
    writeProperty(writer, style, me, property, instance.sources[i], instance.item);
  }
  writer.close(style.prefix, instance.row->name);
}

void writeValues(wire::XmlWriter& writer, const Style& style, std::string_view name, Type type, const Values& values) {
  for (const auto& value : values.all()) {
    writer.open(style.prefix, name);
    if (const auto* text = std::get_if<std::string>(&value)) {
      writeText(writer, style, type, *text);
    } else {
      writeReference(writer, std::get<Reference>(value));
    }
    writer.close(style.prefix, name);
  }
}

void writeReference(wire::XmlWriter& writer, const Reference& reference) {
  writer.element("b", "Address", uri::kAnonymous).open("b", "ReferenceParameters");
  writer.open("c", "ResourceURI").raw(uri::family(reference.className)).text(reference.className);
  writer.close("c", "ResourceURI").open("c", "SelectorSet");
  for (const auto& selector : reference.selectors) {
    writer.raw("<c:Selector Name=\"").text(selector.name).raw("\">");
    if (selector.nested.empty()) {
      writer.text(selector.text);
    } else {
      writer.open("b", "EndpointReference");
      writeReference(writer, selector.nested.front());
      writer.close("b", "EndpointReference");
    }
    writer.close("c", "Selector");
  }
  writer.close("c", "SelectorSet").close("b", "ReferenceParameters");
}

}  // namespace vme::firmware::wsman

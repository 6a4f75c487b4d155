// Any text as XML: refused, or a tree within the limits whose every text can be written and read again.

#include "wire/xml.hpp"

#include "base/bytes.hpp"

using namespace vme;

static void walk(const pugi::xml_node& node, std::size_t depth) {
  if (depth > wire::XmlLimits{}.depth) __builtin_trap();
  if (wire::localName(node).size() > std::string_view(node.name()).size()) __builtin_trap();
  wire::namespaceOf(node);
  for (const auto& attribute : node.attributes()) wire::localName(attribute);
  std::string written;
  wire::XmlWriter(written).element("p", "text", wire::textOf(node));
  pugi::xml_document again;
  if (!wire::parseXml(written, again)) __builtin_trap();
  for (auto child = wire::firstElement(node); child; child = wire::nextElement(child)) walk(child, depth + 1);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  pugi::xml_document document;
  if (wire::parseXml(asText({data, size}), document)) walk(document, 0);
  return 0;
}

#pragma once
// XML in and out. Reading is pugixml's work, behind a gate: DOCTYPE, entity declarations and processing instructions
// other than the declaration are refused, as are text or a second element outside the root, bytes that are no UTF-8,
// and depth or size beyond the limits. Writing is one streaming writer.

#include <pugixml.hpp>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace vme::wire {

struct XmlLimits {
  std::size_t bytes = 1U << 20U;
  std::size_t depth = 40;
  std::size_t elements = 20000;
};

/// Fills `document`. White space before the declaration is tolerated; UTF-8 only (UTF-16 is an error that says so).
Result<void> parseXml(std::string_view text, pugi::xml_document& document, const XmlLimits& limits = {});

/// `soap:Envelope` -> `Envelope`.
std::string_view localName(const pugi::xml_node& node);
std::string_view localName(const pugi::xml_attribute& attribute);
/// The namespace URI in scope for the node's prefix; empty when undeclared.
std::string_view namespaceOf(const pugi::xml_node& node);
/// The first child element with that local name, in any namespace; a null node otherwise.
pugi::xml_node childNamed(const pugi::xml_node& node, std::string_view local);
/// The first child that is an element.
pugi::xml_node firstElement(const pugi::xml_node& node);
pugi::xml_node nextElement(const pugi::xml_node& node);
/// The element's text up to a child or comment, with white space around it removed.
std::string_view textOf(const pugi::xml_node& node);

/// Appends to one string; escapes text and attribute values; never self-closes an element (AMT does not).
class XmlWriter {
 public:
  explicit XmlWriter(std::string& out) : out_(out) {}

  /// As it is, without escaping: fixed heads and tails.
  XmlWriter& raw(std::string_view text);
  XmlWriter& open(std::string_view prefix, std::string_view name);
  XmlWriter& close(std::string_view prefix, std::string_view name);
  XmlWriter& text(std::string_view text);
  /// `<prefix:name>text</prefix:name>`; without a colon when the prefix is empty.
  XmlWriter& element(std::string_view prefix, std::string_view name, std::string_view text);
  XmlWriter& element(std::string_view prefix, std::string_view name, std::uint64_t number);
  XmlWriter& element(std::string_view prefix, std::string_view name, bool value) = delete;  // write true or false

 private:
  std::string& out_;
};

}  // namespace vme::wire

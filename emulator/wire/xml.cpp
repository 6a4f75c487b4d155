#include "wire/xml.hpp"

#include <charconv>

#include "wire/xml_gate.hpp"

namespace vme::wire {
namespace {

constexpr std::string_view kSpace = " \t\r\n";

std::unexpected<Error> badAt(std::size_t offset, std::string text) {
  return fail("XML, offset " + std::to_string(offset), std::move(text));
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

bool looksLikeUtf16(std::string_view text) {
  return text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF") || text.starts_with(std::string_view("<\0", 2)) ||
         text.starts_with(std::string_view("\0<", 2));
}

std::string_view escapeOf(char c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    default:
      return {};
  }
}

void appendEscaped(std::string& out, std::string_view text) {
  std::size_t from = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto escape = escapeOf(text[at]);
    if (escape.empty()) continue;
    out.append(text.substr(from, at - from)).append(escape);
    from = at + 1;
  }
  out.append(text.substr(from));
}

void appendTag(std::string& out, std::string_view start, std::string_view prefix, std::string_view name) {
  out += start;
  if (!prefix.empty()) out.append(prefix) += ':';
  out.append(name) += '>';
}

}  // namespace

Result<void> parseXml(std::string_view text, pugi::xml_document& document, const XmlLimits& limits) {
  if (looksLikeUtf16(text)) return badAt(0, "the encoding is UTF-16, and only UTF-8 is read");
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  const auto start = text.find_first_not_of(kSpace);
  if (start == std::string_view::npos) return badAt(0, "there is no XML");
  text.remove_prefix(start);
  if (text.size() > limits.bytes) return badAt(limits.bytes, "the document is too large");
  if (auto passed = checkXml(text, limits); !passed) return passed;
  const auto result = document.load_buffer(
      text.data(), text.size(), pugi::parse_cdata | pugi::parse_escapes | pugi::parse_eol | pugi::parse_wconv_attribute,
      pugi::encoding_utf8);
  if (!result) return badAt(static_cast<std::size_t>(result.offset), result.description());
  return {};
}

std::string_view localName(const pugi::xml_node& node) {
  const std::string_view name = node.name();
  return name.substr(name.find(':') + 1);
}

std::string_view localName(const pugi::xml_attribute& attribute) {
  const std::string_view name = attribute.name();
  return name.substr(name.find(':') + 1);
}

std::string_view namespaceOf(const pugi::xml_node& node) {
  const std::string_view name = node.name();
  const auto colon = name.find(':');
  std::string declaration = "xmlns";
  if (colon != std::string_view::npos) declaration.append(":").append(name.substr(0, colon));
  for (auto scope = node; scope; scope = scope.parent()) {
    if (const auto attribute = scope.attribute(declaration.c_str())) return attribute.value();
  }
  return {};
}

pugi::xml_node childNamed(const pugi::xml_node& node, std::string_view local) {
  for (const auto& child : node.children()) {
    if (child.type() == pugi::node_element && localName(child) == local) return child;
  }
  return {};
}

pugi::xml_node firstElement(const pugi::xml_node& node) {
  auto child = node.first_child();
  while (child && child.type() != pugi::node_element) child = child.next_sibling();
  return child;
}

pugi::xml_node nextElement(const pugi::xml_node& node) {
  auto next = node.next_sibling();
  while (next && next.type() != pugi::node_element) next = next.next_sibling();
  return next;
}

std::string_view textOf(const pugi::xml_node& node) {
  return trimmed(node.child_value());
}

XmlWriter& XmlWriter::raw(std::string_view text) {
  out_.append(text);
  return *this;
}

XmlWriter& XmlWriter::open(std::string_view prefix, std::string_view name) {
  appendTag(out_, "<", prefix, name);
  return *this;
}

XmlWriter& XmlWriter::close(std::string_view prefix, std::string_view name) {
  appendTag(out_, "</", prefix, name);
  return *this;
}

XmlWriter& XmlWriter::text(std::string_view text) {
  appendEscaped(out_, text);
  return *this;
}

XmlWriter& XmlWriter::element(std::string_view prefix, std::string_view name, std::string_view text) {
  return open(prefix, name).text(text).close(prefix, name);
}

XmlWriter& XmlWriter::element(std::string_view prefix, std::string_view name, std::uint64_t number) {
  char digits[20];
  const auto end = std::to_chars(std::begin(digits), std::end(digits), number).ptr;
  return open(prefix, name).raw({digits, static_cast<std::size_t>(end - digits)}).close(prefix, name);
}

}  // namespace vme::wire

#include "wire/xml.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>

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

/// Looks at the markup only, before a tree is built: what pugixml would pass over in silence is refused here.
class Gate {
 public:
  Gate(std::string_view text, const XmlLimits& limits) : text_(text), limits_(limits) {}

  Result<void> pass() {
    std::size_t at = 0;
    while ((at = text_.find('<', at)) != std::string_view::npos) {
      const auto rest = text_.substr(at);
      std::size_t end = 0;
      if (rest.starts_with("<!--")) {
        end = endAfter(at + 4, "-->");
      } else if (rest.starts_with("<![CDATA[")) {
        end = endAfter(at + 9, "]]>");
      } else if (rest.starts_with("<!")) {
        return badAt(at, "a document type or entity declaration is refused");
      } else if (rest.starts_with("<?")) {
        if (!rest.starts_with("<?xml ") || declared_ || elements_ > 0) {
          return badAt(at, "a processing instruction is refused");
        }
        declared_ = true;
        end = endAfter(at + 2, "?>");
      } else {
        end = tag(at);
        if (depth_ > limits_.depth) return badAt(at, "elements are nested too deeply");
        if (elements_ > limits_.elements) return badAt(at, "there are too many elements");
      }
      if (end == std::string_view::npos) return badAt(at, "the markup is not closed");
      at = end;
    }
    return {};
  }

 private:
  std::size_t endAfter(std::size_t from, std::string_view mark) const {
    const auto found = text_.find(mark, from);
    return found == std::string_view::npos ? found : found + mark.size();
  }

  std::size_t tag(std::size_t at) {
    const bool closing = text_.substr(at).starts_with("</");
    char quote = 0;
    for (auto i = at + 1; i < text_.size(); ++i) {
      const char c = text_[i];
      if (quote != 0) {
        if (c == quote) quote = 0;
      } else if (c == '"' || c == '\'') {
        quote = c;
      } else if (c == '>') {
        if (closing) {
          if (depth_ > 0) --depth_;
        } else {
          ++elements_;
          if (text_[i - 1] != '/') ++depth_;
        }
        return i + 1;
      }
    }
    return std::string_view::npos;
  }

  std::string_view text_;
  const XmlLimits& limits_;
  std::size_t depth_ = 0;
  std::size_t elements_ = 0;
  bool declared_ = false;
};

bool looksLikeUtf16(std::string_view text) {
  return text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF") || text.starts_with(std::string_view("<\0", 2)) ||
         text.starts_with(std::string_view("\0<", 2));
}

void appendEscaped(std::string& out, std::string_view text) {
  std::size_t from = 0;
  for (auto at = text.find_first_of("&<>\""); at != std::string_view::npos; at = text.find_first_of("&<>\"", from)) {
    out.append(text.substr(from, at - from));
    switch (text[at]) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      default:
        out += "&quot;";
    }
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
  if (const auto zero = text.find('\0'); zero != std::string_view::npos) return badAt(zero, "a zero byte");
  if (auto passed = Gate(text, limits).pass(); !passed) return passed;
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

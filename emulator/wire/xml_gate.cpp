#include "wire/xml_gate.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace vme::wire {
namespace {

constexpr auto kNowhere = std::string_view::npos;

std::unexpected<Error> badAt(std::size_t offset, std::string text) {
  return fail("XML, offset " + std::to_string(offset), std::move(text));
}

/// How long a UTF-8 sequence beyond ASCII with that first byte is; 0 for a byte that starts none (RFC 3629).
std::size_t sequenceLength(unsigned char first) {
  if (first < 0xC2) return 0;
  if (first < 0xE0) return 2;
  if (first < 0xF0) return 3;
  return first < 0xF5 ? 4 : 0;
}

bool isSurrogateOrTooLarge(unsigned long code) {
  return (code >= 0xD800 && code <= 0xDFFF) || code > 0x10FFFF;
}

/// The offset of the first byte that is no part of UTF-8, or that is zero; past the end for good text.
std::size_t firstBadByte(std::string_view text) {
  constexpr std::array<unsigned long, 5> kLeast{0, 0, 0x80, 0x800,
                                                0x10000};  // by length: what a shorter one cannot say
  for (std::size_t at = 0; at < text.size();) {
    const auto first = static_cast<unsigned char>(text[at]);
    if (first != 0 && first < 0x80) {
      ++at;
      continue;
    }
    const auto length = sequenceLength(first);
    if (length == 0 || length > text.size() - at) return at;
    unsigned long code = first & (0x7FU >> length);
    for (std::size_t i = 1; i < length; ++i) {
      const auto byte = static_cast<unsigned char>(text[at + i]);
      if ((byte & 0xC0U) != 0x80U) return at;
      code = code << 6U | (byte & 0x3FU);
    }
    if (code < kLeast.at(length) || isSurrogateOrTooLarge(code)) return at;
    at += length;
  }
  return text.size();
}

/// Whether `&#...;` at the start names no character. pugixml would write a zero byte, or a wrapped number, into the
/// value.
bool isBadReference(std::string_view text) {
  text.remove_prefix(2);
  const int base = text.starts_with('x') ? 16 : 10;
  if (base == 16) text.remove_prefix(1);
  unsigned long code = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), code, base);
  if (error == std::errc::invalid_argument) return false;  // stays text
  return error != std::errc() || code == 0 || isSurrogateOrTooLarge(code);
}

class Gate {
 public:
  Gate(std::string_view text, const XmlLimits& limits) : text_(text), limits_(limits) {}

  Result<void> pass() {
    for (std::size_t at = 0;;) {
      const auto next = std::min(text_.find('<', at), text_.size());
      if (depth_ == 0 && text_.substr(at, next - at).find_first_not_of(" \t\r\n") != kNowhere) {
        return badAt(at, "text stands outside the root element");
      }
      if (next == text_.size()) return {};
      const auto end = markup(next);
      if (!end) return std::unexpected(end.error());
      if (*end == kNowhere) return badAt(next, "the markup is not closed");
      at = *end;
    }
  }

 private:
  /// Where the markup at `at` ends; nowhere when it does not.
  Result<std::size_t> markup(std::size_t at) {
    const auto rest = text_.substr(at);
    if (rest.starts_with("<!--")) return endAfter(at + 4, "-->");
    if (rest.starts_with("<![CDATA[")) {
      if (depth_ == 0) return badAt(at, "text stands outside the root element");
      return endAfter(at + 9, "]]>");
    }
    if (rest.starts_with("<!")) return badAt(at, "a document type or entity declaration is refused");
    if (rest.starts_with("<?")) {
      constexpr std::string_view kSpace = " \t\r\n";
      const bool isDeclaration = at == 0 && rest.starts_with("<?xml") && kSpace.contains(rest.substr(0, 6).back());
      if (!isDeclaration) return badAt(at, "a processing instruction is refused");
      return endAfter(at + 2, "?>");
    }
    const bool opens = !rest.starts_with("</");
    if (opens && depth_ == 0 && elements_ > 0) return badAt(at, "there is a second root element");
    const auto end = tag(at);
    if (end == kNowhere) return end;
    if (!opens) {
      depth_ -= depth_ > 0 ? 1 : 0;
    } else {
      ++elements_;
      // An empty element too is one level deeper than what holds it.
      if (depth_ >= limits_.depth) return badAt(at, "elements are nested too deeply");
      if (text_[end - 2] != '/') ++depth_;
    }
    if (elements_ > limits_.elements) return badAt(at, "there are too many elements");
    return end;
  }

  std::size_t endAfter(std::size_t from, std::string_view mark) const {
    const auto found = text_.find(mark, from);
    return found == kNowhere ? found : found + mark.size();
  }

  /// Past the `>` that no quote holds.
  std::size_t tag(std::size_t at) const {
    char quote = 0;
    for (auto i = at + 1; i < text_.size(); ++i) {
      const char c = text_[i];
      if (quote != 0) {
        if (c == quote) quote = 0;
      } else if (c == '"' || c == '\'') {
        quote = c;
      } else if (c == '>') {
        return i + 1;
      }
    }
    return kNowhere;
  }

  std::string_view text_;
  const XmlLimits& limits_;
  std::size_t depth_ = 0;
  std::size_t elements_ = 0;
};

}  // namespace

Result<void> checkXml(std::string_view text, const XmlLimits& limits) {
  if (const auto bad = firstBadByte(text); bad != text.size()) {
    return badAt(bad, text[bad] == '\0' ? "a zero byte" : "the bytes are no UTF-8");
  }
  for (auto at = text.find("&#"); at != kNowhere; at = text.find("&#", at + 2)) {
    if (isBadReference(text.substr(at))) return badAt(at, "a reference to no character");
  }
  return Gate(text, limits).pass();
}

}  // namespace vme::wire

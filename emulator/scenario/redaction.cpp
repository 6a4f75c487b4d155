#include "scenario/redaction.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace vme::scenario {
namespace {

constexpr std::string_view kRemoved = "(removed)", kShortened = " ...";
// As parts of element names, in lower case.
constexpr std::array<std::string_view, 13> kSecret{"password", "passphrase", "secret",    "digest", "pps",
                                                   "psk",      "otp",        "key",       "nonce",  "seed",
                                                   "hash",     "pin",        "credential"};

bool isSecret(std::string_view name) {
  std::string lower(name.substr(name.find(':') == std::string_view::npos ? 0 : name.find(':') + 1));
  for (auto& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return std::ranges::any_of(kSecret, [&](std::string_view part) { return lower.find(part) != std::string::npos; });
}

/// What stands inside of the Body, or all of what is no SOAP message.
std::string_view bodyOf(std::string_view message) {
  constexpr std::string_view kBody = "Body";
  for (auto at = message.find(kBody); at != std::string_view::npos; at = message.find(kBody, at + 1)) {
    const bool opens = at > 0 && (message[at - 1] == ':' || message[at - 1] == '<');
    const auto end = message.find('>', at);
    if (!opens || end == std::string_view::npos) continue;
    const auto rest = message.substr(end + 1);
    const auto close = rest.find("Body>");
    return rest.substr(0, close == std::string_view::npos ? close : rest.rfind('<', close));
  }
  return message;
}

}  // namespace

std::string shownBody(std::string_view message, std::size_t most) {
  auto rest = bodyOf(message);
  std::string shown;
  while (!rest.empty() && shown.size() <= most) {
    const auto open = rest.find('<');
    shown += rest.substr(0, open);
    if (open == std::string_view::npos) break;
    const auto close = rest.find('>', open);
    if (close == std::string_view::npos) break;  // cut within a tag, whose name may be half
    const auto tag = rest.substr(open + 1, close - open - 1);
    shown += rest.substr(open, close + 1 - open);
    rest.remove_prefix(close + 1);
    if (tag.starts_with('/') || tag.ends_with('/') || !isSecret(tag.substr(0, tag.find_first_of(" \t\r\n")))) continue;
    const auto text = std::min(rest.find('<'), rest.size());
    if (text > 0) shown += kRemoved;
    rest.remove_prefix(text);
  }
  if (shown.size() <= most) return shown;
  // Not within a character of several bytes.
  auto end = most;
  while (end > 0 && (static_cast<unsigned char>(shown[end]) & 0xC0U) == 0x80U) --end;
  return shown.substr(0, end) + std::string(kShortened);
}

}  // namespace vme::scenario

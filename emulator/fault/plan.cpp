#include "fault/plan.hpp"

#include <algorithm>

namespace vme::fault {

bool fits(std::string_view pattern, std::string_view name) {
  if (pattern.empty() || pattern == "*" || pattern == name) return true;
  if (name.find('/') != std::string_view::npos) return false;  // a page's path is one word
  while (!name.empty()) {
    const auto end = std::min(name.find_first_of(" ."), name.size());
    if (name.substr(0, end) == pattern) return true;
    name.remove_prefix(std::min(end + 1, name.size()));
  }
  return false;
}

bool carries(std::string_view xml, std::string_view name, std::string_view text) {
  for (auto at = xml.find(name); at != std::string_view::npos; at = xml.find(name, at + 1)) {
    const bool starts = at > 0 && (xml[at - 1] == '<' || xml[at - 1] == ':');
    const auto after = xml.substr(at + name.size());
    if (!starts || after.find_first_of("> ") != 0) continue;
    const auto open = after.find('>');
    const auto content = after.substr(std::min(open, after.size() - 1) + 1);
    if (content.starts_with(text) && content.substr(text.size()).starts_with("</")) return true;
  }
  return false;
}

}  // namespace vme::fault

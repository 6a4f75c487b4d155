#include "servicepoint/lines.hpp"

#include <fmt/format.h>

namespace vme::servicepoint {
namespace {

constexpr std::string_view kBlanks = " \t\r";

std::vector<std::string_view> wordsOf(std::string_view line) {
  std::vector<std::string_view> words;
  line = line.substr(0, line.find('#'));
  for (;;) {
    const auto begin = line.find_first_not_of(kBlanks);
    if (begin == std::string_view::npos) return words;
    line.remove_prefix(begin);
    const auto end = line.find_first_of(kBlanks);
    words.push_back(line.substr(0, end));
    if (end == std::string_view::npos) return words;
    line.remove_prefix(end);
  }
}

}  // namespace

std::vector<Line> readLines(const std::string& place, std::string_view text) {
  std::vector<Line> lines;
  for (unsigned number = 1; !text.empty(); ++number) {
    const auto end = text.find('\n');
    auto words = wordsOf(text.substr(0, end));
    if (!words.empty()) lines.push_back({fmt::format("{}:{}", place, number), std::move(words)});
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return lines;
}

}  // namespace vme::servicepoint

#pragma once
// Reads the line-oriented files of the service point: words between blanks, `#` comments, empty lines skipped.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace vme::servicepoint {

struct Line {
  std::string place;  // file:line
  std::vector<std::string_view> words;
};

/// In order; lines without words are left out.
std::vector<Line> readLines(const std::string& place, std::string_view text);

}  // namespace vme::servicepoint

#pragma once
// What a terminal can do that a pipe cannot: colour and a view redrawn in place. Also columns of text.

#include <chrono>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

namespace vme::cli {

bool isTerminal(std::FILE* stream);
/// A terminal, and NO_COLOR is not set.
bool usesColour(std::FILE* stream);

enum class Paint { good, bad, dim };
/// The text in that colour where `stream` shows colours.
std::string painted(std::FILE* stream, Paint paint, std::string_view text);

/// Rows with their columns aligned; the first row is the heading. Cells that are numbers stand to the right.
std::string table(const std::vector<std::vector<std::string>>& rows);

/// A few lines on standard error that replace each other.
class LiveView {
 public:
  void draw(const std::vector<std::string>& lines);
  void clear();

 private:
  std::size_t shown_ = 0;
};

/// Lets a plain line through at most once every five seconds.
class Pace {
 public:
  bool due(std::chrono::steady_clock::time_point now);

 private:
  std::chrono::steady_clock::time_point next_{};
};

}  // namespace vme::cli

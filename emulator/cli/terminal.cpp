#include "cli/terminal.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

namespace vme::cli {
namespace {

std::size_t columnsOf(std::FILE* stream) {
  winsize size{};
  if (ioctl(fileno(stream), TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
  return size.ws_col;
}

bool isNumber(std::string_view cell) {
  return !cell.empty() && cell.find_first_not_of("0123456789.,%") == std::string_view::npos;
}

/// At most so many visible characters; colour codes count nothing and are kept, so that colours end.
std::string cut(std::string_view line, std::size_t most) {
  std::string out;
  std::size_t shown = 0;
  while (!line.empty()) {
    std::size_t length = 1;
    if (line.starts_with("\x1b[")) {
      length = std::min(line.find('m'), line.size() - 1) + 1;
      out += line.substr(0, length);
    } else if (shown++ < most) {
      out += line.front();
    }
    line.remove_prefix(length);
  }
  return out;
}

}  // namespace

bool isTerminal(std::FILE* stream) {
  return isatty(fileno(stream)) == 1;
}

bool usesColour(std::FILE* stream) {
  const char* off = std::getenv("NO_COLOR");
  return isTerminal(stream) && (off == nullptr || *off == '\0');
}

std::string painted(std::FILE* stream, Paint paint, std::string_view text) {
  if (!usesColour(stream)) return std::string(text);
  const int code = paint == Paint::good ? 32 : (paint == Paint::bad ? 31 : 2);
  return fmt::format("\x1b[{}m{}\x1b[0m", code, text);
}

std::string table(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::vector<bool> numeric(widths.size(), rows.size() > 1);
  for (std::size_t r = 1; r < rows.size(); ++r) {
    for (std::size_t i = 0; i < rows[r].size(); ++i) numeric[i] = numeric[i] && isNumber(rows[r][i]);
  }
  std::string out;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += numeric[i] ? fmt::format("{:>{}}  ", row[i], widths[i]) : fmt::format("{:<{}}  ", row[i], widths[i]);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
  }
  return out;
}

void LiveView::draw(const std::vector<std::string>& lines) {
  const auto width = columnsOf(stderr);
  std::string out = shown_ == 0 ? "" : fmt::format("\x1b[{}A", shown_);
  // A line longer than the terminal would wrap and break the count of lines to go up.
  for (const auto& line : lines) out += "\x1b[2K" + cut(line, width - 1) + "\n";
  out += "\x1b[0J";
  shown_ = lines.size();
  fmt::print(stderr, "{}", out);
}

void LiveView::clear() {
  if (shown_ != 0) fmt::print(stderr, "\x1b[{}A\x1b[0J", shown_);
  shown_ = 0;
}

bool Pace::due(std::chrono::steady_clock::time_point now) {
  if (now < next_) return false;
  next_ = now + std::chrono::seconds(5);
  return true;
}

}  // namespace vme::cli

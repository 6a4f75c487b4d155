#include <fmt/format.h>

#include <set>

#include "base/error.hpp"
#include "servicepoint/lines.hpp"
#include "servicepoint/service_point.hpp"

namespace vme::servicepoint {

std::vector<wire::PskPair> readPskFile(const std::string& place, std::string_view text) {
  std::vector<wire::PskPair> pairs;
  std::set<std::string, std::less<>> known;
  for (const auto& line : readLines(place, text)) {
    if (line.words.size() != 2) {
      throw ConfigError(line.place, "a line is a PID and a PPS. Write both on one line, with or without dashes");
    }
    const auto pair = wire::parsePskPair(line.words[0], line.words[1]);
    if (!pair) throw ConfigError(line.place, pair.error().message());
    if (!known.emplace(pair->pidText()).second) {
      throw ConfigError(line.place, fmt::format("PID {} stands here for the second time. Keep one of the two lines",
                                                wire::displayPid(pair->pidText())));
    }
    pairs.push_back(*pair);
  }
  return pairs;
}

}  // namespace vme::servicepoint

#pragma once
// What quirks are, for people: profiles/quirks.yaml as values.

#include <span>
#include <string>
#include <utility>
#include <vector>

namespace vme::scenario {

struct QuirkInfo {
  std::string id;
  std::string title;
  std::string wire;    // what it does there
  std::string server;  // what a correct one does
  std::string source;  // the reports that it was met in
  std::string example;
  std::vector<std::pair<std::string, std::string>> parameters;
};
/// In the order of the file.
std::span<const QuirkInfo> quirkCatalogue();
/// ConfigError that names `place` and the nearest quirk.
const QuirkInfo& findQuirk(const std::string& id, const std::string& place);

}  // namespace vme::scenario

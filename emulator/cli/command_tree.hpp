#pragma once
// The tree of commands and options as completion scripts need it.

#include <string>
#include <vector>

namespace CLI {  // NOLINT(readability-identifier-naming): of CLI11
class App;
}  // namespace CLI

namespace vme::cli {

struct CompletionOption {
  std::vector<std::string> names;  // -q, --quiet
  std::string description;
  bool takesValue = false;
  bool takesPath = false;  // FILE, DIR
  bool takesProfile = false;
  std::vector<std::string> choices;  // of a type written `a|b|c`
};

struct CompletionNode {
  std::string path;  // words below vme, joined by spaces; empty: vme itself
  std::string description;
  std::vector<std::string> commands;
  std::vector<CompletionOption> options;  // its own and those of the commands above
  std::vector<CompletionOption> positionals;
};

/// Every visible command, outermost first.
std::vector<CompletionNode> completionNodes(const CLI::App* root);

}  // namespace vme::cli

#include "cli/command_tree.hpp"

#include <CLI/CLI.hpp>

namespace vme::cli {
namespace {

std::vector<std::string> choicesOf(const std::string& type) {
  if (type.find('|') == std::string::npos) return {};
  std::vector<std::string> choices;
  for (std::size_t at = 0; at <= type.size();) {
    const auto end = std::min(type.find('|', at), type.size());
    choices.push_back(type.substr(at, end - at));
    at = end + 1;
  }
  return choices;
}

CompletionOption optionOf(const CLI::Option* option) {
  CompletionOption out;
  for (const auto& name : option->get_snames()) out.names.push_back("-" + name);
  for (const auto& name : option->get_lnames()) out.names.push_back("--" + name);
  out.description = option->get_description();
  out.takesValue = option->get_items_expected_max() > 0;
  const auto type = option->get_type_name();
  out.takesPath = type == "FILE" || type == "DIR";
  out.takesProfile = type == "PROFILE";
  out.choices = choicesOf(type);
  return out;
}

void collect(const CLI::App* app, const std::string& path, const std::vector<CompletionOption>& inherited,
             std::vector<CompletionNode>& nodes) {
  CompletionNode node;
  node.path = path;
  node.description = app->get_description();
  for (const auto* option : app->get_options()) {
    if (option->get_group().empty()) continue;
    (option->get_positional() ? node.positionals : node.options).push_back(optionOf(option));
  }
  std::vector<CompletionOption> passedOn;
  for (const auto& option : node.options) {
    const auto& name = option.names.back();
    if (name != "--help" && name != "--version") passedOn.push_back(option);
  }
  passedOn.insert(passedOn.end(), inherited.begin(), inherited.end());
  node.options.insert(node.options.end(), inherited.begin(), inherited.end());
  const auto at = nodes.size();
  nodes.push_back(std::move(node));
  for (const auto* command : app->get_subcommands({})) {
    if (command->get_group().empty()) continue;
    nodes[at].commands.push_back(command->get_name());
    collect(command, path.empty() ? command->get_name() : path + " " + command->get_name(), passedOn, nodes);
  }
}

}  // namespace

std::vector<CompletionNode> completionNodes(const CLI::App* root) {
  std::vector<CompletionNode> nodes;
  collect(root, "", {}, nodes);
  return nodes;
}

}  // namespace vme::cli

#include "cli/completion.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/nearest.hpp"
#include "cli/command_tree.hpp"
#include "cli/commands.hpp"
#include "cli/common.hpp"

namespace vme::cli {
namespace {

constexpr const char* kProfiles = "$(vme profiles --quiet 2>/dev/null)";

/// What may follow an option that takes a value, as the body of a case of the shell.
std::string bashValue(const CompletionOption& option) {
  if (option.takesPath) return "COMPREPLY=($(compgen -f -- \"$cur\"))";
  if (option.takesProfile) return fmt::format("COMPREPLY=($(compgen -W \"{}\" -- \"$cur\"))", kProfiles);
  return fmt::format("COMPREPLY=($(compgen -W \"{}\" -- \"$cur\"))", fmt::join(option.choices, " "));
}

/// `case` for one command: values of its options, then its words.
std::string bashCase(const CompletionNode& node) {
  std::string text = fmt::format("    \"{}\")\n      case \"$prev\" in\n", node.path);
  std::vector<std::string> words = node.commands;
  for (const auto& option : node.options) {
    words.insert(words.end(), option.names.begin(), option.names.end());
    if (!option.takesValue) continue;
    text += fmt::format("        {}) {}; return ;;\n", fmt::join(option.names, "|"), bashValue(option));
  }
  text += "      esac\n";
  std::string more;
  for (const auto& positional : node.positionals) {
    words.insert(words.end(), positional.choices.begin(), positional.choices.end());
    if (positional.takesPath) more = " $(compgen -f -- \"$cur\")";
    if (positional.takesProfile) words.emplace_back(kProfiles);
  }
  return text + fmt::format("      COMPREPLY=($(compgen -W \"{}\" -- \"$cur\"){}) ;;\n", fmt::join(words, " "), more);
}

/// In single quotes for fish and sh.
std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("\\'") : std::string(1, c);
  return out + "'";
}

/// The condition under which fish offers something of this command.
std::string fishCondition(const CompletionNode& node) {
  if (node.path.empty()) return "__fish_use_subcommand";
  std::string text;
  for (std::size_t at = 0; at <= node.path.size();) {
    const auto end = std::min(node.path.find(' ', at), node.path.size());
    text +=
        (text.empty() ? "" : "; and ") + fmt::format("__fish_seen_subcommand_from {}", node.path.substr(at, end - at));
    at = end + 1;
  }
  return text;
}

std::string fishValues(const CompletionOption& option) {
  if (option.takesPath) return " -r -F";
  if (option.takesProfile) return " -x -a '(vme profiles --quiet 2>/dev/null)'";
  if (!option.choices.empty()) return fmt::format(" -x -a '{}'", fmt::join(option.choices, " "));
  return option.takesValue ? " -x" : "";
}

std::string fishOption(const CompletionNode& node, const CompletionOption& option) {
  std::string text = fmt::format("complete -c vme -n {}", quoted(fishCondition(node)));
  for (const auto& name : option.names) {
    text += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
  }
  return text + fishValues(option) + " -d " + quoted(option.description) + "\n";
}

struct Shell {
  const char* name;
  std::string (*script)(const Cli&);
};
constexpr Shell kShells[] = {{"bash", bashCompletion}, {"zsh", zshCompletion}, {"fish", fishCompletion}};

Exit printCompletion(const Cli& cli, const std::string& shell) {
  require(!shell.empty(), "vme completion", "no SHELL given. name bash, zsh or fish");
  std::vector<std::string> names;
  for (const auto& known : kShells) {
    if (shell == known.name) {
      fmt::print("{}", known.script(cli));
      return Exit::held;
    }
    names.emplace_back(known.name);
  }
  const auto hint = didYouMean(shell, names);
  throw ConfigError("vme completion",
                    fmt::format("no script for \"{}\".{}", shell, hint.empty() ? " name bash, zsh or fish" : hint));
}

}  // namespace

std::string bashCompletion(const Cli& cli) {
  const auto nodes = completionNodes(cli.root());
  std::string paths;
  std::string cases;
  for (const auto& node : nodes) {
    paths += (paths.empty() ? "" : "|") + fmt::format("\"{}\"", node.path);
    cases += bashCase(node);
  }
  return fmt::format(R"(# bash completion of vme: source <(vme completion bash)
_vme() {{
  local cur="${{COMP_WORDS[COMP_CWORD]}}" prev="${{COMP_WORDS[COMP_CWORD-1]}}" path="" i next
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    next="${{path:+$path }}${{COMP_WORDS[i]}}"
    case "$next" in {}) path="$next" ;; esac
  done
  case "$path" in
{}  esac
}}
complete -o filenames -F _vme vme
)",
                     paths, cases);
}

std::string zshCompletion(const Cli& cli) {
  return "#compdef vme\n# zsh completion of vme: source <(vme completion zsh)\nautoload -U +X bashcompinit && "
         "bashcompinit\n" +
         bashCompletion(cli) +
         "# Found in fpath, this file is the function's body when it is first called.\n"
         "if [ \"$funcstack[1]\" = _vme ]; then _bash_complete -o filenames -F _vme; fi\n";
}

std::string fishCompletion(const Cli& cli) {
  std::string text = "# fish completion of vme: vme completion fish | source\ncomplete -c vme -f\n";
  for (const auto& node : completionNodes(cli.root())) {
    for (const auto& command : node.commands) {
      text += fmt::format("complete -c vme -n {} -a {}\n", quoted(fishCondition(node)), command);
    }
    for (const auto& option : node.options) text += fishOption(node, option);
    for (const auto& positional : node.positionals) {
      const auto values = fishValues(positional);
      if (values.size() > 3) text += fmt::format("complete -c vme -n {}{}\n", quoted(fishCondition(node)), values);
    }
  }
  return text;
}

void addCompletion(Cli& cli) {
  auto shell = std::make_shared<std::string>();
  auto* app = cli.add(cli.root(),
                      {"completion",
                       "of commands and options in a shell",
                       kLookUp,
                       {"source <(vme completion bash)", "vme completion fish > ~/.config/fish/completions/vme.fish"}},
                      [&cli, shell] { return printCompletion(cli, *shell); });
  addOption(app, "SHELL", *shell, "bash|zsh|fish", "bash, zsh or fish");
}

}  // namespace vme::cli

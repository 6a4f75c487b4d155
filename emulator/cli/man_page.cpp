#include "cli/man_page.hpp"

#include <fmt/format.h>

#include <string_view>

#include "cli/help.hpp"

namespace vme::cli {
namespace {

/// Text as it stands: a dash that can be copied as one, no escape, no request at the begin of a line.
std::string plain(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (out.empty() && (c == '.' || c == '\'')) out += "\\&";
    if (c == '-') {
      out += "\\-";
    } else if (c == '\\') {
      out += "\\e";
    } else {
      out += c;
    }
  }
  return out;
}

std::string bold(std::string_view text) {
  return fmt::format("\\fB{}\\fR", plain(text));
}

std::string italic(std::string_view text) {
  return fmt::format("\\fI{}\\fR", plain(text));
}

/// `-q, --quiet`, `--machines N`, `SCENARIO`.
std::string tagOf(const CLI::Option* option) {
  if (option->get_positional()) return italic(option->get_name(true));
  std::string text;
  for (const auto& name : option->get_snames()) text += (text.empty() ? "" : ", ") + bold("-" + name);
  for (const auto& name : option->get_lnames()) text += (text.empty() ? "" : ", ") + bold("--" + name);
  if (option->get_items_expected_max() > 0) text += " " + italic(option->get_type_name());
  return text;
}

std::string optionsOf(const CLI::App* app) {
  std::string text;
  for (const bool positional : {true, false}) {
    for (const auto* option : shownOptions(app, positional)) {
      text += fmt::format(".TP\n{}\n{}\n", tagOf(option), plain(option->get_description()));
    }
  }
  return text;
}

/// The examples of a command's help: its footer below the heading.
std::string examplesOf(const CLI::App* app) {
  const auto footer = app->get_footer();
  std::string text;
  for (auto at = footer.find('\n'); at != std::string::npos;) {
    const auto end = footer.find('\n', at + 1);
    auto line = footer.substr(at + 1, end == std::string::npos ? end : end - at - 1);
    line.erase(0, line.find_first_not_of(' '));
    text += plain(line) + "\n";
    at = end;
  }
  return text.empty() ? text : ".PP\n.EX\n" + text + ".EE\n";
}

/// A command that does something gets a section; one that only holds others leaves it to them.
void addCommands(const CLI::App* app, std::string& text) {
  for (const auto* command : app->get_subcommands({})) {
    if (command->get_group().empty()) continue;
    if (!command->get_subcommands({}).empty()) {
      addCommands(command, text);
      continue;
    }
    std::string line = bold(commandLineOf(command));
    for (const auto* option : shownOptions(command, true)) line += " " + italic(option->get_name(true));
    if (!shownOptions(command, false).empty()) line += " [" + italic("options") + "]";
    text += fmt::format(".SS {}\n{}.\n{}{}", line, plain(command->get_description()), optionsOf(command),
                        examplesOf(command));
  }
}

void fill(std::string& page, std::string_view mark, const std::string& text) {
  for (auto at = page.find(mark); at != std::string::npos; at = page.find(mark, at + text.size())) {
    page.replace(at, mark.size(), text);
  }
}

}  // namespace

std::string manPage(const Cli& cli, const std::string& page) {
  std::string commands;
  addCommands(cli.root(), commands);
  auto out = page;
  fill(out, "@VERSION@", VME_VERSION);
  fill(out, "@OPTIONS@\n", optionsOf(cli.root()));
  fill(out, "@COMMANDS@\n", commands);
  return out;
}

}  // namespace vme::cli

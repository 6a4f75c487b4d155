#include "cli/help.hpp"

#include <fmt/format.h>

#include "cli/app.hpp"

namespace vme::cli {
namespace {

constexpr std::size_t kWidth = 80;
constexpr std::size_t kColumn = 16;        // of a command's description
constexpr std::size_t kOptionColumn = 30;  // of an option's description

/// `-q,--quiet`, `--machines N`, `SCENARIO`.
std::string spelling(const CLI::Option* option) {
  if (option->get_positional()) return option->get_name(true);
  auto text = option->get_name(false, true);
  if (option->get_items_expected_max() > 0) text += " " + option->get_type_name();
  if (option->get_expected_max() > 1) text += " ...";
  return text;
}

std::string row(const std::string& left, const std::string& right, std::size_t column) {
  const auto text = wrapped(right, column, kWidth);
  if (left.size() + 4 > column) return fmt::format("  {}\n{:{}}{}\n", left, "", column, text);
  return fmt::format("  {:{}}{}\n", left, column - 2, text);
}

std::vector<std::string> headings(const CLI::App* app) {
  std::vector<std::string> seen;
  for (const auto* command : app->get_subcommands({})) {
    const auto group = command->get_group();
    if (!group.empty() && std::find(seen.begin(), seen.end(), group) == seen.end()) seen.push_back(group);
  }
  return seen;
}

std::string commandsUnder(const CLI::App* app, const std::string& heading) {
  std::string text;
  for (const auto* command : app->get_subcommands({})) {
    if (command->get_group() == heading) text += row(command->get_name(), command->get_description(), kColumn);
  }
  return text;
}

}  // namespace

std::vector<const CLI::Option*> shownOptions(const CLI::App* app, bool positional) {
  return app->get_options([&](const CLI::Option* option) {
    return option->get_positional() == positional && !option->get_group().empty() && option != app->get_help_ptr();
  });
}

std::string wrapped(const std::string& text, std::size_t indent, std::size_t width) {
  std::string out;
  std::size_t used = indent;
  std::size_t at = 0;
  while (at < text.size()) {
    auto end = text.find(' ', at);
    if (end == std::string::npos) end = text.size();
    const auto length = end - at;
    if (used > indent && used + 1 + length > width) {
      out += "\n" + std::string(indent, ' ');
      used = indent;
    } else if (used > indent) {
      out += ' ';
      ++used;
    }
    out.append(text, at, length);
    used += length;
    at = end + 1;
  }
  return out;
}

std::string HelpFormatter::make_help(const CLI::App* app, std::string, CLI::AppFormatMode) const {
  return app->get_parent() == nullptr ? overview(app) : details(app);
}

std::string HelpFormatter::overview(const CLI::App* app) const {
  const auto description = app->get_description();
  auto text = fmt::format("vme {}: {}    Usage: vme COMMAND [--help]\n", VME_VERSION,
                          description.substr(0, description.find(',')));
  for (const auto& heading : headings(app)) text += heading + ":\n" + commandsUnder(app, heading);
  text += "Examples: vme run scenarios/quickstart.yaml    vme serve --profile amt-3.2.2\n";
  return text;
}

std::string HelpFormatter::details(const CLI::App* app) const {
  auto text = wrapped(app->get_description(), 0, kWidth) + "\nUsage: " + commandLineOf(app);
  const auto positionals = shownOptions(app, true);
  // A program to run, with its own options, comes last.
  const auto isProgram = [](const CLI::Option* option) { return option->get_items_expected_max() > 1; };
  for (const auto* option : positionals) {
    if (!isProgram(option)) text += " " + option->get_name(true);
  }
  if (!app->get_subcommands({}).empty()) text += " COMMAND";
  text += " [OPTIONS]";
  for (const auto* option : positionals) {
    if (isProgram(option)) text += " -- " + option->get_name(true) + " [ARGUMENT...]";
  }
  text += "\n\n";
  for (const auto* option : positionals) text += row(spelling(option), option->get_description(), kOptionColumn);
  for (const auto& heading : headings(app)) text += commandsUnder(app, heading);
  for (const auto* option : shownOptions(app, false)) {
    text += row(spelling(option), option->get_description(), kOptionColumn);
  }
  return text + row("--quiet, --log-level LEVEL", "as for every command", kOptionColumn) + "\n" + app->get_footer() +
         "\n";
}

}  // namespace vme::cli

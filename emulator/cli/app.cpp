#include "cli/app.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "base/error.hpp"
#include "base/nearest.hpp"
#include "cli/commands.hpp"
#include "cli/help.hpp"
#include "cli/log.hpp"

namespace vme::cli {
namespace {

void say(std::string_view text) {
  fmt::print(stderr, "{}\n", text);
}

/// The names that a misspelt word may have meant: options when it starts with a dash, else commands.
std::vector<std::string> candidates(const CLI::App* app, bool options) {
  std::vector<std::string> names;
  for (; app != nullptr; app = app->get_parent()) {
    if (options) {
      for (const auto* option : app->get_options()) {
        for (const auto& name : option->get_lnames()) names.push_back("--" + name);
      }
    } else {
      for (const auto* command : app->get_subcommands({})) names.push_back(command->get_name());
      return names;
    }
  }
  return names;
}

[[noreturn]] void refuse(const CLI::App* app, const std::string& word) {
  const bool option = word.starts_with('-');
  const auto name = word.substr(0, word.find('='));
  const bool takesCommand = !app->get_subcommands({}).empty();
  auto hint = option || takesCommand ? didYouMean(name, candidates(app, option)) : std::string();
  if (hint.empty()) hint = fmt::format(" see `{} --help`", commandLineOf(app));
  const auto* kind = option ? "option" : (takesCommand ? "command" : "argument");
  throw ConfigError(commandLineOf(app), fmt::format("unknown {} \"{}\".{}", kind, name, hint));
}

}  // namespace

Cli::Cli() : root_(std::make_unique<CLI::App>("virtual Intel AMT Management Engines, firmware 2.x to 5.x", "vme")) {
  root_->formatter(std::make_shared<HelpFormatter>());
  root_->set_help_flag("-h,--help", "this text; `vme COMMAND --help` for a command's options and examples");
  root_->set_version_flag("--version", "vme " VME_VERSION, "of vme");
  addFlag(root(), "-q,--quiet", globals_.quiet, "results and errors only");
  addOption(root(), "--log-level", globals_.logLevel, "trace|debug|info|warn|error|off",
            "what to log on standard error");
  addOption(root(), "--profiles", globals_.profiles, "DIR", "your own profiles, beside the built-in ones or over them");
  root_->fallthrough();
  root_->allow_extras();
  root_->require_subcommand(0, 1);
  addAllCommands(*this);
}

Cli::~Cli() = default;

CLI::App* Cli::add(CLI::App* parent, const CommandInfo& info, Action action) {
  auto* app = parent->add_subcommand(info.name, info.description);
  app->group(info.group.empty() ? "Commands" : info.group);
  app->footer(fmt::format("Examples:\n  {}\n  {}", info.examples[0], info.examples[1]));
  app->require_subcommand(0, 1);
  if (action) actions_[app] = std::move(action);
  return app;
}

void Cli::addUnavailableOption(CLI::App* app, const std::string& name, const std::string& type) {
  auto* option = app->add_option(name)->type_name(type)->group("");
  unavailableOptions_.push_back(option);
}

Exit Cli::run(std::vector<std::string> arguments) {
  arguments_ = arguments;
  try {
    return parseAndAct(std::move(arguments));
  } catch (const ConfigError& error) {
    say(error.what());
    return Exit::usage;
  } catch (const EnvironmentError& error) {
    say(error.what());
    return Exit::environment;
  } catch (const std::exception& error) {
    say(fmt::format("vme: internal error: {}. please report it with the command line", error.what()));
    return Exit::internal;
  }
}

Exit Cli::parseAndAct(std::vector<std::string> arguments) {
  std::reverse(arguments.begin(), arguments.end());  // CLI11 takes them last first
  try {
    root_->parse(std::move(arguments));
  } catch (const CLI::CallForHelp&) {
    return showHelp();
  } catch (const CLI::CallForVersion& version) {
    fmt::print("{}\n", version.what());
    return Exit::held;
  } catch (const CLI::ParseError& error) {
    throw ConfigError(commandLineOf(chosen()),
                      fmt::format("{}. see `{} --help`", error.what(), commandLineOf(chosen())));
  }
  refuseUnavailable();
  refuseUnknown();
  setUpLog(globals_);
  const auto action = actions_.find(chosen());
  if (action != actions_.end()) return action->second();
  fmt::print(stderr, "{}", chosen()->help());
  return Exit::usage;
}

Exit Cli::showHelp() {
  refuseUnavailable();
  fmt::print("{}", chosen()->help());
  return Exit::held;
}

void Cli::refuseUnknown() const {
  // Words unknown to a command fall through to the one above it, so the innermost command is the one to blame.
  auto words = root_->remaining(true);
  std::erase(words, "--");  // separates options from the program of `vme host`
  if (!words.empty()) refuse(chosen(), words.front());
}

void Cli::refuseUnavailable() const {
  for (const auto* option : unavailableOptions_) {
    if (option->count() == 0) continue;
    throw ConfigError("--" + option->get_lnames().front(), "not available in this version. leave it out");
  }
}

const CLI::App* Cli::chosen() const {
  const CLI::App* app = root();
  while (!app->get_subcommands().empty()) app = app->get_subcommands().front();
  return app;
}

void addOption(CLI::App* app, const std::string& name, std::string& target, const std::string& type,
               const std::string& description) {
  app->add_option(name, target, description)->type_name(type);
}

void addOption(CLI::App* app, const std::string& name, std::vector<std::string>& target, const std::string& type,
               const std::string& description) {
  auto* option = app->add_option(name, target, description)->type_name(type);
  if (name.starts_with('-')) option->expected(1)->take_all();
}

void addNames(CLI::App* app, const std::string& name, std::vector<std::string>& target, const std::string& type,
              const std::string& description) {
  app->add_option(name, target, description)->type_name(type)->delimiter(',');
}

void addFlag(CLI::App* app, const std::string& name, bool& target, const std::string& description) {
  app->add_flag(name, target, description);
}

std::string commandLineOf(const CLI::App* app) {
  if (app->get_parent() == nullptr) return app->get_name();
  return commandLineOf(app->get_parent()) + " " + app->get_name();
}

}  // namespace vme::cli

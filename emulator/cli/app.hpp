#pragma once
// The command tree of `vme`, and how one command line is run: parse, refuse what is unknown or not there yet, act, and
// turn what went wrong into one line and an exit status. CLI11 stays behind it: each source that sees its headers
// compiles for ten seconds more.

#include <array>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace CLI {  // NOLINT(readability-identifier-naming): of CLI11
class App;
class Option;
}  // namespace CLI

namespace vme::cli {

/// Exit statuses (interface.md 1).
enum class Exit : int { held = 0, expectationFailed = 1, usage = 2, environment = 3, internal = 70, interrupted = 130 };

/// Options that every command takes.
struct Globals {
  bool quiet = false;
  std::string logLevel = "warn";
  std::string profiles;  // a folder of the user's own; empty: none

  std::optional<std::filesystem::path> profileFolder() const {
    return profiles.empty() ? std::nullopt : std::optional<std::filesystem::path>(profiles);
  }
};

using Action = std::function<Exit()>;

struct CommandInfo {
  std::string name;
  std::string description;
  std::string group;                    // heading in `vme --help`; of a nested command: empty
  std::array<std::string, 2> examples;  // whole command lines
};

class Cli {
 public:
  Cli();
  ~Cli();
  Cli(const Cli&) = delete;
  Cli& operator=(const Cli&) = delete;

  /// A command below `parent`; `action` runs it once the line is parsed, none for a mere group of commands.
  CLI::App* add(CLI::App* parent, const CommandInfo& info, Action action);
  /// An option of the interface that this version does not have: named so that it is refused, not unknown.
  void addUnavailableOption(CLI::App* app, const std::string& name, const std::string& type);

  CLI::App* root() { return root_.get(); }
  const CLI::App* root() const { return root_.get(); }
  const Globals& globals() const { return globals_; }
  /// The command line that runs, without the program's name.
  const std::vector<std::string>& arguments() const { return arguments_; }

  /// Runs a command line without the program's name. Errors go to standard error.
  Exit run(std::vector<std::string> arguments);

 private:
  Exit parseAndAct(std::vector<std::string> arguments);
  Exit showHelp();
  void refuseUnknown() const;
  void refuseUnavailable() const;
  const CLI::App* chosen() const;

  std::unique_ptr<CLI::App> root_;
  Globals globals_;
  std::vector<std::string> arguments_;
  std::map<const CLI::App*, Action> actions_;
  std::vector<const CLI::Option*> unavailableOptions_;
};

/// What a command takes. A `name` that begins with a dash is an option's, any other an argument's; `type` is what the
/// help calls its value, and FILE, DIR, PROFILE and `a|b` are completed. What is typed is kept in `target`, which
/// outlives the Cli.
void addOption(CLI::App* app, const std::string& name, std::string& target, const std::string& type,
               const std::string& description);
/// Several: an option is repeated, an argument takes the words that follow.
void addOption(CLI::App* app, const std::string& name, std::vector<std::string>& target, const std::string& type,
               const std::string& description);
/// Several in one value, with commas between them.
void addNames(CLI::App* app, const std::string& name, std::vector<std::string>& target, const std::string& type,
              const std::string& description);
void addFlag(CLI::App* app, const std::string& name, bool& target, const std::string& description);

/// `vme pki make`: the words that lead to a command.
std::string commandLineOf(const CLI::App* app);

}  // namespace vme::cli

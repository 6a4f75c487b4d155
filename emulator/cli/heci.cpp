#include <fmt/format.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <optional>
#include <thread>

#include "cli/commands.hpp"
#include "cli/common.hpp"
#include "cli/event_stream.hpp"
#include "cli/heci_report.hpp"
#include "cli/own_machine.hpp"
#include "devmei/client.hpp"
#include "net/spawn.hpp"

namespace vme::cli {
namespace {

using namespace std::chrono_literals;

struct HeciOptions {
  ServeOptions machines;
  std::string machine = "0";
  std::string socket;
  std::string client = "amthi";
  std::string argument;  // OTP or HEX
};

/// What the messages go to: a machine of one's own, or one that runs, by its socket.
class Target {
 public:
  Target(const HeciOptions& options, const Globals& globals) : unheard_(false) {
    if (!options.socket.empty()) {
      if (!options.machines.profile.empty()) throw ConfigError("--heci", "contradicts --profile. give one of them");
      socket_.emplace(loop_.get_executor(), options.socket);
      thread_ = std::thread([this] { loop_.run(); });
      return;
    }
    require(!options.machines.profile.empty() || !options.machines.state.empty(), "vme heci",
            "neither --profile, --state nor --heci given. name a firmware build for a machine, the file of one, or the "
            "socket of one that runs");
    own_ = std::make_unique<OwnMachine>(options.machines, options.machine, globals);
    own_->start(unheard_);
  }
  ~Target() {
    if (!thread_.joinable()) return;
    boost::asio::post(loop_, [this] {
      socket_.reset();
      guard_.reset();
    });
    thread_.join();
  }
  Target(const Target&) = delete;
  Target& operator=(const Target&) = delete;

  net::HeciDevice& device() { return own_ ? own_->heci() : *socket_; }
  /// Throws what the machine met meanwhile.
  void finish() {
    if (own_) own_->stop();
  }

 private:
  EventStream unheard_;
  std::unique_ptr<OwnMachine> own_;
  boost::asio::io_context loop_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard_{loop_.get_executor()};
  std::optional<devmei::SocketDevice> socket_;
  std::thread thread_;
};

using Report = net::Task<HeciReport> (*)(net::HeciDevice&, const std::string& argument, const std::string& client);

Exit ask(const HeciOptions& options, const Globals& globals, Report report) {
  Target target(options, globals);
  auto& device = target.device();
  const auto told = net::runOn(device.executor(), report(device, options.argument, options.client));
  target.finish();
  if (!told.error.empty()) {
    fmt::print(stderr, "vme heci: {}\n", told.error);
    return Exit::expectationFailed;
  }
  if (options.machines.json) {
    printJson(told.json);
  } else {
    fmt::print("{}", told.text);
  }
  return Exit::held;
}

struct Command {
  const char* name;
  const char* description;
  std::array<std::string, 2> examples;
  Report report;
  const char* argument;  // what it is called; null: none
  const char* argumentMeaning;
};

const std::array kCommands{
    Command{"versions",
            "the code versions of the firmware",
            {"vme heci versions --profile amt-3.2.2", "vme heci versions --heci heci/0.sock --json"},
            [](net::HeciDevice& device, const std::string&, const std::string&) { return versionsOf(device); },
            nullptr,
            nullptr},
    Command{"state",
            "mode, state and what set-up depends on",
            {"vme heci state --profile amt-2.6.20", "vme heci state --heci heci/0.sock"},
            [](net::HeciDevice& device, const std::string&, const std::string&) { return stateOf(device); },
            nullptr,
            nullptr},
    Command{"hashes",
            "the table of trusted root hashes",
            {"vme heci hashes --profile amt-5.2", "vme heci hashes --profile amt-3.2.2 --root ours=root.pem"},
            [](net::HeciDevice& device, const std::string&, const std::string&) { return hashesOf(device); },
            nullptr,
            nullptr},
    Command{"otp",
            "sets the one-time password, as an agent does",
            {"vme heci otp Secret-1234 --heci heci/0.sock", "vme heci otp Secret-1234 --profile amt-2.6.20"},
            [](net::HeciDevice& device, const std::string& otp, const std::string&) { return setOtp(device, otp); },
            "OTP",
            "8 to 32 characters"},
    Command{"raw",
            "sends one message and shows the answer, in hex",
            {"vme heci raw 010100001100000400000000 --profile amt-5.0",
             "vme heci raw 02121310780001010102030000000000 --client watchdog --heci 0.sock"},
            sendRaw,
            "HEX",
            "the message"},
};

}  // namespace

void addHeci(Cli& cli) {
  auto* parent = cli.add(cli.root(),
                         {"heci",
                          "versions, state, hashes, otp, raw: an ME as its host sees it",
                          kTest,
                          {"vme heci state --profile amt-3.2.2", "vme heci versions --heci heci/0.sock"}},
                         nullptr);
  for (const auto& command : kCommands) {
    auto options = std::make_shared<HeciOptions>();
    auto* app = cli.add(parent, {command.name, command.description, "", command.examples},
                        [&cli, options, &command] { return ask(*options, cli.globals(), command.report); });
    if (command.argument) {
      addOption(app, command.argument, options->argument, command.argument, command.argumentMeaning);
    }
    if (command.report == sendRaw) {
      addOption(app, "--client", options->client, "amthi|watchdog|mkhi|lme|lms|UUID", "to whom; default amthi");
    }
    addOption(app, "--heci", options->socket, "SOCKET",
              "the device of a running ME, by its socket, in place of a machine");
    addMachineOptions(app, options->machines);
    addOption(app, "--machine", options->machine, "ID",
              "which one: its number, or GROUP/INDEX of a state file; default 0");
    addFlag(app, "--json", options->machines.json, "as JSON");
  }
}

}  // namespace vme::cli

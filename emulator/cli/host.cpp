#include "base/error.hpp"
#include "cli/commands.hpp"
#include "cli/common.hpp"
#include "cli/event_stream.hpp"
#include "cli/heci_state.hpp"
#include "cli/own_machine.hpp"
#include "devmei/launch.hpp"
#include "devmei/seqpacket.hpp"
#include "devmei/server.hpp"
#include "devmei/supervisor.hpp"

namespace vme::cli {
namespace {

struct HostOptions {
  ServeOptions machines;
  std::string machine = "0";
  std::string heci;
  bool noDriver = false;
  std::vector<std::string> command;
};

Exit runWith(devmei::Launch& launch, devmei::Descriptor control, bool driver) {
  devmei::Supervisor supervisor(std::move(control), driver);
  return static_cast<Exit>(supervisor.run(launch.go(), launch.pid()));
}

Exit hostOwn(const HostOptions& options, const Globals& globals) {
  OwnMachine machine(options.machines, options.machine, globals);
  // The program's process is there before any thread is.
  devmei::Launch launch(options.command);
  EventStream unheard(false);
  machine.start(unheard);
  devmei::Server server(machine.heci(), heciStateOf(machine.profile()));
  auto [host, me] = devmei::makePair();
  server.serve(std::move(me));
  const auto status = runWith(launch, std::move(host), !options.noDriver);
  server.stop();
  machine.stop();
  return status;
}

Exit host(const HostOptions& options, const Globals& globals) {
  require(!options.command.empty(), "vme host", "no program given. name it and its arguments after `--`");
  if (options.heci.empty()) {
    require(!options.machines.profile.empty() || !options.machines.state.empty(), "vme host",
            "neither --profile, --state nor --heci given. name a firmware build for a machine, the file of one, or the "
            "socket of one that runs");
    return hostOwn(options, globals);
  }
  if (!options.machines.profile.empty()) throw ConfigError("--heci", "contradicts --profile. give one of them");
  devmei::Launch launch(options.command);
  return runWith(launch, devmei::connectTo(options.heci), !options.noDriver);
}

}  // namespace

void addHost(Cli& cli) {
  auto options = std::make_shared<HostOptions>();
  auto* app = cli.add(cli.root(),
                      {"host",
                       "an unmodified program with a simulated /dev/mei0",
                       kTest,
                       {"vme host --profile amt-3.2.2 -- mei-amt-check", "vme host --heci heci/0.sock -- rpc amtinfo"}},
                      [&cli, options] { return host(*options, cli.globals()); });
  addMachineOptions(app, options->machines);
  addOption(app, "--machine", options->machine, "ID",
            "whose device it is: its number, or GROUP/INDEX of a state file; default 0");
  addOption(app, "--heci", options->heci, "SOCKET", "the device of a running ME, by its socket, in place of a machine");
  addFlag(app, "--no-driver", options->noDriver, "the PC has no HECI driver: there is no device");
  addOption(app, "PROGRAM", options->command, "", "after `--`: what to run, and its arguments");
}

}  // namespace vme::cli

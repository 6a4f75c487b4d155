#include <fmt/format.h>

#include "base/error.hpp"
#include "cli/commands.hpp"
#include "cli/common.hpp"
#include "cli/event_stream.hpp"
#include "cli/heci_state.hpp"
#include "cli/profile_option.hpp"
#include "cli/serve_options.hpp"
#include "devmei/launch.hpp"
#include "devmei/seqpacket.hpp"
#include "devmei/server.hpp"
#include "devmei/supervisor.hpp"
#include "runtime/state_store.hpp"

namespace vme::cli {
namespace {

struct HostOptions {
  ServeOptions machines;
  std::string machine = "0";
  std::string heci;
  bool noDriver = false;
  std::vector<std::string> command;
};

/// INDEX or GROUP/INDEX.
std::uint32_t machineOf(const std::string& text, const runtime::Fleet& fleet) {
  const auto slash = text.rfind('/');
  const auto index = number("--machine", slash == std::string::npos ? text : text.substr(slash + 1), 0, UINT32_MAX);
  if (index >= fleet.size()) {
    throw ConfigError("--machine", fmt::format("there are {} machines. give 0 to {}", fleet.size(), fleet.size() - 1));
  }
  const auto machine = static_cast<std::uint32_t>(index);
  if (slash != std::string::npos && fleet.nameOf(machine) != text) {
    throw ConfigError("--machine", fmt::format("\"{}\" is none. give {}", text, fleet.nameOf(machine)));
  }
  return machine;
}

Exit runWith(devmei::Launch& launch, devmei::Descriptor control, bool driver) {
  devmei::Supervisor supervisor(std::move(control), driver);
  return static_cast<Exit>(supervisor.run(launch.go(), launch.pid()));
}

Exit hostOwn(const HostOptions& options, const Globals& globals) {
  auto fleetOptions = fleetFrom(options.machines);
  const profile::Catalogue catalogue(globals.profileFolder());
  auto group = groupFrom(options.machines, loadProfile(catalogue, options.machines));
  const auto state = heciStateOf(*group.profile);
  devmei::Launch launch(options.command);
  if (!options.machines.state.empty()) {
    fleetOptions.state =
        std::make_shared<runtime::StateStore>(options.machines.state, runtime::stateFacts(fleetOptions, {group}));
  }
  EventStream unheard(false);
  runtime::Fleet fleet(fleetOptions, {std::move(group)}, unheard);
  const auto machine = machineOf(options.machine, fleet);
  fleet.start();
  arrivedViews(fleet, false);
  devmei::Server server(fleet.heci(machine), state);
  auto [host, me] = devmei::makePair();
  server.serve(std::move(me));
  const auto status = runWith(launch, std::move(host), !options.noDriver);
  server.stop();
  fleet.stop();
  fleet.check();
  return status;
}

Exit host(const HostOptions& options, const Globals& globals) {
  require(!options.command.empty(), "vme host", "no program given. name it and its arguments after `--`");
  if (options.heci.empty()) {
    require(!options.machines.profile.empty(), "vme host",
            "neither --profile nor --heci given. name a firmware build for a machine, or the socket of one that runs");
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
  app->add_option("--machine", options->machine, "whose device it is, of --machines; default 0")->type_name("INDEX");
  app->add_option("--heci", options->heci, "the device of a running ME, by its socket, in place of a machine")
      ->type_name("SOCKET");
  app->add_flag("--no-driver", options->noDriver, "the PC has no HECI driver: there is no device");
  app->add_option("PROGRAM", options->command, "after `--`: what to run, and its arguments");
}

}  // namespace vme::cli

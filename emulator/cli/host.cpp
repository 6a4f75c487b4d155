#include "base/error.hpp"
#include "cli/commands.hpp"
#include "cli/common.hpp"
#include "devmei/launch.hpp"
#include "devmei/seqpacket.hpp"
#include "devmei/supervisor.hpp"

namespace vme::cli {
namespace {

struct HostOptions {
  std::string heci;
  bool noDriver = false;
  std::vector<std::string> command;
};

Exit host(const HostOptions& options) {
  require(!options.command.empty(), "vme host", "no program given. name it and its arguments after `--`");
  require(!options.heci.empty(), "vme host", "no --heci given. name the socket of a virtual ME");
  devmei::Launch launch(options.command);
  devmei::Supervisor supervisor(devmei::connectTo(options.heci), !options.noDriver);
  return static_cast<Exit>(supervisor.run(launch.go(), launch.pid()));
}

}  // namespace

void addHost(Cli& cli) {
  auto options = std::make_shared<HostOptions>();
  auto* app = cli.add(
      cli.root(),
      {"host",
       "an unmodified program with a simulated /dev/mei0",
       kTest,
       {"vme host --heci heci/0.sock -- rpc amtinfo", "vme host --no-driver --heci heci/0.sock -- rpc amtinfo"}},
      [options] { return host(*options); });
  app->add_option("--heci", options->heci, "the socket of a running virtual ME")->type_name("SOCKET");
  app->add_flag("--no-driver", options->noDriver, "the PC has no HECI driver: there is no device");
  app->add_option("program", options->command, "after `--`: what to run, and its arguments")
      ->type_name("PROGRAM [ARGS...]");
}

}  // namespace vme::cli

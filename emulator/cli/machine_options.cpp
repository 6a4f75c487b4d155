#include <algorithm>
#include <thread>

#include "cli/serve_options.hpp"

namespace vme::cli {
namespace {

using namespace std::chrono_literals;

/// A fleet that comes up all at once has arrived within this time, or is reported as it is.
constexpr auto kArrivalWait = 10s;

/// What it is.
void addBuildOptions(CLI::App* app, ServeOptions& options) {
  app->add_option("--profile", options.profile, "the firmware build")->type_name("PROFILE");
  app->add_option("--address", options.address, "of the first machine; default 127.16.0.1")->type_name("ADDRESS");
  app->add_option("--machines", options.machines, "this many, at consecutive addresses")->type_name("N");
  app->add_option("--seed", options.seed, "of their identities; default 1")->type_name("S");
  app->add_option("--uuid", options.uuid, "of the first machine")->type_name("UUID");
  app->add_option("--set", options.set, "a value of the profile, as api.http_max_conn=2; repeatable")
      ->type_name("KEY=VALUE")
      ->expected(1)
      ->take_all();
  app->add_option("--compat", options.compat, "adds what a newer server asks for, as meshcentral")
      ->type_name("NAME,...")
      ->delimiter(',');
  app->add_option("--tls", options.tls, "TLS 1.0 and its suites, or 1.2 and 1.3; default modern")
      ->type_name("period|modern");
  app->add_option("--time-scale", options.timeScale, "speed of their clocks and windows; default 1")->type_name("X");
  app->add_option("--timing-scale", options.timingScale, "factor on the firmware's own waits; 0: none; default 1")
      ->type_name("X");
}

/// How its set-up begins.
void addSetupOptions(CLI::App* app, ServeOptions& options) {
  app->add_option("--psk", options.psk, "enters that pair as in MEBx; `derived`: each machine's own")
      ->type_name("PID:PPS");
  app->add_flag("--no-psk", options.noPsk, "no pair is entered, which is the default");
  app->add_option("--usb-key", options.usbKey, "a setup.bin; each machine takes a record of it when it comes up")
      ->type_name("FILE");
  app->add_option("--root", options.roots, "enters a root's hash as in MEBx; repeatable")
      ->type_name("NAME=FILE.pem")
      ->expected(1)
      ->take_all();
  app->add_option("--root-inactive", options.inactiveRoots, "the same, switched off; repeatable")
      ->type_name("NAME=FILE.pem")
      ->expected(1)
      ->take_all();
  app->add_option("--dns-suffix", options.dnsSuffix, "DHCP option 15, as corp.example")->type_name("SUFFIX");
  app->add_option("--hello-to", options.helloTo, "the server, in place of DNS; default 127.0.0.1:9971")
      ->type_name("HOST[:PORT]");
  app->add_flag("--no-hello", options.noHello, "sends no hello");
  app->add_option("--otp", options.otp, "the one-time password that an agent would have set")->type_name("VALUE");
  app->add_option("--setup-password", options.setupPassword, "the MEBx password entered with the PSK pair")
      ->type_name("PASSWORD");
  app->add_flag("--start", options.start, "starts set-up as an agent would");
  app->add_option("--provisioned", options.provisioned, "starts operational; with --tls over TLS on 16993")
      ->type_name("USER:PASSWORD");
}

}  // namespace

void addMachineOptions(CLI::App* app, ServeOptions& options) {
  addBuildOptions(app, options);
  addSetupOptions(app, options);
  app->add_option("--state", options.state, "keeps the machines in that file; a later start goes on from there")
      ->type_name("FILE");
}

std::vector<runtime::MachineView> arrivedViews(const runtime::Fleet& fleet, const std::atomic<bool>& stop) {
  const auto until = std::chrono::steady_clock::now() + kArrivalWait;
  while (true) {
    auto views = fleet.views();
    const bool all = std::ranges::all_of(views, &runtime::MachineView::arrived);
    if (all || stop || std::chrono::steady_clock::now() > until) return views;
    std::this_thread::sleep_for(5ms);
  }
}

}  // namespace vme::cli

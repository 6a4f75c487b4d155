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
  addOption(app, "--profile", options.profile, "PROFILE", "the firmware build");
  addOption(app, "--address", options.address, "ADDRESS", "of the first machine; default 127.16.0.1");
  addOption(app, "--machines", options.machines, "N", "this many, at consecutive addresses");
  addOption(app, "--seed", options.seed, "S", "of their identities; default 1");
  addOption(app, "--uuid", options.uuid, "UUID", "of the first machine");
  addOption(app, "--set", options.set, "KEY=VALUE", "a value of the profile, as api.http_max_conn=2; repeatable");
  addNames(app, "--compat", options.compat, "NAME,...", "adds what a newer server asks for, as meshcentral");
  addOption(app, "--tls", options.tls, "period|modern", "TLS 1.0 and its suites, or 1.2 and 1.3; default modern");
  addOption(app, "--time-scale", options.timeScale, "X", "speed of their clocks and windows; default 1");
  addOption(app, "--timing-scale", options.timingScale, "X", "factor on the firmware's own waits; 0: none; default 1");
}

/// How its set-up begins.
void addSetupOptions(CLI::App* app, ServeOptions& options) {
  addOption(app, "--psk", options.psk, "PID:PPS", "enters that pair as in MEBx; `derived`: each machine's own");
  addFlag(app, "--no-psk", options.noPsk, "no pair is entered, which is the default");
  addOption(app, "--usb-key", options.usbKey, "FILE",
            "a setup.bin; each machine takes a record of it when it comes up");
  addOption(app, "--root", options.roots, "NAME=FILE.pem", "enters a root's hash as in MEBx; repeatable");
  addOption(app, "--root-inactive", options.inactiveRoots, "NAME=FILE.pem", "the same, switched off; repeatable");
  addOption(app, "--dns-suffix", options.dnsSuffix, "SUFFIX", "DHCP option 15, as corp.example");
  addOption(app, "--hello-to", options.helloTo, "HOST[:PORT]", "the server, in place of DNS; default 127.0.0.1:9971");
  addFlag(app, "--no-hello", options.noHello, "sends no hello");
  addOption(app, "--otp", options.otp, "VALUE", "the one-time password that an agent would have set");
  addOption(app, "--setup-password", options.setupPassword, "PASSWORD", "the MEBx password entered with the PSK pair");
  addFlag(app, "--start", options.start, "starts set-up as an agent would");
  addOption(app, "--provisioned", options.provisioned, "USER:PASSWORD",
            "starts operational; with --tls over TLS on 16993");
}

}  // namespace

void addMachineOptions(CLI::App* app, ServeOptions& options) {
  addBuildOptions(app, options);
  addSetupOptions(app, options);
  addOption(app, "--state", options.state, "FILE", "keeps the machines in that file; a later start goes on from there");
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

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <boost/json/array.hpp>
#include <thread>

#include "base/error.hpp"
#include "cli/commands.hpp"
#include "cli/common.hpp"
#include "cli/event_stream.hpp"
#include "cli/interrupt.hpp"
#include "cli/profile_option.hpp"
#include "cli/serve_options.hpp"
#include "runtime/state_store.hpp"

namespace vme::cli {
namespace {

using namespace std::chrono_literals;

/// A fleet that comes up all at once has arrived within this time, or is reported as it is.
constexpr auto kArrivalWait = 10s;

std::vector<runtime::MachineView> arrivedViews(const runtime::Fleet& fleet, const Interrupt& interrupt) {
  const auto until = std::chrono::steady_clock::now() + kArrivalWait;
  while (true) {
    auto views = fleet.views();
    const bool all = std::ranges::all_of(views, &runtime::MachineView::arrived);
    if (all || interrupt.asked() || std::chrono::steady_clock::now() > until) return views;
    std::this_thread::sleep_for(5ms);
  }
}

std::string joined(const std::vector<std::uint16_t>& ports) {
  return ports.empty() ? "none open" : fmt::format("{}", fmt::join(ports, ", "));
}

void printReadyJson(const runtime::Fleet& fleet, const runtime::MachineView& view, const ServeOptions& options) {
  boost::json::array ports;
  for (const auto port : fleet.openPorts(view.index)) ports.emplace_back(port);
  const auto state = machine::nameOf(view.state);
  boost::json::object ready{{"event", "ready"},
                            {"machine", view.index},
                            {"address", boost::asio::ip::address_v4(view.ipv4).to_string()},
                            {"ports", std::move(ports)},
                            {"uuid", view.uuid.text()},
                            {"profile", fleet.groupOf(view.index).profile->name},
                            {"state", boost::json::string_view(state.data(), state.size())}};
  const auto identity = fleet.identityOf(view.index);
  if (!options.psk.empty()) ready["psk"] = fmt::format("{}:{}", identity.psk.pidText(), identity.psk.ppsText());
  if (!options.state.empty()) ready["restored"] = view.restored;
  if (options.operational()) ready["user"] = fleet.groupOf(view.index).operationalUser;
  printJson(ready);
}

void printReady(const runtime::Fleet& fleet, const std::vector<runtime::MachineView>& views,
                const ServeOptions& options, const runtime::FleetOptions& fleetOptions) {
  const auto& first = views.front();
  const auto& group = fleet.groupOf(0);
  const auto addressOf = [](const runtime::MachineView& view) {
    return boost::asio::ip::address_v4(view.ipv4).to_string();
  };
  auto line = fmt::format("ready: {} at {}", group.profile->name, addressOf(first));
  if (views.size() > 1) line += fmt::format(" to {} ({} machines)", addressOf(views.back()), views.size());
  line += fmt::format(", ports {}", joined(fleet.openPorts(0)));
  if (options.operational()) line += ", user " + group.operationalUser;
  line += fmt::format(", UUID {}, state {}", first.uuid.text(), machine::nameOf(first.state));
  if (!options.psk.empty()) {
    const auto psk = fleet.identityOf(0).psk;
    line += fmt::format(", PSK {}:{}", wire::displayPid(psk.pidText()), wire::displayPps(psk.ppsText()));
  }
  const auto restored = std::ranges::count_if(views, &runtime::MachineView::restored);
  if (restored > 0) line += fmt::format(", {} as {} has {}", restored, options.state, restored == 1 ? "it" : "them");
  fmt::print("{}\n", line);
  if (!options.operational() && fleetOptions.sendHellos) {
    fmt::print("hellos, if any, go to {}:{}; Ctrl-C ends\n", fleetOptions.servicePoint.address().to_string(),
               fleetOptions.servicePoint.port());
  }
  std::fflush(stdout);
}

void printEvents(const runtime::Fleet& fleet, const EventStream::Batch& batch, bool json) {
  for (const auto& event : batch.events) {
    if (json) {
      printJson(jsonOf(fleet, event));
    } else {
      fmt::print("{}\n", lineOf(fleet, event));
    }
  }
  std::fflush(stdout);
  if (batch.dropped > 0)
    spdlog::warn("{} events came faster than they could be printed, and are not shown", batch.dropped);
}

Exit serve(const ServeOptions& options, const Globals& globals) {
  require(!options.profile.empty(), "vme serve", "no --profile given. name one; `vme profiles` lists them");
  auto fleetOptions = fleetFrom(options);
  const profile::Catalogue catalogue(globals.profileFolder());
  auto group = groupFrom(options, loadProfile(catalogue, options));
  if (!options.state.empty()) {
    fleetOptions.state =
        std::make_shared<runtime::StateStore>(options.state, runtime::stateFacts(fleetOptions, {group}));
  }
  const Interrupt interrupt;
  EventStream events(!globals.quiet);
  runtime::Fleet fleet(fleetOptions, {std::move(group)}, events);
  fleet.start();
  const auto views = arrivedViews(fleet, interrupt);
  if (fleetOptions.exposure == net::Exposure::anywhere) {
    spdlog::warn("--address {} is not loopback: ports {} and {} can be reached from the network", options.address,
                 fleetOptions.httpPort, fleetOptions.httpsPort);
  }
  if (options.json) {
    for (const auto& view : views) printReadyJson(fleet, view, options);
  } else {
    printReady(fleet, views, options, fleetOptions);
  }
  while (!interrupt.asked()) {
    printEvents(fleet, events.take(100ms), options.json);
    fleet.check();
  }
  fleet.stop();
  fleet.check();
  printEvents(fleet, events.take(0ms), options.json);
  return Exit::held;
}

void addMachineOptions(CLI::App* app, ServeOptions& options) {
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

void addServe(Cli& cli) {
  auto options = std::make_shared<ServeOptions>();
  auto* app = cli.add(cli.root(),
                      {"serve",
                       "virtual MEs to play with until Ctrl-C",
                       kTest,
                       {"vme serve --profile amt-3.2.2 --provisioned 'admin:P@ssw0rd'",
                        "vme serve --profile amt-2.1 --psk derived --hello-to sp.example"}},
                      [&cli, options] { return serve(*options, cli.globals()); });
  addMachineOptions(app, *options);
  addSetupOptions(app, *options);
  app->add_option("--state", options->state, "keeps the machines in that file; a later start goes on from there")
      ->type_name("FILE");
  app->add_flag("--json", options->json, "one object a ready machine and an event");
  cli.addUnavailableOption(app, "--capture", "FILE");
}

}  // namespace vme::cli

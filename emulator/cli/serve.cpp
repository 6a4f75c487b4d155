#include <fmt/format.h>

#include <boost/json/array.hpp>

#include "base/error.hpp"
#include "base/json_text.hpp"
#include "cli/commands.hpp"
#include "cli/common.hpp"
#include "cli/event_stream.hpp"
#include "cli/heci_sockets.hpp"
#include "cli/interrupt.hpp"
#include "cli/log.hpp"
#include "cli/profile_option.hpp"
#include "cli/serve_options.hpp"
#include "scenario/machine_names.hpp"

namespace vme::cli {
namespace {

using namespace std::chrono_literals;

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
                            {"state", jsonText(state)}};
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
    warn(fmt::format("{} events came faster than they could be printed, and are not shown", batch.dropped));
}

/// Machines are named as events name them: serve/0.
std::shared_ptr<net::CaptureFile> openCapture(const ServeOptions& options, const runtime::Group& group,
                                              runtime::FleetOptions& fleet) {
  const auto spec = captureSpec(options.capture, {});
  if (!spec) return nullptr;
  scenario::Scenario one;
  one.groups.push_back({.group = group});
  fleet.captureOnly = scenario::machinesNamed("--capture-machines", spec->machines, one);
  fleet.capture = std::make_shared<net::CaptureFile>(spec->file, spec->limit);
  return fleet.capture;
}

Exit serve(const ServeOptions& options, const Globals& globals) {
  require(!options.profile.empty(), "vme serve", "no --profile given. name one; `vme profiles` lists them");
  auto fleetOptions = fleetFrom(options);
  const profile::Catalogue catalogue(globals.profileFolder());
  auto group = groupFrom(options, loadProfile(catalogue, options));
  keepState(options, fleetOptions, {group});
  const auto capture = openCapture(options, group, fleetOptions);
  const Interrupt interrupt;
  EventStream events(!globals.quiet);
  runtime::Fleet fleet(fleetOptions, {std::move(group)}, events);
  fleet.start();
  HeciSockets sockets(fleet, options.heci);
  const auto views = arrivedViews(fleet, interrupt.asked());
  if (fleetOptions.exposure == net::Exposure::anywhere) {
    warn(fmt::format("--address {} is not loopback: ports {} and {} can be reached from the network", options.address,
                     fleetOptions.httpPort, fleetOptions.httpsPort));
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
  sockets.stop();
  fleet.stop();
  fleet.check();
  printEvents(fleet, events.take(0ms), options.json);
  if (capture) {
    capture->finish();
    if (capture->isFull())
      warn(fmt::format("{} has reached --capture-limit: what came later is not in it", capture->path().string()));
  }
  return Exit::held;
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
  addOption(app, "--heci", options->heci, "DIR",
            "each machine's HECI device as a socket in that folder: 0.sock, 1.sock ...");
  addFlag(app, "--json", options->json, "one object a ready machine and an event");
  addCaptureOptions(app, options->capture);
}

}  // namespace vme::cli

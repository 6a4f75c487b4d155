// The whole fleet against the reference service point, with its bare counterparts in the same run. Prints one table;
// run by bench/run.sh.

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <thread>

#include "bare.hpp"
#include "profile/catalogue.hpp"
#include "row.hpp"
#include "runtime/fleet.hpp"
#include "servicepoint/agents/policy.hpp"
#include "servicepoint/service_point.hpp"
#include "state.hpp"

namespace vme::bench {
namespace {

using namespace std::chrono_literals;

constexpr const char* kSiteSecret = "bench";

class Silent final : public runtime::Observer {
 public:
  bool wants(runtime::Happening::Kind) const override { return false; }
  void happened(const runtime::Happening&) override {}
};

struct Whole {
  runtime::FleetCounters fleet;
  double servicePointCpu = 0;
  double seconds = 0;
  unsigned provisioned = 0;
};

runtime::Group makeGroup(const char* profile, unsigned machines, bool psk, machine::TlsMode tls,
                         const net::ProvisioningPki& pki) {
  runtime::Group group;
  group.name = "bench";
  group.machines = machines;
  group.profile = profile::Catalogue().find(profile);
  group.environment.dhcpSuffix = "vme.test";
  group.environment.tls = tls;
  group.environment.setupPassword = "Bench-Set1";
  group.enterPsk = psk;
  const auto digest = wire::sha1(pki.chain.back());
  group.environment.roots = {
      {1, "bench root", {wire::HashAlgorithm::sha1, Bytes(digest.begin(), digest.end())}, false, true}};
  return group;
}

/// Waits for a condition of the run; gives up after a minute.
template <typename Condition>
void waitFor(Condition&& condition, const char* what) {
  const auto end = std::chrono::steady_clock::now() + 120s;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) {
      fmt::print(stderr, "bench: {} did not happen within two minutes\n", what);
      std::exit(1);
    }
    std::this_thread::yield();
    std::this_thread::sleep_until(std::chrono::steady_clock::now() + 5ms);
  }
}

enum class Start { pki, psk, agent };

Whole provisionFleet(const char* profile, unsigned machines, Start start, machine::TlsMode tls,
                     const net::ProvisioningPki& pki, fault::PlanPtr faults = nullptr) {
  const bool psk = start == Start::psk;
  std::atomic<unsigned> provisioned{0}, others{0};
  servicepoint::Options options;
  options.helloPort = 0;
  options.pki = pki;
  options.setupPasswords = {psk ? "Bench-Set1" : "admin"};
  options.seed = 1;
  runtime::FleetOptions fleetOptions;
  fleetOptions.addresses.machines = machines;
  for (unsigned i = 0; i < machines; ++i) {
    options.pskPairs.push_back(fleet::identityOf(fleetOptions.seed, i, 0).psk);
  }
  if (start == Start::agent) {
    options.policy.emplace();
    options.policy->collections = {{.name = "all", .everyone = true, .sequence = {wire::agent::TaskStep::provision}}};
    options.policy->siteSecret = kSiteSecret;
  }
  servicepoint::ServicePoint server(options, [&](const servicepoint::Outcome& outcome) {
    // The hello of a machine that waits for its agent is noted, and tells nothing.
    if (outcome.reason == Reason::awaitingAgent) return;
    ++(outcome.result == servicepoint::Result::provisioned ? provisioned : others);
  });
  server.start();
  fleetOptions.servicePoint = {boost::asio::ip::address_v4::loopback(), server.helloPort()};
  Silent silent;
  auto group = makeGroup(profile, machines, psk, tls, pki);
  group.faults = std::move(faults);
  if (start == Start::agent) {
    group.environment.firstWindowH = 0;
    group.agent.emplace();
    group.agent->options.server.endpoint = {boost::asio::ip::address_v4::loopback(), server.policyPort()};
    group.agent->token = [](const Uuid& uuid) { return servicepoint::agentToken(kSiteSecret, uuid); };
  }
  runtime::Fleet fleet(fleetOptions, {std::move(group)}, silent);
  const auto started = std::chrono::steady_clock::now();
  fleet.start();
  waitFor([&] { return provisioned + others >= machines; }, "the end of a provisioning run");
  Whole whole;
  whole.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  std::this_thread::sleep_until(std::chrono::steady_clock::now() + 250ms);  // CPU times are published every 100 ms
  whole.fleet = fleet.counters();
  whole.servicePointCpu = server.counters().cpuSeconds;
  whole.provisioned = provisioned;
  fleet.stop();
  server.stop();
  return whole;
}

/// The fleet's CPU seconds a machine.
double reportPki(const net::ProvisioningPki& pki, machine::TlsMode mode, unsigned machines) {
  const bool tls10 = mode == machine::TlsMode::period;
  const auto whole = provisionFleet("amt-5.2", machines, Start::pki, mode, pki);
  const auto key = net::keyPool(2048, 1).front();
  const auto self = net::issueCertificate(
      {.commonName = "bench", .serverAuth = true, .notBefore = 0, .notAfter = 4000000000}, key.der, {}, key.der);
  const double setup = bareHandshake({key.der, {self}, pki.leafKey, pki.chain}, tls10, 300);
  const double operational = bareHandshake({key.der, {self}, {}, {}}, tls10, 300);
  const double perMachine = whole.fleet.cpuSeconds / machines;
  const double bare = (static_cast<double>(whole.fleet.pkiHandshakes) * setup +
                       static_cast<double>(whole.fleet.operationalHandshakes) * operational) /
                      machines;
  const auto name = fmt::format("PKI {}, fleet's CPU a machine / its handshakes bare", tls10 ? "period" : "modern");
  printRow(name, perMachine * 1e3, bare * 1e3, "ms", perMachine / bare, 2.0, true);
  fmt::print(
      "    {} of {} provisioned in {:.2f} s; a machine: {:.1f} set-up and {:.1f} operational handshakes, {:.1f} "
      "requests;\n    a CPU second of the fleet provisions {:.0f}, one of the service point {:.0f}\n",
      whole.provisioned, machines, whole.seconds, static_cast<double>(whole.fleet.pkiHandshakes) / machines,
      static_cast<double>(whole.fleet.operationalHandshakes) / machines,
      static_cast<double>(whole.fleet.requests) / machines, machines / whole.fleet.cpuSeconds,
      machines / whole.servicePointCpu);
  return perMachine;
}

/// The same set-up, started by agents: policy, AMTHI and request come on top.
void reportAgents(const net::ProvisioningPki& pki, double bareMetal, unsigned machines) {
  const auto whole = provisionFleet("amt-5.2", machines, Start::agent, machine::TlsMode::modern, pki);
  const double perMachine = whole.fleet.cpuSeconds / machines;
  printRow("agents, fleet's CPU a machine / bare metal's", perMachine * 1e3, bareMetal * 1e3, "ms",
           perMachine / bareMetal, 1.5, true);
  fmt::print(
      "    {} of {} provisioned in {:.2f} s; a CPU second of the fleet provisions {:.0f} by agents and {:.0f} bare\n"
      "    metal, one of the service point {:.0f} by agents\n",
      whole.provisioned, machines, whole.seconds, 1 / perMachine, 1 / bareMetal, machines / whole.servicePointCpu);
}

/// The fleet's CPU seconds a machine.
double reportPsk(const net::ProvisioningPki& pki, unsigned machines) {
  const auto whole = provisionFleet("amt-2.1", machines, Start::psk, machine::TlsMode::modern, pki);
  const auto& fleet = whole.fleet;
  const auto key = net::keyPool(2048, 1).front();
  const auto self = net::issueCertificate(
      {.commonName = "bench", .serverAuth = true, .notBefore = 0, .notAfter = 4000000000}, key.der, {}, key.der);
  const double operational = bareHandshake({key.der, {self}, {}, {}}, false, 300);
  // Each connection of the bare loop carries the fleet's average number of requests and bytes.
  const double connections = static_cast<double>(fleet.pskHandshakes + fleet.operationalHandshakes);
  const PskExchange exchange{
      .requests = static_cast<unsigned>(static_cast<double>(fleet.requests) / connections + 0.5),
      .requestBytes = fleet.requestBytes / fleet.requests + 300,  // the body, and a head as clients send it
      .answerBytes = fleet.answerBytes / fleet.requests};
  const double connection = barePskConnection(exchange, 500);
  const double hand = connections * connection + static_cast<double>(fleet.operationalHandshakes) * operational;
  const double bare = hand / machines;
  const double perMachine = fleet.cpuSeconds / machines;
  printRow("PSK, fleet's CPU a machine / bare epoll loop", perMachine * 1e3, bare * 1e3, "ms", perMachine / bare, 1.15,
           true);
  fmt::print(
      "    {} of {} provisioned in {:.2f} s; a machine: {:.1f} PSK and {:.1f} operational handshakes, {:.1f} "
      "requests;\n    a CPU second of the fleet provisions {:.0f}, one of the service point {:.0f}\n",
      whole.provisioned, machines, whole.seconds, static_cast<double>(fleet.pskHandshakes) / machines,
      static_cast<double>(fleet.operationalHandshakes) / machines, static_cast<double>(fleet.requests) / machines,
      machines / fleet.cpuSeconds, machines / whole.servicePointCpu);
  return perMachine;
}

/// The same with a rule of faults at each point, which is drawn for each event and never acts.
void reportFaults(const net::ProvisioningPki& pki, double faultless, unsigned machines) {
  auto plan = std::make_shared<fault::Plan>();
  using enum fault::Point;
  for (const auto point : {hello, connect, handshake, request, answer}) {
    fault::Rule rule;
    rule.id = fmt::format("rule {}", plan->rules.size());
    rule.point = point;
    rule.chance = 0;
    plan->rules.push_back(std::move(rule));
  }
  const auto whole = provisionFleet("amt-2.1", machines, Start::psk, machine::TlsMode::modern, pki, std::move(plan));
  const double perMachine = whole.fleet.cpuSeconds / machines;
  printRow("five rules of faults, CPU a machine / none", perMachine * 1e3, faultless * 1e3, "ms",
           perMachine / faultless, 1.05, true);
}

void reportHellos(const net::ProvisioningPki& pki, unsigned machines) {
  servicepoint::Options options;  // knows no pair: each hello is received, refused and done
  options.helloPort = 0;
  servicepoint::ServicePoint server(options, [](const servicepoint::Outcome&) {});
  server.start();
  runtime::FleetOptions fleetOptions;
  fleetOptions.addresses.machines = machines;
  fleetOptions.helloRate = 1e9;
  fleetOptions.servicePoint = {boost::asio::ip::address_v4::loopback(), server.helloPort()};
  Silent silent;
  runtime::Fleet fleet(fleetOptions, {makeGroup("amt-2.1", machines, true, machine::TlsMode::modern, pki)}, silent);
  const auto started = std::chrono::steady_clock::now();
  fleet.start();
  waitFor([&] { return fleet.counters().hellos >= machines; }, "the last hello");
  const double rate = machines / std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  fleet.stop();
  server.stop();
  const double bare = bareHellos(machines);
  printRow("hellos, rate / bare connect loop", rate, bare, "1/s", rate / bare, 0.7, false);
}

}  // namespace
}  // namespace vme::bench

int main(int argc, char** argv) {
  const unsigned machines = argc > 1 ? static_cast<unsigned>(std::strtoul(argv[1], nullptr, 10)) : 400;
  const auto pki = vme::net::makeProvisioningPki({});
  fmt::print("{:<46} {:>10} {:>10} {:<10} {:>6}  aim\n", "whole fleet, " + std::to_string(machines) + " machines",
             "VirtualME", "bare", "unit", "ratio");
  const double bareMetal = vme::bench::reportPki(pki, vme::machine::TlsMode::modern, machines);
  vme::bench::reportAgents(pki, bareMetal, machines);
  vme::bench::reportPki(pki, vme::machine::TlsMode::period, machines);
  const double psk = vme::bench::reportPsk(pki, machines);
  vme::bench::reportFaults(pki, psk, machines);
  vme::bench::reportHellos(pki, 10 * machines);
  vme::bench::reportState(100'000);
  return 0;
}

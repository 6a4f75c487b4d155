#include <fmt/format.h>

#include "base/error.hpp"
#include "cli/blocking.hpp"
#include "cli/commands.hpp"
#include "cli/common.hpp"
#include "cli/interrupt.hpp"
#include "cli/log.hpp"
#include "cli/outcome_stream.hpp"
#include "cli/packages.hpp"

namespace vme::cli {
namespace {

using namespace std::chrono_literals;

struct PointOptions {
  std::string address = "127.0.0.1";
  std::string helloPort = "9971", mePort = "16993", concurrency = "64", attempts = "3", count;
  std::string pskFile, pki, dnsSuffix, approve = "all", api = "auto", adminPassword;
  std::vector<std::string> setupPasswords, otps;
  std::string policyPort, collection, packages, siteSecret, otpLifetime = "15m", retry = "1h", hellos = "noted",
                                                            tokenOf;
  std::string crl;
  std::vector<std::string> careless;
  bool json = false;
};

servicepoint::Api apiFrom(const std::string& text) {
  if (text == "auto") return servicepoint::Api::automatic;
  if (text == "eoi") return servicepoint::Api::eoi;
  if (text == "wsman") return servicepoint::Api::wsman;
  throw ConfigError("--api", fmt::format("\"{}\" is none. give auto, eoi or wsman", text));
}

std::string siteSecretFrom(const PointOptions& options) {
  require(!options.siteSecret.empty(), "vme servicepoint",
          "no --site-secret given. name a file whose first line is the secret that agents' tokens are made with");
  return readSecret("--site-secret", options.siteSecret);
}

servicepoint::PolicyOptions::Hellos hellosFrom(const std::string& text) {
  if (text == "noted") return servicepoint::PolicyOptions::Hellos::noted;
  if (text == "either") return servicepoint::PolicyOptions::Hellos::either;
  throw ConfigError("--hellos", fmt::format("\"{}\" is none. give noted or either", text));
}

/// Nothing when no option asks for a policy server.
std::optional<servicepoint::PolicyOptions> policyFrom(const PointOptions& options) {
  if (options.policyPort.empty()) {
    require(options.collection.empty() && options.packages.empty(), "vme servicepoint",
            "--collection and --packages are for the policy server. give its --policy-port too");
    return std::nullopt;
  }
  require(!options.collection.empty(), "--policy-port",
          "no --collection given, so that no machine has the policy. name a file of lines COLLECTION UUID|*");
  servicepoint::PolicyOptions policy;
  policy.port = port("--policy-port", options.policyPort);
  policy.siteSecret = siteSecretFrom(options);
  policy.collections = servicepoint::readCollections(options.collection, readFile("--collection", options.collection));
  if (!options.packages.empty()) policy.packages = readPackages("--packages", options.packages);
  policy.otpLifetime = seconds("--otp-lifetime", options.otpLifetime);
  policy.retry = seconds("--retry", options.retry);
  policy.hellos = hellosFrom(options.hellos);
  return policy;
}

servicepoint::Options pointFrom(const PointOptions& options) {
  servicepoint::Options point;
  point.address = address("--address", options.address);
  point.exposure = exposureOf(point.address);
  point.helloPort = port("--hello-port", options.helloPort);
  point.mePort = port("--me-port", options.mePort);
  point.concurrency = static_cast<unsigned>(number("--concurrency", options.concurrency, 1, 10'000));
  point.attempts = static_cast<unsigned>(number("--attempts", options.attempts, 1, 1000));
  if (!options.pskFile.empty()) {
    point.pskPairs = servicepoint::readPskFile(options.pskFile, readFile("--psk-file", options.pskFile));
  }
  if (!options.pki.empty()) point.pki = net::readPki(options.pki);
  if (!options.dnsSuffix.empty()) point.dnsSuffix = options.dnsSuffix;
  if (options.approve != "all") {
    point.approval = servicepoint::readApproval(options.approve, readFile("--approve", options.approve));
  }
  point.api = apiFrom(options.api);
  point.adminPassword = options.adminPassword;
  if (!options.setupPasswords.empty()) point.setupPasswords = options.setupPasswords;
  for (const auto& text : options.otps) {
    const auto [id, value] = pairOf("--otp", text, '=', "UUID=VALUE");
    point.otps[uuid("--otp", id)] = value;
  }
  for (const auto& word : options.careless) {
    if (servicepoint::addHabit(point.careless, word)) continue;
    throw ConfigError("--careless", fmt::format("\"{}\" is no habit. `vme audit --careless` lists them", word));
  }
  point.policy = policyFrom(options);
  return point;
}

void printOpened(const servicepoint::Options& point, const servicepoint::ServicePoint& server, bool json) {
  const auto where = point.address.to_string();
  if (json) {
    boost::json::object ready{{"event", "ready"},
                              {"address", where},
                              {"hello_port", server.helloPort()},
                              {"psk_pairs", point.pskPairs.size()},
                              {"pki", point.pki.has_value()}};
    if (point.policy) ready["policy_port"] = server.policyPort();
    printJson(ready);
    return;
  }
  const auto agents = point.policy ? fmt::format("agents at port {}, ", server.policyPort()) : std::string();
  fmt::print("ready: hellos at {}:{}, {}{} PSK pairs, PKI {}; Ctrl-C ends\n", where, server.helloPort(), agents,
             point.pskPairs.size(), point.pki ? "with a provisioning certificate" : "hellos are refused (no --pki)");
  std::fflush(stdout);
}

Exit runPoint(const PointOptions& options, const Globals& globals) {
  if (!options.tokenOf.empty()) {
    fmt::print("{}\n", servicepoint::agentToken(siteSecretFrom(options), uuid("--token-of", options.tokenOf)));
    return Exit::held;
  }
  const auto most = options.count.empty() ? 0 : number("--count", options.count, 1, UINT32_MAX);
  const auto point = pointFrom(options);
  const Interrupt interrupt;
  OutcomeStream outcomes;
  servicepoint::ServicePoint server(point, [&](const servicepoint::Outcome& outcome) { outcomes.add(outcome); });
  server.start();
  if (point.exposure == net::Exposure::anywhere) {
    warn(fmt::format("--address {} is not loopback: port {} can be reached from the network", options.address,
                     server.helloPort()));
    if (point.policy) warn(fmt::format("so can the agents' port {}, which is not encrypted", server.policyPort()));
  }
  if (!point.careless.empty()) warn("--careless: this service point is broken on purpose");
  if (!globals.quiet) printOpened(point, server, options.json);
  Blocking blocking(options.approve, options.crl, point.approval);
  while (!interrupt.asked() && (most == 0 || outcomes.machines() < most)) {
    for (const auto& outcome : outcomes.take(100ms)) print(outcome, options.json);
    server.check();
    blocking.look(server);
  }
  server.stop();
  for (const auto& outcome : outcomes.take(0ms)) print(outcome, options.json);
  return Exit::held;
}

void addDecisions(CLI::App* app, PointOptions& options) {
  addOption(app, "--psk-file", options.pskFile, "FILE", "lines PID PPS");
  addOption(app, "--pki", options.pki, "DIR", "a folder of `vme pki make`; without it PKI hellos are refused");
  addOption(app, "--approve", options.approve, "FILE",
            "all, or a file of lines UUID approve|refuse|block; default all");
  addOption(app, "--otp", options.otps, "UUID=VALUE", "the one-time password expected of a machine; repeatable");
  addOption(app, "--setup-password", options.setupPasswords, "PASSWORD",
            "tried for admin during set-up; repeatable; default admin");
  addOption(app, "--admin-password", options.adminPassword, "PASSWORD",
            "given to every machine; default random for each");
  addOption(app, "--dns-suffix", options.dnsSuffix, "SUFFIX", "domain name given to the machines; default vme.test");
  addOption(app, "--crl", options.crl, "FILE",
            "keeps the CA's revocation list there, in PEM: blocked machines' certificates. A machine that "
            "--approve's file blocks while this runs is blocked at once");
  addOption(app, "--careless", options.careless, "HABIT",
            "broken on purpose: a habit of `vme audit --careless`; repeatable");
  addOption(app, "--api", options.api, "auto|eoi|wsman", "auto: WS-Man where the ME has it, else EOI; default auto");
}

void addAgents(CLI::App* app, PointOptions& options) {
  addOption(app, "--policy-port", options.policyPort, "PORT", "serves agents there (docs/agent.md); 0: any free one");
  addOption(app, "--collection", options.collection, "FILE", "lines COLLECTION UUID|*: whose agents have the policy");
  addOption(app, "--site-secret", options.siteSecret, "FILE", "its first line is what agents' tokens are made with");
  addOption(app, "--token-of", options.tokenOf, "UUID", "prints the token of that machine's agent, and ends");
  addOption(app, "--packages", options.packages, "DIR", "firmware images NAME.fw and HECI drivers NAME.driver");
  addOption(app, "--otp-lifetime", options.otpLifetime, "DURATION", "of a one-time password; default 15m");
  addOption(app, "--retry", options.retry, "DURATION", "between an agent's evaluations of the policy; default 1h");
  addOption(app, "--hellos", options.hellos, "noted|either",
            "of machines that have an agent: noted only, or start them; default noted");
}

}  // namespace

void addServicePoint(Cli& cli) {
  auto options = std::make_shared<PointOptions>();
  auto* app = cli.add(cli.root(),
                      {"servicepoint",
                       "the embedded reference service point alone",
                       kTest,
                       {"vme servicepoint --pki test-pki --psk-file pairs.txt",
                        "vme servicepoint --psk-file pairs.txt --count 10 --json"}},
                      [&cli, options] { return runPoint(*options, cli.globals()); });
  addOption(app, "--address", options->address, "ADDRESS", "to listen on; default 127.0.0.1");
  addOption(app, "--hello-port", options->helloPort, "PORT", "0: any free one; default 9971");
  addOption(app, "--me-port", options->mePort, "PORT", "of the MEs; default 16993");
  addDecisions(app, *options);
  addAgents(app, *options);
  addOption(app, "--concurrency", options->concurrency, "N", "conversations at once; default 64");
  addOption(app, "--attempts", options->attempts, "N", "for one machine, before it counts as failed; default 3");
  addOption(app, "--count", options->count, "N", "ends after N machines");
  addFlag(app, "--json", options->json, "one object a machine");
}

}  // namespace vme::cli

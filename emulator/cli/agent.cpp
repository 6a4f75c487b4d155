#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json/array.hpp>
#include <condition_variable>
#include <mutex>
#include <random>

#include "base/error.hpp"
#include "base/json_text.hpp"
#include "base/utf8.hpp"
#include "cli/commands.hpp"
#include "cli/common.hpp"
#include "cli/interrupt.hpp"
#include "cli/profile_option.hpp"
#include "cli/serve_options.hpp"
#include "cli/socket_pc.hpp"
#include "cli/terminal.hpp"
#include "servicepoint/agents/policy.hpp"

namespace vme::cli {
namespace {

using namespace std::chrono_literals;

constexpr std::uint16_t kPolicyPort = 9980;

struct AgentCommand {
  ServeOptions machines;
  std::string policyServer, token, siteSecret, heci, fqdn, retry;
  std::string attempts = "3", driver = "current";
};

struct Ended {
  Uuid uuid;
  boost::asio::ip::address_v4 address;
  host::AgentResult result;

  bool good() const { return result.reason == Reason::none || result.reason == Reason::provisioned; }
};

void print(const Ended& ended, bool json) {
  const auto& result = ended.result;
  const auto word = wordOf(result.reason);
  if (json) {
    boost::json::array steps;
    for (const auto& step : result.steps) {
      const auto took = std::chrono::duration<double, std::milli>(step.took).count();
      steps.push_back(boost::json::object{{"step", step.name}, {"took_ms", took}});
    }
    printJson(boost::json::object{{"uuid", ended.uuid.text()},
                                  {"address", ended.address.to_string()},
                                  {"reason", jsonText(word)},
                                  {"text", result.text},
                                  {"version", result.version},
                                  {"attempts", result.attempts},
                                  {"steps", std::move(steps)}});
    return;
  }
  const auto shown = result.reason == Reason::none ? std::string_view("done") : word;
  auto line = fmt::format("{} {} {}", painted(stdout, ended.good() ? Paint::good : Paint::bad, shown),
                          ended.address.to_string(), ended.uuid.text());
  if (!result.version.empty()) line += " AMT " + readable(result.version);
  if (!ended.good()) line += fmt::format(": {}", meaningOf(result.reason));
  fmt::print("{}{}\n", line, result.text.empty() ? "" : " (" + readable(result.text) + ")");
  std::fflush(stdout);
}

host::Driver driverFrom(const std::string& text) {
  if (text == "absent") return host::Driver::absent;
  if (text == "old") return host::Driver::old;
  if (text == "current") return host::Driver::current;
  throw ConfigError("--driver", fmt::format("\"{}\" is none. give absent, old or current", text));
}

host::AgentOptions agentFrom(const AgentCommand& command) {
  require(!command.policyServer.empty(), "vme agent", "no --policy-server given. name the one to ask");
  if (command.token.empty() == command.siteSecret.empty()) {
    throw ConfigError("vme agent", "the agent proves itself with a token. give --token or --site-secret");
  }
  host::AgentOptions options;
  options.server.endpoint = endpoint("--policy-server", command.policyServer, kPolicyPort);
  options.attempts = static_cast<unsigned>(number("--attempts", command.attempts, 1, 1'000'000));
  if (!command.retry.empty()) options.retry = MeDuration::seconds(seconds("--retry", command.retry).count());
  return options;
}

/// Each machine's token.
std::function<std::string(const Uuid&)> tokensFrom(const AgentCommand& command) {
  if (command.siteSecret.empty()) return [token = command.token](const Uuid&) { return token; };
  return [secret = readSecret("--site-secret", command.siteSecret)](const Uuid& uuid) {
    return servicepoint::agentToken(secret, uuid);
  };
}

/// Keeps how the agents of a fleet ended.
class Endings final : public runtime::Observer {
 public:
  explicit Endings(std::size_t machines) : missing_(machines) {}

  bool wants(runtime::Happening::Kind kind) const override { return kind == runtime::Happening::Kind::agentEnded; }
  void happened(const runtime::Happening& happening) override {
    const std::lock_guard lock(mutex_);
    endings_.emplace_back(happening.machine, *happening.agent);
    changed_.notify_one();
  }
  /// What has come; waits a while for the first.
  std::vector<std::pair<std::uint32_t, host::AgentResult>> take() {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, 100ms, [this] { return !endings_.empty(); });
    missing_ -= endings_.size();
    return std::exchange(endings_, {});
  }
  std::size_t missing() const { return missing_; }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::pair<std::uint32_t, host::AgentResult>> endings_;
  std::size_t missing_;
};

/// Machines that wait for their agents: a window that firmware opens by itself is over.
runtime::Group waitingGroup(ServeOptions options, std::shared_ptr<const profile::Profile> profile) {
  if (!profile->prov.pki) {
    // What was entered is for the build that its agent brings.
    options.roots.clear();
    options.inactiveRoots.clear();
  }
  auto group = groupFrom(options, std::move(profile));
  group.environment.firstWindowH = 0;
  return group;
}

Exit runOwn(const AgentCommand& command, const Globals& globals) {
  auto agent = agentFrom(command);
  agent.stays = true;
  auto fleetOptions = fleetFrom(command.machines);
  const profile::Catalogue catalogue(globals.profileFolder());
  auto group = waitingGroup(command.machines, loadProfile(catalogue, command.machines));
  if (group.machines > 1 && command.siteSecret.empty()) {
    throw ConfigError("--token", "is one machine's. give --site-secret for several");
  }
  group.upgrades = upgradesOf(command.machines, catalogue, *group.profile);
  for (auto& upgrade : group.upgrades) upgrade.environment.firstWindowH = 0;
  group.pc.driver = driverFrom(command.driver);
  group.agent = runtime::AgentPlan{agent, tokensFrom(command)};
  keepState(command.machines, fleetOptions, {group});
  const Interrupt interrupt;
  Endings endings(group.machines);
  runtime::Fleet fleet(fleetOptions, {std::move(group)}, endings);
  fleet.start();
  bool good = true;
  while (endings.missing() > 0 && !interrupt.asked()) {
    for (auto& [machine, result] : endings.take()) {
      const auto identity = fleet.identityOf(machine);
      const Ended ended{identity.uuid, boost::asio::ip::address_v4(identity.ipv4), std::move(result)};
      good = good && ended.good();
      print(ended, command.machines.json);
    }
    fleet.check();
  }
  fleet.stop();
  fleet.check();
  if (interrupt.asked()) return Exit::interrupted;
  return good ? Exit::held : Exit::expectationFailed;
}

Exit runOverSocket(const AgentCommand& command) {
  auto agent = agentFrom(command);
  require(!command.machines.uuid.empty(), "--heci", "no --uuid given. an ME of the time does not tell it over HECI");
  const host::PcFacts facts{.uuid = uuid("--uuid", command.machines.uuid),
                            .fqdn = command.fqdn,
                            .address = address("--address", command.machines.address),
                            .driver = driverFrom(command.driver),
                            .chipset = {}};
  agent.server.token = tokensFrom(command)(facts.uuid);
  boost::asio::io_context io{1};
  SocketPc pc(io.get_executor(), command.heci, facts, std::random_device()());
  std::optional<host::AgentResult> result;
  boost::asio::co_spawn(io, host::runAgent(pc, std::move(agent)),
                        [&](const std::exception_ptr& thrown, host::AgentResult ended) {
                          if (thrown) std::rethrow_exception(thrown);
                          result = std::move(ended);
                          io.stop();
                        });
  const Interrupt interrupt;
  while (!result && !interrupt.asked()) io.run_for(100ms);
  if (!result) return Exit::interrupted;
  const Ended ended{facts.uuid, facts.address, *std::move(result)};
  print(ended, command.machines.json);
  return ended.good() ? Exit::held : Exit::expectationFailed;
}

Exit runAgents(const AgentCommand& command, const Globals& globals) {
  if (command.heci.empty()) {
    require(!command.machines.profile.empty(), "vme agent",
            "neither --profile nor --heci given. name a firmware build for a machine, or the socket of one that runs");
    return runOwn(command, globals);
  }
  if (!command.machines.profile.empty()) throw ConfigError("--heci", "contradicts --profile. give one of them");
  return runOverSocket(command);
}

}  // namespace

void addAgent(Cli& cli) {
  auto command = std::make_shared<AgentCommand>();
  auto* app = cli.add(cli.root(),
                      {"agent",
                       "the client agent of one machine, against a policy server",
                       kTest,
                       {"vme agent --policy-server sp.example --token T --profile amt-3.2.2",
                        "vme agent --policy-server sp.example --token T --heci 0.sock --uuid UUID"}},
                      [&cli, command] { return runAgents(*command, cli.globals()); });
  addOption(app, "--policy-server", command->policyServer, "HOST[:PORT]", "default port 9980");
  addOption(app, "--token", command->token, "TOKEN", "what the agent proves itself with");
  addOption(app, "--site-secret", command->siteSecret, "FILE", "makes each machine's token, in place of --token");
  addOption(app, "--attempts", command->attempts, "N", "evaluations of the policy; default 3");
  addOption(app, "--retry", command->retry, "DURATION", "between them; default what the policy says");
  addOption(app, "--driver", command->driver, "absent|old|current", "the PC's HECI driver; default current");
  addOption(app, "--heci", command->heci, "SOCKET",
            "the ME is another process's, behind that socket; wants --uuid, --address");
  addOption(app, "--fqdn", command->fqdn, "NAME", "of the PC, with --heci");
  addMachineOptions(app, command->machines);
  addFlag(app, "--json", command->machines.json, "one object a machine");
}

}  // namespace vme::cli

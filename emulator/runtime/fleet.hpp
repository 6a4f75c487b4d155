#pragma once
// A fleet that runs: machines in shards, each shard one event loop on one thread. Joins firmware and network.

#include <boost/asio/ip/address_v4.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/reasons.hpp"
#include "firmware/services.hpp"
#include "fleet/plan.hpp"
#include "host/agent.hpp"
#include "machine/environment.hpp"
#include "machine/me.hpp"
#include "net/pki.hpp"
#include "net/tcp.hpp"
#include "runtime/clock.hpp"
#include "runtime/usb_key.hpp"

namespace vme::runtime {

class StateStore;

/// How a machine of a group begins.
enum class Start : std::uint8_t {
  bareMetal,    // comes up by itself: PSK pair entered, or the factory window opens
  factory,      // powered, untouched
  operational,  // already set up with `operationalUser` (vme serve --provisioned)
};

/// A firmware build that machines of a group may be updated to, and what surrounds them then.
struct Build {
  std::shared_ptr<const profile::Profile> profile;
  machine::Environment environment;
};

/// The PC around each machine of a group.
struct PcOptions {
  std::string domain;  // PCs are named after their group and number in it
  host::Driver driver = host::Driver::current;
  host::Tools tools;
  bool osUp = true;        // false: off until someone switches it on
  double updateFails = 0;  // share of the machines whose firmware update ends half-way, once
};

/// The client agent that runs on each PC of a group once its OS is up.
struct AgentPlan {
  host::AgentOptions options;
  /// What the agent of that machine proves itself with, in place of the token of `options`.
  std::function<std::string(const Uuid&)> token;
};

struct Group {
  std::string name;
  std::uint32_t machines = 0;
  std::shared_ptr<const profile::Profile> profile;
  machine::Environment environment;
  Start start = Start::bareMetal;
  std::shared_ptr<const UsbKey> usbKey;  // inserted when a machine comes up
  bool enterPsk = false;                 // the machine's PSK pair is entered when it comes up
  bool startConfiguration = false;       // an agent has seeded the RNG and starts the configuration at once
  std::optional<wire::PskPair> psk;      // that pair, in place of the one derived from seed and index
  std::optional<Uuid> uuid;              // of the group's first machine; further ones keep derived UUIDs
  std::string operationalUser = "admin";
  std::string operationalPassword;
  bool operationalTls = false;  // with a self-signed server certificate, on 16993
  std::vector<Build> upgrades;
  PcOptions pc;
  std::optional<AgentPlan> agent;
  fleet::Arrival arrival;
};

struct FleetOptions {
  std::uint64_t seed = 1;
  fleet::AddressPlan addresses;
  std::uint16_t httpPort = machine::kHttpPort;  // where 16992 is really opened
  std::uint16_t httpsPort = machine::kHttpsPort;
  net::Exposure exposure = net::Exposure::loopbackOnly;
  boost::asio::ip::tcp::endpoint servicePoint;  // where hellos go
  bool sendHellos = true;
  /// Open at once; further ones end that which made no progress for longest, so that slow peers keep nobody out.
  std::uint32_t connectionsMax = 8192;
  double helloRate = 2000;  // hellos started a second, real time
  ClockOptions clock;
  unsigned shards = 1;
  /// Machines that it holds go on from there, as after a power cut; what changes is written to it. None: nothing
  /// outlives the fleet.
  std::shared_ptr<StateStore> state;
};

/// What happened to a machine, told in the order it happened on the machine's shard.
struct Happening {
  enum class Kind : std::uint8_t {
    helloSent,
    helloFailed,  // no connection to the service point
    connected,
    handshakeDone,     // text: version and suite
    handshakeRefused,  // reason, text: the alert
    request,           // text: method, target, status
    loggedIn,          // the first accepted credentials of a connection to an operational machine
    requestRefused,    // reason
    stateChanged,      // text: the new state
    updated,           // text: the firmware that runs now
    agentBegan,
    agentEnded,  // reason, text, agent
    note,
  };
  Kind kind;
  std::uint32_t machine = 0;
  std::chrono::steady_clock::time_point at;  // real
  MeTime meTime;
  Reason reason = Reason::none;
  std::string text;
  const host::AgentResult* agent = nullptr;  // agentEnded; as long as the call
};
/// Called on shard threads; must be thread-safe and quick. Kinds are filtered by `wants`.
class Observer {
 public:
  virtual ~Observer() = default;
  virtual bool wants(Happening::Kind kind) const = 0;
  virtual void happened(const Happening& happening) = 0;
};

/// A machine as it is at one moment.
struct MachineView {
  std::uint32_t index = 0;
  std::uint32_t group = 0;
  Uuid uuid;
  std::uint32_t ipv4 = 0;
  machine::State state = machine::State::factory;
  bool arrived = false;
  bool restored = false;                            // it was in the state file
  bool hasDeadline = false;                         // it will do something by itself
  std::shared_ptr<const profile::Profile> profile;  // that it runs now
  Reason lastRefusal = Reason::none;                // the last refusal towards a peer that a person would ask about
  std::uint32_t hellosSent = 0;
};

struct FleetCounters {
  std::uint32_t machines = 0, factory = 0, inSetup = 0, operational = 0;
  std::uint64_t hellos = 0, connections = 0, refusedHandshakes = 0, requests = 0;
  std::uint64_t handshakes = 0;  // all that were completed, and by kind:
  std::uint64_t pskHandshakes = 0, pkiHandshakes = 0, operationalHandshakes = 0;
  std::uint64_t requestBytes = 0, answerBytes = 0;  // of HTTP bodies and of whole answers
  std::uint64_t lateTimers = 0;                     // fired more than 50 ms after they were due
  double loopLagMs = 0;                             // worst delay of the event loop seen so far
  double cpuSeconds = 0;                            // of the shard threads
};

class Fleet {
 public:
  /// Opens the listeners: EnvironmentError when that fails. ConfigError for a state file with a damaged machine.
  Fleet(FleetOptions options, std::vector<Group> groups, Observer& observer);
  ~Fleet();

  void start();
  /// Joins the threads; no event is handled from here on, and views stay readable. Sockets close with the fleet.
  void stop();
  /// Throws what an event of a machine threw, which is our own fault, and EnvironmentError once the state file cannot
  /// be written any more; whoever waits for the fleet calls it now and then.
  void check() const;

  std::uint32_t size() const;
  /// The fleet's time from which arrivals count, and that at which this process took the fleet up. They differ by the
  /// time that the fleet ran before, by the state file.
  MeTime arrivalsFrom() const;
  MeTime takenUpAt() const;
  /// By the fleet's clock; from any thread.
  MeTime now() const;
  std::string nameOf(std::uint32_t index) const;  // GROUP/INDEX
  /// What a program on the machine's PC has. Used on its own executor, while the fleet runs.
  net::HeciDevice& heci(std::uint32_t index);
  const Group& groupOf(std::uint32_t index) const;
  machine::Identity identityOf(std::uint32_t index) const;
  std::vector<std::uint16_t> openPorts(std::uint32_t index) const;
  /// Consistent for each machine; taken on its shard. Callable from any other thread.
  std::vector<MachineView> views() const;
  FleetCounters counters() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace vme::runtime

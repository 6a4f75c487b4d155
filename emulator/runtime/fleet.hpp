#pragma once
// A fleet that runs: machines in shards, each shard one event loop on one thread. Joins firmware and network.

#include <boost/asio/ip/address_v4.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "base/reasons.hpp"
#include "fault/plan.hpp"
#include "firmware/services.hpp"
#include "fleet/plan.hpp"
#include "host/agent.hpp"
#include "machine/environment.hpp"
#include "machine/me.hpp"
#include "machine/posture.hpp"
#include "net/pki.hpp"
#include "net/tcp.hpp"
#include "runtime/act.hpp"
#include "runtime/clock.hpp"
#include "runtime/usb_key.hpp"

namespace vme::net {
class CaptureFile;
}

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
  bool osUp = true;         // false: off until someone switches it on
  bool heciHidden = false;  // the PC shows no HECI device, whatever driver it has
  double updateFails = 0;   // share of the machines whose firmware update ends half-way, once
};

/// The client agent that runs on each PC of a group once its OS is up.
struct AgentPlan {
  host::AgentOptions options;
  /// What the agent of that machine proves itself with, in place of the token of `options`.
  std::function<std::string(const Uuid&)> token;
};

/// Where the machines of a group stand in a larger one of the same name, of which it is a part.
struct Part {
  std::uint32_t before = 0;          // machines of that name before these
  std::uint32_t arrivalsBefore = 0;  // and of those that arrive by the same plan
  std::uint32_t arrivals = 0;        // all of them; 0: the group's own number
};

struct Group {
  std::string name;
  std::uint32_t machines = 0;
  Part part;
  std::shared_ptr<const profile::Profile> profile;
  machine::Environment environment;
  Start start = Start::bareMetal;
  std::shared_ptr<const UsbKey> usbKey;  // inserted when a machine comes up
  bool enterPsk = false;                 // the machine's PSK pair is entered when it comes up
  bool startConfiguration = false;       // an agent has seeded the RNG and starts the configuration at once
  std::optional<wire::PskPair> psk;      // that pair, in place of the one derived from seed and index
  std::optional<Uuid> uuid;              // of the group's first machine; further ones keep derived UUIDs
  std::optional<Uuid> sharedUuid;        // of every machine: cloned from another, or blank
  std::string operationalUser = "admin";
  std::string operationalPassword;
  bool operationalTls = false;  // with a self-signed server certificate, on 16993
  std::vector<Build> upgrades;
  PcOptions pc;
  std::optional<AgentPlan> agent;
  fleet::Arrival arrival;
  fault::PlanPtr faults;  // none: nothing goes wrong
  std::vector<LaterAct> later;
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
  std::optional<std::uint32_t> only;  // this machine alone comes up; the others stay off
  unsigned shards = 1;
  /// Machines that it holds go on from there, as after a power cut; what changes is written to it. None: nothing
  /// outlives the fleet.
  std::shared_ptr<StateStore> state;
  /// How often machines may move to another address; there must be as many further addresses for each machine.
  unsigned moves = 0;
  std::shared_ptr<net::CaptureFile> capture;
  std::set<std::uint32_t> captureOnly;  // machines; empty: all
};

/// A request and its answer; valid as long as the call that tells of it.
struct Exchange {
  const wire::http::Request& request;
  const wire::http::Response* response = nullptr;  // null: the ME never answers
  std::string operation;                           // firmware::operationName
  std::uint16_t port = 0;                          // as the peer meant it: 16992 or 16993
  std::uint32_t peerIpv4 = 0;
  bool tls = false;
  bool setup = false;  // a set-up session, by PSK or PKI
  bool fromHost = false;
  bool loggedIn = false;  // the credentials were accepted
};

/// A TLS session with a machine.
struct Handshake {
  firmware::TlsOffer::Kind kind = firmware::TlsOffer::Kind::operational;
  std::shared_ptr<const wire::ChainFacts> client;  // what the peer showed; null: nothing
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
    exchange,      // exchange: a request and its answer, whole
    disconnected,  // what was told as connected has ended
    faultFired,    // text: the rule's id
  };
  Kind kind;
  std::uint32_t machine = 0;
  std::chrono::steady_clock::time_point at;  // real
  MeTime meTime;
  Reason reason = Reason::none;
  std::string text;
  const host::AgentResult* agent = nullptr;  // agentEnded; as long as the call
  const Exchange* exchange = nullptr;        // exchange; as long as the call
  const Handshake* handshake = nullptr;      // handshakeDone, disconnected after one; as long as the call
  bool fromHost = false;                     // connected, handshakeDone, disconnected: by the machine's own PC
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
  std::uint32_t arrived = 0;  // have come up
  std::uint64_t hellos = 0, connections = 0, refusedHandshakes = 0, requests = 0;
  std::uint64_t handshakes = 0;  // all that were completed, and by kind:
  std::uint64_t pskHandshakes = 0, pkiHandshakes = 0, operationalHandshakes = 0;
  std::uint64_t requestBytes = 0, answerBytes = 0;  // of HTTP bodies and of whole answers
  std::uint64_t lateTimers = 0;                     // fired more than 50 ms after they were due
  std::uint64_t faultsFired = 0;                    // by rules
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
  /// Carries out the act on each of these machines, one after the other in their order; returns when that is done, or,
  /// for what takes its time, begun. Callable from any other thread; before start() too, for what is to be so when the
  /// machines come up.
  void act(std::span<const std::uint32_t> machines, const Act& act);
  /// Hellos go there from now on.
  void moveServicePoint(const boost::asio::ip::tcp::endpoint& to);
  /// skip-idle: whoever watches the fleet lets the clock jump to `until` at most, and only if nothing has happened
  /// since `seen`, a number of events(). Without a call the clock jumps as it likes.
  void letJump(std::uint64_t seen, MeTime until);
  std::uint64_t events() const;
  std::string nameOf(std::uint32_t index) const;  // GROUP/INDEX
  /// What a program on the machine's PC has. Used on its own executor, while the fleet runs.
  net::HeciDevice& heci(std::uint32_t index);
  const Group& groupOf(std::uint32_t index) const;
  machine::Identity identityOf(std::uint32_t index) const;
  std::vector<std::uint16_t> openPorts(std::uint32_t index) const;
  /// How the machine is secured now.
  machine::Posture postureOf(std::uint32_t index) const;
  /// Consistent for each machine; taken on its shard. Callable from any other thread.
  std::vector<MachineView> views() const;
  FleetCounters counters() const;
  /// What the fault rules of all groups have done so far, by id.
  std::vector<fault::Tally> faultTallies() const;
  /// From the next event of each of its machines on, the group has these rules and no others; null: none. While the
  /// fleet runs, from any other thread.
  void setFaults(std::uint32_t group, fault::PlanPtr plan);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace vme::runtime

#pragma once
// A shard: one event loop on one thread, its machines, their deadlines, connections and hellos. It executes what
// firmware decides.

#include <array>
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <queue>
#include <thread>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "fault/ledger.hpp"
#include "net/capture.hpp"
#include "net/loop_run.hpp"
#include "net/tcp.hpp"
#include "net/tls.hpp"
#include "runtime/clock.hpp"
#include "runtime/machine_heci.hpp"
#include "runtime/machine_pc.hpp"
#include "runtime/machines.hpp"

namespace vme::runtime {

namespace asio = boost::asio;
using asio::ip::tcp;

/// Keys of each length, and credentials made with them, for PKI set-up; machines take them in turn.
inline constexpr std::size_t kSelfSignedPool = 8;

/// What every shard shares; made once and not changed while they run.
struct Shared {
  FleetPlan plan;
  FleetClock clock;
  MeTime takenUpAt;     // when this process took the fleet up, by its clock
  MeTime arrivalsFrom;  // earlier by what the fleet ran before
  Observer& observer;
  /// Self-signed credentials for PKI set-up, by key length.
  std::unordered_map<unsigned, std::vector<std::shared_ptr<const net::TlsCredential>>> selfSigned;
  /// Connections, hellos and handed-over sockets of all shards: nothing of these lets the clock jump.
  std::atomic<std::int64_t> inFlight{0};
  /// Where hellos go: address and port in one number.
  std::atomic<std::uint64_t> servicePoint{0};
  std::atomic<std::uint64_t> events{0};  // of machines; counted with skip-idle only
  /// See Fleet::letJump. The number of events that a watcher has seen; none: there is no watcher.
  static constexpr std::uint64_t kUnwatched = UINT64_MAX;
  std::atomic<std::uint64_t> seenEvents{kUnwatched};
  std::atomic<std::int64_t> jumpUntilMs{INT64_MAX};
  std::vector<class Shard*> shards;
};

/// Written by the shard's thread, read by any.
struct ShardCounters {
  std::atomic<std::uint32_t> factory{0}, inSetup{0}, operational{0}, arrived{0};
  std::atomic<std::uint64_t> hellos{0}, connections{0}, refusedHandshakes{0}, requests{0};
  std::array<std::atomic<std::uint64_t>, 3> handshakes{};  // by firmware::TlsOffer::Kind
  std::atomic<std::uint64_t> requestBytes{0}, answerBytes{0};
  std::atomic<std::uint64_t> lateTimers{0};
  std::atomic<std::uint64_t> faultsFired{0};
  std::atomic<double> loopLagMs{0}, cpuSeconds{0};
};

class Shard {
 public:
  Shard(Shared& shared, unsigned number);
  ~Shard();

  /// Opens the two ports. EnvironmentError.
  void listen(asio::ip::address_v4 address);
  /// A machine as the state file has it: power is back. The error says what is wrong with the image.
  Result<void> restore(std::uint32_t local, ByteView image);
  /// Plans the arrival of those that are not restored.
  void planArrivals();
  void start();
  void stop();
  /// Throws what an event of this shard threw first: our own fault. The shard's other machines are served on.
  void check() const { loop_.check(); }

  const ShardCounters& counters() const { return counters_; }
  /// The machines' states; runs on the shard's thread while that lives.
  std::vector<MachineView> views();
  std::vector<std::uint16_t> openPorts(std::uint32_t local);
  /// From any thread.
  void act(std::span<const std::uint32_t> locals, const Act& act);
  machine::Posture postureOf(std::uint32_t local);
  /// Made when it is first asked for; from any thread.
  net::HeciDevice& heci(std::uint32_t local);
  /// From any thread.
  void setFaults(std::uint32_t group, const fault::PlanPtr& plan);
  std::vector<fault::Tally> faultTallies();

 private:
  friend class MachineHeci;
  friend class MachinePc;
  friend class Actor;
  struct Deadline {
    MeTime at;
    std::uint32_t machine;
    bool operator>(const Deadline& other) const { return std::tie(at, machine) > std::tie(other.at, other.machine); }
  };
  /// Who connects to a machine, and to which of its ports.
  struct Caller {
    std::uint16_t port = machine::kHttpPort;
    std::uint32_t peer = 0;
    std::uint16_t peerPort = 0;
    bool fromHost = false;                        // through HECI
    std::shared_ptr<net::CaptureFlow> flow = {};  // none: not captured
  };
  /// What fault rules have made of one connection.
  struct Disorder {
    unsigned requestsLeft = 0;  // 0: any number
    bool dropsPipelined = false;
  };
  /// A hello on its way.
  struct Hello {
    std::uint32_t local = 0;
    Bytes message;
    std::uint32_t target = 0;  // 0: where the service point really is
    std::uint32_t source = 0;  // 0: the machine's own address
    bool split = false;        // over several segments
    bool staysOpen = false;    // the connection is not closed after it
    std::uint32_t moveTo = 0;  // the machine's address once it is out; 0: as it was
  };
  struct Connection;   // of one machine, while its coroutine runs
  class Registration;  // of a connection, in the two lists of them
  using Clock = std::chrono::steady_clock;

  // shard.cpp
  void arrive(std::uint32_t local);
  void startOperational(std::uint32_t local);
  /// Calls `event` with a fresh view, carries out its effects but RestartNetwork (which is returned as true), and keeps
  /// deadline and counters in step with the machine.
  template <typename Event>
  bool onMachine(std::uint32_t local, const machine::Identity& identity, Event&& event);
  /// The same for what no connection of the machine's brings about: RestartNetwork is carried out too.
  template <typename Event>
  void befall(std::uint32_t local, Event&& event);
  bool carryOut(std::uint32_t local, machine::Effects& effects);
  void countState(machine::State from, machine::State to);
  void schedule(std::uint32_t local, MeTime at);
  /// The earliest that somebody waits for; MeTime::never(): nobody does.
  MeTime nextDue() const;
  void armTimer();
  void onDeadlines();
  void jumpIfIdle();
  net::Task<void> watchLoop();
  /// Hands what has changed to the state store.
  void saveChanges();
  void tell(Happening::Kind kind, std::uint32_t local, Reason reason, std::string text,
            const host::AgentResult* agent = nullptr, const Exchange* exchange = nullptr);
  void tell(std::uint32_t local, Happening happening);
  void tellConnection(Happening::Kind kind, const Connection& connection, std::string text);
  void tellExchange(std::uint32_t local, const firmware::Session& session, const wire::http::Request& request,
                    const firmware::Reply* reply);
  template <typename Function>
  auto onThread(Function&& function);

  // machine_pc.cpp
  MachineHeci& heciOf(std::uint32_t local);
  /// The machine runs that build of its group's upgrades from now on, as after the restart that ends an update.
  void runBuild(std::uint32_t local, std::uint8_t build);
  /// The ME resets by itself, its host going on, and is back after that time by the fleet's clock.
  void resetMe(std::uint32_t local, MeDuration down);
  /// Until the fleet's clock has moved on by that much; idle fleets jump there.
  net::Task<void> waitForClock(MeDuration duration);
  void startAgent(std::uint32_t local);
  net::Task<void> runAgent(std::uint32_t local);

  // acts.cpp
  void endAgent(std::uint32_t local);
  net::Task<void> actLater(std::uint32_t local, const LaterAct& later);

  // connection.cpp
  net::Task<void> acceptLoop(std::shared_ptr<net::Listener> listener, std::uint16_t port);
  void take(net::Accepted accepted, std::uint16_t port);
  net::Task<void> serve(std::unique_ptr<net::Channel> channel, std::uint32_t local, Caller caller);
  net::Task<void> converse(Connection& connection, firmware::Session& session);
  net::Task<bool> secure(Connection& connection, firmware::Session& session, firmware::TlsOffer offer);
  net::Task<bool> answer(Connection& connection, const firmware::Session& session, const wire::http::Request& request);
  void makeRoom();
  void restartNetwork(std::uint32_t local, const Connection* except);
  void refuse(std::uint32_t local, Happening::Kind kind, Reason reason, std::string text);
  net::Task<void> wait(MeDuration latency);
  net::Task<void> pause(Clock::duration real);

  // captured.cpp
  /// A connection of the machine at its `port` as the capture sees it, from its beginning on; none: not captured.
  std::shared_ptr<net::CaptureFlow> captured(std::uint32_t local, std::uint16_t port, const wire::TcpEnd& peer,
                                             bool dialled);
  std::unique_ptr<net::Channel> acceptedChannel(tcp::socket socket, std::uint32_t local, Caller& caller);

  // hello_sender.cpp
  void queueHello(Hello hello);
  void startHellos();
  net::Task<void> sendHello(Hello hello);

  // faults.cpp
  void adoptPlan(std::uint32_t group, const fault::PlanPtr& plan);
  /// Null: nothing goes wrong with the machine.
  const fault::Plan* planOf(std::uint32_t local) const;
  bool cares(std::uint32_t local, fault::Point point) const;
  /// The rules that act; told and counted.
  std::vector<fault::Firing> strike(std::uint32_t local, fault::Point point, std::string_view name,
                                    std::string_view body = {});
  /// Of actions on the machine itself; false for another action.
  bool strikeMachine(std::uint32_t local, const fault::Action& action);
  void noteState(std::uint32_t local, machine::State from, machine::State to);
  /// Rules that hold until then are over for it.
  void noteUnprovisioned(std::uint32_t local);
  void wrap(std::unique_ptr<net::Channel>& channel, std::uint32_t local, const fault::Firing& firing) const;
  /// False: the connection is over.
  net::Task<bool> breakOff(net::Channel& channel, fault::Break how);
  net::Task<bool> disturbConnection(Connection& connection, std::uint16_t port);
  void disturbHandshake(Connection& connection, net::TlsServerOptions& options, const fault::Firing& firing,
                        const firmware::TlsOffer& offer);
  static firmware::Disturbance disturbanceOf(const std::vector<fault::Firing>& firings);
  /// After the call: what remains to be done of the same firings. False: the connection is over.
  net::Task<bool> afterRequest(Connection& connection, std::vector<fault::Firing> firings);
  /// The bytes to send in the end; nothing: none, and the connection is over.
  net::Task<std::optional<std::string>> disturbAnswer(Connection& connection, wire::http::Response& response,
                                                      std::string_view operation);
  /// Hellos as fault rules leave them.
  void disturbHello(Hello hello);
  net::Task<void> helloLater(Hello hello, MeDuration wait);

  Shared& shared_;
  unsigned number_;
  Machines machines_;
  ShardCounters counters_;
  std::unordered_multimap<std::uint32_t, Connection*> connections_;
  /// The same connections; the one that got on longest ago is first, and is ended when there are too many.
  std::list<Connection*> byProgress_;
  std::unordered_map<std::uint32_t, std::unique_ptr<MachineHeci>> heci_;
  // The context comes after what suspended connections refer to, so that it ends them first.
  asio::io_context context_{1};
  std::thread thread_;
  net::LoopRun loop_;
  std::priority_queue<Deadline, std::vector<Deadline>, std::greater<>> deadlines_;
  std::multimap<MeTime, asio::steady_timer*> waits_;  // of PCs, by the fleet's clock
  asio::steady_timer timer_{context_};
  Clock::time_point timerAt_ = Clock::time_point::max();
  Clock::time_point lastBusy_;
  Clock::time_point clockSavedAt_;
  std::vector<std::shared_ptr<net::Listener>> listeners_;
  std::deque<Hello> waitingHellos_;
  unsigned runningHellos_ = 0;
  double helloTokens_ = 0;
  Clock::time_point helloTokensAt_;
  asio::steady_timer helloTimer_{context_};
  fault::Ledger ledger_;
  std::vector<fault::PlanPtr> plans_;       // of the groups; empty while no group has one
  std::vector<std::uint32_t> firstOfName_;  // of each group: the first machine of all groups of its name
  std::unordered_map<std::uint32_t, Hello> overtaken_;
  bool started_ = false;  // before the thread, so that both sides may read it
  bool stopping_ = false;
};

}  // namespace vme::runtime

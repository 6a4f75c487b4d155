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
  std::vector<class Shard*> shards;
};

/// Written by the shard's thread, read by any.
struct ShardCounters {
  std::atomic<std::uint32_t> factory{0}, inSetup{0}, operational{0};
  std::atomic<std::uint64_t> hellos{0}, connections{0}, refusedHandshakes{0}, requests{0};
  std::array<std::atomic<std::uint64_t>, 3> handshakes{};  // by firmware::TlsOffer::Kind
  std::atomic<std::uint64_t> requestBytes{0}, answerBytes{0};
  std::atomic<std::uint64_t> lateTimers{0};
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
  /// Made when it is first asked for; from any thread.
  net::HeciDevice& heci(std::uint32_t local);

 private:
  friend class MachineHeci;
  friend class MachinePc;
  struct Deadline {
    MeTime at;
    std::uint32_t machine;
    bool operator>(const Deadline& other) const { return std::tie(at, machine) > std::tie(other.at, other.machine); }
  };
  /// Who connects to a machine, and to which of its ports.
  struct Caller {
    std::uint16_t port = machine::kHttpPort;
    std::uint32_t peer = 0;
    bool fromHost = false;  // through HECI
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
            const host::AgentResult* agent = nullptr);
  template <typename Function>
  auto onThread(Function&& function);

  // machine_pc.cpp
  MachineHeci& heciOf(std::uint32_t local);
  /// Until the fleet's clock has moved on by that much; idle fleets jump there.
  net::Task<void> waitForClock(MeDuration duration);
  void startAgent(std::uint32_t local);
  net::Task<void> runAgent(std::uint32_t local);

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

  // hello_sender.cpp
  void queueHello(std::uint32_t local, Bytes message);
  void startHellos();
  net::Task<void> sendHello(std::uint32_t local, Bytes message);

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
  std::deque<std::pair<std::uint32_t, Bytes>> waitingHellos_;
  unsigned runningHellos_ = 0;
  double helloTokens_ = 0;
  Clock::time_point helloTokensAt_;
  asio::steady_timer helloTimer_{context_};
  bool started_ = false;  // before the thread, so that both sides may read it
  bool stopping_ = false;
};

}  // namespace vme::runtime

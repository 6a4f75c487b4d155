#include "runtime/shard.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "machine/accounts.hpp"
#include "machine/mishap.hpp"
#include "machine/setup.hpp"
#include "machine/stores.hpp"
#include "net/spawn.hpp"
#include "runtime/on_machine.hpp"

namespace vme::runtime {
namespace {

using namespace std::chrono_literals;
constexpr auto kLate = 50ms;
constexpr auto kWatchEvery = 100ms;
constexpr auto kIdleBeforeJump = 100ms;               // an answer of a peer may still be on its way
constexpr std::int64_t kOperationalFrom = 315532800;  // 1980-01-01: valid for any clock an ME may show
constexpr std::int64_t kOperationalUntil = 2177452800;

void mustSucceed(wire::AmtStatus status, std::string_view what) {
  if (status == wire::AmtStatus::success) return;
  throw ConfigError("--provisioned", std::string(what) + " is refused by this firmware with " +
                                         std::string(wire::nameOf(status)) + ". choose another");
}

}  // namespace

Shard::Shard(Shared& shared, unsigned number)
    : shared_(shared), number_(number), machines_(shared.plan, number), ledger_(shared.plan.options.seed) {
  counters_.factory = machines_.count();
  const auto& groups = shared_.plan.groups;
  for (std::uint32_t i = 0; i < groups.size(); ++i) {
    const bool goesOn = i > 0 && groups[i - 1].name == groups[i].name;
    firstOfName_.push_back(goesOn ? firstOfName_.back() : shared_.plan.firstOfGroup[i]);
    if (groups[i].faults) adoptPlan(i, groups[i].faults);
  }
  if (shared_.plan.options.state) machines_.trackChanges();
}

Shard::~Shard() {
  stop();
}

void Shard::listen(asio::ip::address_v4 address) {
  const auto& options = shared_.plan.options;
  for (const auto port : {options.httpPort, options.httpsPort}) {
    listeners_.push_back(
        std::make_shared<net::Listener>(context_.get_executor(), address, port, options.exposure, options.shards > 1));
  }
}

void Shard::planArrivals() {
  for (std::uint32_t local = 0; local < machines_.count(); ++local) {
    if (machines_.remembered(local).restored) continue;
    const auto& only = shared_.plan.options.only;
    if (only && *only != machines_.globalIndex(local)) continue;
    if (machines_.groupOf(local).start == Start::operational) {
      startOperational(local);
    } else {
      schedule(local, shared_.arrivalsFrom + shared_.plan.arrivalOf(machines_.globalIndex(local)));
    }
  }
}

void Shard::start() {
  const auto& options = shared_.plan.options;
  const std::uint16_t meant[] = {machine::kHttpPort, machine::kHttpsPort};
  for (std::size_t i = 0; i < listeners_.size(); ++i) {
    net::spawn(context_.get_executor(), acceptLoop(listeners_[i], meant[i]));
  }
  net::spawn(context_.get_executor(), watchLoop());
  helloTokens_ = options.helloRate / options.shards * 0.1;
  helloTokensAt_ = lastBusy_ = clockSavedAt_ = Clock::now();
  armTimer();
  started_ = true;
  thread_ = std::thread([this] {
    loop_.run(context_);
    counters_.cpuSeconds = net::threadCpuSeconds();
  });
}

void Shard::stop() {
  if (!thread_.joinable()) return;
  asio::post(context_, [this] {
    stopping_ = true;
    for (const auto& listener : listeners_) listener->close();
    timer_.cancel();
    helloTimer_.cancel();
    waitingHellos_.clear();
    context_.stop();
  });
  thread_.join();
  saveChanges();
}

void Shard::arrive(std::uint32_t local) {
  const auto identity = shared_.plan.identityOf(machines_.globalIndex(local));
  const auto& group = machines_.groupOf(local);
  machines_.remembered(local).arrived = true;
  // What befell it before it came up stays so: Fleet::act before start().
  const bool isWithoutPower = machines_.hot(local).powerState != 0;
  ++counters_.arrived;
  onMachine(local, identity, [&](machine::Me& me, machine::Effects& effects) {
    machine::beginConditions(me);
    if (group.usbKey) group.usbKey->insertInto(me, effects);
    if (group.enterPsk) machine::enterPskPair(me, nullptr, effects);
    if (group.start == Start::bareMetal && !isWithoutPower) machine::powerOn(me, effects);
    if (group.usbKey && !group.startConfiguration && me.hot.state == machine::State::factory) {
      effects.emplace_back(machine::Note{Reason::neverStarted, "the machine stays in factory state"});
    }
    if (!group.pc.osUp && !isWithoutPower) machine::setHost(me, machine::HostState::off, effects);
    if (!group.startConfiguration || me.hot.state == machine::State::inSetup) return;
    me.hot.rngSeeded = true;
    const auto status = machine::startConfiguration(me, effects);
    if (machine::isStartAccepted(status)) return;
    effects.emplace_back(
        machine::Note{Reason::neverStarted, "StartConfiguration is refused: " + std::string(wire::nameOf(status))});
  });
  if (group.pc.osUp && !isWithoutPower) startAgent(local);
  for (const auto& later : group.later) net::spawn(context_.get_executor(), actLater(local, later));
}

void Shard::startOperational(std::uint32_t local) {
  const auto& group = machines_.groupOf(local);
  const auto identity = shared_.plan.identityOf(machines_.globalIndex(local));
  machines_.remembered(local).arrived = true;
  ++counters_.arrived;
  onMachine(local, identity, [&](machine::Me& me, machine::Effects& effects) {
    mustSucceed(machine::setUpManually(me, group.operationalPassword, effects), "the password");
    const auto ha1 = wire::digestHash(group.operationalUser, machine::digestRealm(me), group.operationalPassword);
    mustSucceed(machine::setAdmin(me, group.operationalUser, ha1), "the user name");
    machine::setHostName(me, "vme-" + toHex(ByteView(identity.uuid.wire).last(6)));
    machine::setDomainName(me, group.environment.dhcpSuffix);
    me.hot.mode = machine::ProvisioningMode::enterprise;
    if (!group.operationalTls) return;
    const auto pool = net::keyPool(2048, 4);
    const auto& key = pool[identity.ipv4 % pool.size()];
    const auto address = asio::ip::make_address_v4(identity.ipv4).to_string();
    const auto certificate = net::issueCertificate({.commonName = address,
                                                    .organization = "VirtualME",
                                                    .organizationalUnits = {},
                                                    .dnsNames = {},
                                                    .ipAddresses = {address},
                                                    .ca = false,
                                                    .serverAuth = true,
                                                    .provisioningOid = false,
                                                    .notBefore = kOperationalFrom,
                                                    .notAfter = kOperationalUntil,
                                                    .serial = {},
                                                    .sha1 = false},
                                                   key.der, {}, key.der);
    me.hot.rngSeeded = true;
    std::uint32_t handle = 0;
    mustSucceed(machine::addKey(me, key.der, handle), "the TLS key");
    mustSucceed(machine::addCertificate(me, certificate, false, handle), "the TLS certificate");
    mustSucceed(machine::setTlsCertificate(me, handle), "the TLS certificate");
    mustSucceed(machine::setTlsOptions(me, {.enabled = true}, {}), "TLS");
    mustSucceed(machine::commitChanges(me, effects), "TLS");
    me.hot.closedUntil = MeTime{0};
  });
}

bool Shard::carryOut(std::uint32_t local, machine::Effects& effects) {
  bool networkRestarts = false;
  for (auto& effect : effects) {
    if (auto* hello = std::get_if<machine::SendHello>(&effect)) {
      disturbHello({.local = local, .message = std::move(hello->message), .target = hello->ipv4});
    } else if (auto* note = std::get_if<machine::Note>(&effect)) {
      const auto kind = isRequestRefusal(note->reason) ? Happening::Kind::requestRefused : Happening::Kind::note;
      refuse(local, kind, note->reason, std::move(note->text));
    } else {
      networkRestarts = true;
    }
  }
  return networkRestarts;
}

void Shard::countState(machine::State from, machine::State to) {
  const auto counter = [this](machine::State state) -> std::atomic<std::uint32_t>& {
    return state == machine::State::factory       ? counters_.factory
           : state == machine::State::operational ? counters_.operational
                                                  : counters_.inSetup;
  };
  counter(from).fetch_sub(1, std::memory_order_relaxed);
  counter(to).fetch_add(1, std::memory_order_relaxed);
}

void Shard::schedule(std::uint32_t local, MeTime at) {
  machines_.hot(local).wakeAt = at;
  if (at == MeTime::never()) return;
  const bool first = deadlines_.empty() || at < deadlines_.top().at;
  deadlines_.push({at, local});
  if (first && started_) armTimer();
}

MeTime Shard::nextDue() const {
  const auto machine = deadlines_.empty() ? MeTime::never() : deadlines_.top().at;
  return waits_.empty() ? machine : std::min(machine, waits_.begin()->first);
}

void Shard::armTimer() {
  if (nextDue() == MeTime::never() || stopping_) return;
  const auto at = shared_.clock.realOf(nextDue());
  if (at >= timerAt_) return;
  timerAt_ = at;
  timer_.expires_at(at);
  timer_.async_wait([this](boost::system::error_code error) {
    if (error) return;
    timerAt_ = Clock::time_point::max();
    onDeadlines();
  });
}

void Shard::onDeadlines() {
  const auto now = shared_.clock.at(Clock::now());
  while (!waits_.empty() && waits_.begin()->first <= now) {
    waits_.begin()->second->cancel();
    waits_.erase(waits_.begin());
  }
  while (!deadlines_.empty() && deadlines_.top().at <= now) {
    const auto deadline = deadlines_.top();
    deadlines_.pop();
    // Deadlines that were put off stay in the queue; the machine's own is the one that counts.
    if (machines_.hot(deadline.machine).wakeAt != deadline.at) continue;
    machines_.hot(deadline.machine).wakeAt = MeTime::never();
    if (Clock::now() - shared_.clock.realOf(deadline.at) > kLate) ++counters_.lateTimers;
    if (!machines_.remembered(deadline.machine).arrived) {
      arrive(deadline.machine);
      continue;
    }
    const auto identity = shared_.plan.identityOf(machines_.globalIndex(deadline.machine));
    onMachine(deadline.machine, identity,
              [](machine::Me& me, machine::Effects& effects) { firmware::onTimer(me, effects); });
  }
  armTimer();
}

void Shard::jumpIfIdle() {
  const auto now = Clock::now();
  if (shared_.inFlight.load() > 0 || !waitingHellos_.empty()) lastBusy_ = now;
  // Whoever watches the fleet has something to do at `until` and tells then how it goes on.
  const MeTime until{shared_.jumpUntilMs.load()};
  const auto seen = shared_.seenEvents.load();
  const auto to = std::min(nextDue(), until);
  if (!shared_.clock.options().skipIdle || to == MeTime::never() || now - lastBusy_ < kIdleBeforeJump) return;
  if (seen != Shared::kUnwatched && (seen != shared_.events.load() || shared_.clock.at(now) >= until)) return;
  shared_.clock.jumpTo(to);
  timerAt_ = Clock::time_point::max();
  armTimer();
  lastBusy_ = now;
}

net::Task<void> Shard::watchLoop() {
  asio::steady_timer tick(context_);
  auto due = Clock::now();
  while (!stopping_) {
    due += kWatchEvery;
    tick.expires_at(due);
    boost::system::error_code error;
    co_await tick.async_wait(asio::redirect_error(asio::use_awaitable, error));
    if (error) co_return;
    const std::chrono::duration<double, std::milli> lag = Clock::now() - due;
    if (lag.count() > counters_.loopLagMs.load()) counters_.loopLagMs = lag.count();
    counters_.cpuSeconds = net::threadCpuSeconds();
    due = Clock::now();
    saveChanges();
    jumpIfIdle();
  }
}

void Shard::tell(Happening::Kind kind, std::uint32_t local, Reason reason, std::string text,
                 const host::AgentResult* agent, const Exchange* exchange) {
  tell(local, {.kind = kind, .reason = reason, .text = std::move(text), .agent = agent, .exchange = exchange});
}

void Shard::tell(std::uint32_t local, Happening happening) {
  if (!shared_.observer.wants(happening.kind)) return;
  happening.machine = machines_.globalIndex(local);
  happening.at = Clock::now();
  happening.meTime = shared_.clock.at(happening.at);
  shared_.observer.happened(happening);
}

std::vector<MachineView> Shard::views() {
  return onThread([this] {
    std::vector<MachineView> all;
    all.reserve(machines_.count());
    for (std::uint32_t local = 0; local < machines_.count(); ++local) all.push_back(machines_.snapshot(local));
    return all;
  });
}

net::HeciDevice& Shard::heci(std::uint32_t local) {
  return *onThread([this, local] { return &heciOf(local); });
}

void Shard::setFaults(std::uint32_t group, const fault::PlanPtr& plan) {
  onThread([&] { adoptPlan(group, plan); });
}

std::vector<fault::Tally> Shard::faultTallies() {
  return onThread([this] {
    std::vector<fault::Tally> all;
    for (const auto& [id, tally] : ledger_.tallies()) all.push_back(tally);
    return all;
  });
}

machine::Posture Shard::postureOf(std::uint32_t local) {
  return onThread([this, local] {
    const auto identity = shared_.plan.identityOf(machines_.globalIndex(local));
    return machine::postureOf(machines_.view(local, identity, shared_.clock.at(Clock::now())));
  });
}

std::vector<std::uint16_t> Shard::openPorts(std::uint32_t local) {
  return onThread([this, local] {
    const auto identity = shared_.plan.identityOf(machines_.globalIndex(local));
    const auto me = machines_.view(local, identity, shared_.clock.at(Clock::now()));
    std::vector<std::uint16_t> open;
    for (const auto port : {machine::kHttpPort, machine::kHttpsPort}) {
      if (machine::portState(me, port) != machine::PortState::closed) open.push_back(port);
    }
    return open;
  });
}

}  // namespace vme::runtime

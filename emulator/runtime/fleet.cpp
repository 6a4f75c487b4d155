#include "runtime/fleet.hpp"

#include <algorithm>
#include <set>

#include "base/error.hpp"
#include "net/descriptor_limit.hpp"
#include "runtime/shard.hpp"
#include "runtime/state_store.hpp"

namespace vme::runtime {
namespace {

constexpr unsigned kGeneratedBits = 2048;  // the one length that servers ask for
constexpr std::size_t kGeneratedPool = 8;

FleetPlan makePlan(FleetOptions options, std::vector<Group> groups) {
  FleetPlan plan{.options = std::move(options), .groups = std::move(groups), .firstOfGroup = {}, .machines = 0};
  for (const auto& group : plan.groups) {
    plan.firstOfGroup.push_back(plan.machines);
    plan.machines += group.machines;
  }
  plan.options.addresses.machines = plan.machines;
  // A quarter stays for hellos, files, and a service point in the same process.
  const auto room = net::descriptorLimit() / 4 * 3;
  plan.options.connectionsMax = static_cast<std::uint32_t>(std::min<std::uint64_t>(plan.options.connectionsMax, room));
  // The clock jumps only when the whole fleet is idle, which one loop can tell by itself. Machines that share a USB key
  // take its records in the order in which they come up, which several loops would not keep.
  const bool hasKey = std::ranges::any_of(plan.groups, [](const Group& group) { return group.usbKey != nullptr; });
  plan.options.shards = plan.options.clock.skipIdle || hasKey ? 1U : std::clamp(plan.options.shards, 1U, 64U);
  plan.moved = std::make_shared<MovedAddresses>();
  return plan;
}

/// Credentials for the key lengths that the fleet's PKI set-ups show.
void fillSelfSigned(Shared& shared) {
  std::set<unsigned> lengths;
  const auto note = [&](const profile::Profile& profile) {
    if (profile.prov.pki) lengths.insert(profile.prov.selfsignedBits);
  };
  for (const auto& group : shared.plan.groups) {
    note(*group.profile);
    for (const auto& upgrade : group.upgrades) note(*upgrade.profile);
  }
  for (const auto bits : lengths) {
    for (const auto& key : net::keyPool(bits, kSelfSignedPool)) {
      shared.selfSigned[bits].push_back(net::selfSignedCredential(key));
    }
  }
}

/// A pool of keys for the groups whose firmware generates key pairs: making them is never a machine's own time.
void fillKeyPools(std::vector<Group>& groups) {
  std::shared_ptr<const std::vector<Bytes>> pool;
  const auto fill = [&](const profile::Profile& profile, machine::Environment& environment) {
    if (!profile.features.keyGeneration) return;
    if (!pool) {
      std::vector<Bytes> keys;
      for (auto& key : net::keyPool(kGeneratedBits, kGeneratedPool)) keys.push_back(std::move(key.der));
      pool = std::make_shared<const std::vector<Bytes>>(std::move(keys));
    }
    environment.keys = pool;
    environment.keyBits = kGeneratedBits;
  };
  for (auto& group : groups) {
    fill(*group.profile, group.environment);
    for (auto& upgrade : group.upgrades) fill(*upgrade.profile, upgrade.environment);
  }
}

/// The fleet's clock stands still while no process runs it, but never falls behind the real one, as clocks with a
/// battery do not.
MeTime takeUpTime(const FleetPlan& plan, MeTime fresh) {
  const auto* saved = plan.options.state && plan.options.state->saved() ? &*plan.options.state->saved() : nullptr;
  return saved ? std::max(saved->time, fresh) : fresh;
}

std::uint64_t packed(const boost::asio::ip::tcp::endpoint& endpoint) {
  return std::uint64_t{endpoint.address().to_v4().to_uint()} << 16U | endpoint.port();
}

/// Brings back what the state file holds.
void restore(const FleetPlan& plan, const std::vector<std::unique_ptr<Shard>>& shards) {
  if (!plan.options.state) return;
  plan.options.state->read([&](std::uint32_t machine, ByteView image) {
    const auto restored = shards[machine % shards.size()]->restore(machine / plan.options.shards, image);
    if (restored) return;
    throw ConfigError(plan.options.state->file().string(), "machine " + std::to_string(machine) + " is damaged, " +
                                                               restored.error().message() +
                                                               ". put back a copy, or name another file");
  });
}

}  // namespace

struct Fleet::Impl {
  Shared shared;
  std::vector<std::unique_ptr<Shard>> shards;

  Shard& shardOf(std::uint32_t index) const { return *shards[index % shards.size()]; }
};

Fleet::Fleet(FleetOptions options, std::vector<Group> groups, Observer& observer) {
  fillKeyPools(groups);
  auto plan = makePlan(std::move(options), std::move(groups));
  plan.options.clock.start = takeUpTime(plan, FleetClock(plan.options.clock).start());
  const auto clockOptions = plan.options.clock;
  impl_ = std::unique_ptr<Impl>(new Impl{.shared = {.plan = std::move(plan),
                                                    .clock = FleetClock(clockOptions),
                                                    .takenUpAt = {},
                                                    .arrivalsFrom = {},
                                                    .observer = observer,
                                                    .selfSigned = {},
                                                    .inFlight = 0,
                                                    .shards = {}},
                                         .shards = {}});
  auto& shared = impl_->shared;
  fillSelfSigned(shared);
  shared.servicePoint = packed(shared.plan.options.servicePoint);
  // Arrivals count from here: keys are made before, and the clock has run on meanwhile.
  const auto& state = shared.plan.options.state;
  shared.takenUpAt = shared.clock.at(std::chrono::steady_clock::now());
  shared.arrivalsFrom =
      state && state->saved() ? shared.takenUpAt + MeDuration{-state->saved()->elapsed.ms} : shared.takenUpAt;
  // One machine listens on its own address, so that several such programs can run side by side; a fleet listens on all
  // addresses, and the one that is dialled finds the machine.
  const bool oneAddress = shared.plan.machines == 1 && shared.plan.options.moves == 0;
  const auto address =
      oneAddress ? asio::ip::address_v4(shared.plan.options.addresses.address(0)) : asio::ip::address_v4::any();
  for (unsigned number = 0; number < shared.plan.options.shards; ++number) {
    impl_->shards.push_back(std::make_unique<Shard>(shared, number));
    impl_->shards.back()->listen(address);
    shared.shards.push_back(impl_->shards.back().get());
  }
  // Clocks drift from when the fleet was new.
  for (auto& group : shared.plan.groups) {
    group.environment.conditions.driftsFrom = shared.arrivalsFrom;
    for (auto& upgrade : group.upgrades) upgrade.environment.conditions.driftsFrom = shared.arrivalsFrom;
  }
  restore(shared.plan, impl_->shards);
  for (const auto& shard : impl_->shards) shard->planArrivals();
}

Fleet::~Fleet() {
  stop();
}

void Fleet::start() {
  if (const auto& state = impl_->shared.plan.options.state) state->start();
  for (const auto& shard : impl_->shards) shard->start();
}

void Fleet::stop() {
  for (const auto& shard : impl_->shards) shard->stop();
  if (const auto& state = impl_->shared.plan.options.state) state->finish();
}

MeTime Fleet::arrivalsFrom() const {
  return impl_->shared.arrivalsFrom;
}

MeTime Fleet::takenUpAt() const {
  return impl_->shared.takenUpAt;
}

MeTime Fleet::now() const {
  return impl_->shared.clock.at(std::chrono::steady_clock::now());
}

void Fleet::check() const {
  for (const auto& shard : impl_->shards) shard->check();
  if (const auto& state = impl_->shared.plan.options.state) state->check();
}

void Fleet::act(std::span<const std::uint32_t> machines, const Act& act) {
  const auto shards = static_cast<std::uint32_t>(impl_->shards.size());
  for (std::uint32_t number = 0; number < shards; ++number) {
    std::vector<std::uint32_t> locals;
    for (const auto machine : machines) {
      if (machine % shards == number) locals.push_back(machine / shards);
    }
    if (!locals.empty()) impl_->shards[number]->act(locals, act);
  }
}

void Fleet::moveServicePoint(const boost::asio::ip::tcp::endpoint& to) {
  impl_->shared.servicePoint = packed(to);
}

void Fleet::letJump(std::uint64_t seen, MeTime until) {
  impl_->shared.jumpUntilMs = until.ms;
  impl_->shared.seenEvents = seen;
}

std::uint64_t Fleet::events() const {
  return impl_->shared.events;
}

std::uint32_t Fleet::size() const {
  return impl_->shared.plan.machines;
}

std::string Fleet::nameOf(std::uint32_t index) const {
  const auto& plan = impl_->shared.plan;
  const auto group = plan.groupOf(index);
  return plan.groups[group].name + "/" +
         std::to_string(index - plan.firstOfGroup[group] + plan.groups[group].part.before);
}

net::HeciDevice& Fleet::heci(std::uint32_t index) {
  return impl_->shardOf(index).heci(index / impl_->shared.plan.options.shards);
}

const Group& Fleet::groupOf(std::uint32_t index) const {
  return impl_->shared.plan.groups[impl_->shared.plan.groupOf(index)];
}

machine::Identity Fleet::identityOf(std::uint32_t index) const {
  return impl_->shared.plan.identityOf(index);
}

std::vector<std::uint16_t> Fleet::openPorts(std::uint32_t index) const {
  return impl_->shardOf(index).openPorts(index / impl_->shared.plan.options.shards);
}

machine::Posture Fleet::postureOf(std::uint32_t index) const {
  return impl_->shardOf(index).postureOf(index / impl_->shared.plan.options.shards);
}

std::vector<MachineView> Fleet::views() const {
  std::vector<MachineView> all;
  for (const auto& shard : impl_->shards) std::ranges::move(shard->views(), std::back_inserter(all));
  std::ranges::sort(all, {}, &MachineView::index);
  return all;
}

std::vector<fault::Tally> Fleet::faultTallies() const {
  std::map<std::string, fault::Tally> sums;
  for (const auto& shard : impl_->shards) {
    for (const auto& tally : shard->faultTallies()) {
      auto& sum = sums[tally.id];
      sum.id = tally.id;
      sum.asked += tally.asked;
      sum.fired += tally.fired;
    }
  }
  std::vector<fault::Tally> all;
  for (auto& [id, tally] : sums) all.push_back(std::move(tally));
  return all;
}

void Fleet::setFaults(std::uint32_t group, fault::PlanPtr plan) {
  for (const auto& shard : impl_->shards) shard->setFaults(group, plan);
}

FleetCounters Fleet::counters() const {
  FleetCounters sum;
  sum.machines = size();
  for (const auto& shard : impl_->shards) {
    const auto& counters = shard->counters();
    sum.factory += counters.factory;
    sum.inSetup += counters.inSetup;
    sum.operational += counters.operational;
    sum.arrived += counters.arrived;
    sum.hellos += counters.hellos;
    sum.connections += counters.connections;
    sum.pskHandshakes += counters.handshakes[0];
    sum.pkiHandshakes += counters.handshakes[1];
    sum.operationalHandshakes += counters.handshakes[2];
    sum.handshakes += counters.handshakes[0] + counters.handshakes[1] + counters.handshakes[2];
    sum.requestBytes += counters.requestBytes;
    sum.answerBytes += counters.answerBytes;
    sum.refusedHandshakes += counters.refusedHandshakes;
    sum.requests += counters.requests;
    sum.lateTimers += counters.lateTimers;
    sum.faultsFired += counters.faultsFired;
    sum.loopLagMs = std::max(sum.loopLagMs, counters.loopLagMs.load());
    sum.cpuSeconds += counters.cpuSeconds;
  }
  return sum;
}

}  // namespace vme::runtime

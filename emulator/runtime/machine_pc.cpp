#include "runtime/machine_pc.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "machine/mishap.hpp"
#include "machine/setup.hpp"
#include "machine/update.hpp"
#include "net/spawn.hpp"
#include "runtime/on_machine.hpp"

namespace vme::runtime {
namespace {

constexpr unsigned kFlashS = 60;   // an update tool writes for about a minute
constexpr unsigned kRebootS = 45;  // until the operating system is up

}  // namespace

MachinePc::MachinePc(Shard& shard, std::uint32_t local)
    : shard_(shard),
      local_(local),
      driver_(shard.machines_.groupOf(local).pc.driver),
      run_(shard.machines_.remembered(local).agentRuns++) {}

machine::Identity MachinePc::identity() const {
  return shard_.shared_.plan.identityOf(shard_.machines_.globalIndex(local_));
}

host::PcFacts MachinePc::facts() const {
  const auto index = shard_.machines_.globalIndex(local_);
  const auto& plan = shard_.shared_.plan;
  const auto own = identity();
  const auto group = plan.groupOf(index);
  auto name =
      plan.groups[group].name + "-" + std::to_string(index - plan.firstOfGroup[group] + plan.groups[group].part.before);
  std::ranges::replace(name, '_', '-');
  const auto& domain = plan.groups[group].pc.domain;
  return {.uuid = own.uuid,
          .fqdn = domain.empty() ? name : name + "." + domain,
          .address = asio::ip::address_v4(own.ipv4),
          .driver = driver_,
          .tools = shard_.machines_.groupOf(local_).pc.tools,
          .chipset = shard_.machines_.profileOf(local_).identity.chipset};
}

asio::any_io_executor MachinePc::executor() {
  return shard_.context_.get_executor();
}

std::int64_t MachinePc::now() const {
  return shard_.shared_.clock.at(Shard::Clock::now()).ms / 1000;
}

bool MachinePc::isKilled() const {
  return shard_.machines_.remembered(local_).agentKilled;
}

net::Task<void> MachinePc::wait(MeDuration duration) {
  return shard_.waitForClock(duration);
}

Bytes MachinePc::random(std::size_t bytes, std::string_view purpose, std::uint64_t number) const {
  Bytes drawn(bytes);
  const Draw draw(shard_.shared_.plan.options.seed, shard_.machines_.globalIndex(local_));
  constexpr unsigned kBitsOfNumber = 40;
  draw.fill(drawn, purpose, number + (run_ << kBitsOfNumber));
  return drawn;
}

net::Task<host::Pc::Flashed> MachinePc::flash(const host::FirmwareImage& image) {
  const auto build = shard_.machines_.findUpgrade(local_, image.profile);
  if (!build) co_return Flashed{Reason::updateRefused, image.profile + " is no firmware for this machine"};
  const auto& upgrade = shard_.machines_.groupOf(local_).upgrades[*build - 1U];
  Flashed flashed;
  MeDuration takes;
  bool breaksOff = false;
  shard_.onMachine(local_, identity(), [&](machine::Me& me, machine::Effects&) {
    if (auto refusal = machine::refusalOfUpdate(me, *upgrade.profile)) {
      flashed = {refusal->reason, std::move(refusal->text)};
      return;
    }
    takes = machine::scaled(me, kFlashS);
    const auto share = shard_.machines_.groupOf(local_).pc.updateFails;
    breaksOff = !updateFailed_ && me.draw.unit("update-fails") < share;
  });
  if (flashed.reason != Reason::none) co_return flashed;
  co_await shard_.waitForClock(takes);
  if (!breaksOff) {
    flashedBuild_ = *build;
    co_return flashed;
  }
  updateFailed_ = true;
  shard_.befall(local_, [](machine::Me& me, machine::Effects& effects) { breakOffUpdate(me, effects); });
  co_return Flashed{Reason::updateFailed, "the update of " + image.profile + " ended half-way"};
}

net::Task<void> MachinePc::reboot() {
  shard_.heciOf(local_).reset();
  MeDuration takes;
  if (flashedBuild_ != 0) shard_.runBuild(local_, std::exchange(flashedBuild_, std::uint8_t{0}));
  shard_.onMachine(local_, identity(),
                   [&](machine::Me& me, machine::Effects&) { takes = machine::scaled(me, kRebootS); });
  co_await shard_.waitForClock(takes);
}

void MachinePc::resetMe() {
  shard_.heciOf(local_).reset();
  shard_.restartNetwork(local_, nullptr);
  shard_.onMachine(local_, identity(), [](machine::Me& me, machine::Effects& effects) {
    machine::resetAtDesk(me, machine::DeskReset::full, effects);
  });
}

net::Task<net::Heci<std::unique_ptr<net::HeciFile>>> MachinePc::Device::open() {
  using wire::heci::Error;
  const bool isHidden = pc_.shard_.machines_.groupOf(pc_.local_).pc.heciHidden;
  if (pc_.driver_ == host::Driver::absent || isHidden) co_return std::unexpected(Error::noEntry);
  if (pc_.shard_.machines_.hot(pc_.local_).powerState != 0) co_return std::unexpected(Error::noDevice);
  co_return co_await pc_.shard_.heciOf(pc_.local_).open();
}

// What the shard has for the PCs of its machines.

MachineHeci& Shard::heciOf(std::uint32_t local) {
  auto& device = heci_[local];
  if (!device) device = std::make_unique<MachineHeci>(*this, local);
  return *device;
}

net::Task<void> Shard::waitForClock(MeDuration duration) {
  if (duration.ms <= 0) co_return;
  asio::steady_timer timer(context_, Clock::time_point::max());
  waits_.emplace(shared_.clock.at(Clock::now()) + duration, &timer);
  --shared_.inFlight;
  armTimer();
  boost::system::error_code error;
  co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, error));
  ++shared_.inFlight;
}

void Shard::startAgent(std::uint32_t local) {
  auto& remembered = machines_.remembered(local);
  remembered.agentAgain |= remembered.agentKilled;
  if (!machines_.groupOf(local).agent || remembered.agentStarted || remembered.agentKilled) return;
  remembered.agentStarted = true;
  if (!machines_.groupOf(local).pc.tools.agent) {
    tell(Happening::Kind::note, local, Reason::neverStarted, "the PC has no agent");
    return;
  }
  ++shared_.inFlight;
  ++remembered.agents;
  net::spawn(context_.get_executor(), runAgent(local));
}

net::Task<void> Shard::runAgent(std::uint32_t local) {
  MachinePc pc(*this, local);
  const auto& plan = *machines_.groupOf(local).agent;
  auto options = plan.options;
  if (plan.token) options.server.token = plan.token(pc.facts().uuid);
  tell(Happening::Kind::agentBegan, local, Reason::none, {});
  const auto result = co_await host::runAgent(pc, std::move(options));
  if (result.reason != Reason::none && result.reason != Reason::provisioned) {
    machines_.remembered(local).lastRefusal = result.reason;
  }
  tell(Happening::Kind::agentEnded, local, result.reason, result.text, &result);
  auto& remembered = machines_.remembered(local);
  if (--remembered.agents == 0 && remembered.agentKilled) {
    remembered.agentKilled = remembered.agentStarted = false;
    if (std::exchange(remembered.agentAgain, false)) startAgent(local);
  }
  --shared_.inFlight;
}

}  // namespace vme::runtime

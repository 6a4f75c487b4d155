// How machines come from the state file and go to it.

#include <boost/asio/post.hpp>

#include "machine/power.hpp"
#include "machine/setup.hpp"
#include "runtime/on_machine.hpp"
#include "runtime/shard.hpp"
#include "runtime/state_store.hpp"

namespace vme::runtime {
namespace {

using namespace std::chrono_literals;
constexpr std::size_t kAtATime = 2048;  // a few milliseconds
constexpr auto kClockSavedEvery = 1s;   // when nothing else is written

}  // namespace

Result<void> Shard::restore(std::uint32_t local, ByteView bytes) {
  auto image = machine::decodeImage(bytes);
  if (!image) return std::unexpected(std::move(image.error()));
  const auto identity = shared_.plan.identityOf(machines_.globalIndex(local));
  if (auto restored = machines_.restore(local, std::move(*image)); !restored) return restored;
  {
    const auto me = machines_.view(local, identity, shared_.takenUpAt);
    if (me.nvram().powerPackage > machine::powerPackages(me).size()) {
      return fail("", "its power package is none of the profile's");
    }
  }
  ++counters_.arrived;
  countState(machine::State::factory, machines_.hot(local).state);
  onMachine(local, identity, [&](machine::Me& me, machine::Effects& effects) {
    // One that stands in the store and has no power of its own stays without.
    if (machines_.groupOf(local).start == Start::factory && me.hot.state == machine::State::factory) return;
    machine::powerBack(me, effects);
  });
  // The PC starts again, and its agent with it, where there is something left to do.
  const bool isDone = machines_.hot(local).state == machine::State::operational;
  if (!isDone && machines_.groupOf(local).pc.osUp) startAgent(local);
  return {};
}

void Shard::saveChanges() {
  const auto& store = shared_.plan.options.state;
  if (!store || !(stopping_ || store->hasRoom())) return;
  const auto now = Clock::now();
  const auto changed = machines_.takeChanges(stopping_ ? machines_.count() : kAtATime);
  if (changed.empty() && !stopping_ && now - clockSavedAt_ < kClockSavedEvery) return;
  clockSavedAt_ = now;
  std::vector<StateRow> rows;
  rows.reserve(changed.size());
  for (const auto local : changed) rows.push_back({machines_.globalIndex(local), machines_.image(local)});
  const auto time = shared_.clock.at(now);
  store->put(std::move(rows), {.time = time, .elapsed = time - shared_.arrivalsFrom});
  // Others have their turn before the rest.
  if (changed.size() == kAtATime && !stopping_) asio::post(context_, [this] { saveChanges(); });
}

}  // namespace vme::runtime

#include "runtime/machines.hpp"

#include <algorithm>

namespace vme::runtime {

std::uint32_t FleetPlan::groupOf(std::uint32_t index) const {
  const auto after = std::ranges::upper_bound(firstOfGroup, index);
  return static_cast<std::uint32_t>(after - firstOfGroup.begin()) - 1;
}

machine::Identity FleetPlan::identityOf(std::uint32_t index) const {
  auto identity = fleet::identityOf(options.seed, index, addressOf(index));
  const auto group = groupOf(index);
  if (groups[group].uuid && index == firstOfGroup[group]) identity.uuid = *groups[group].uuid;
  if (groups[group].sharedUuid) identity.uuid = *groups[group].sharedUuid;
  if (groups[group].psk) identity.psk = *groups[group].psk;
  return identity;
}

std::uint32_t FleetPlan::addressOf(std::uint32_t index) const {
  const auto planned = options.addresses.address(index);
  return moved ? moved->addressOf(index, planned) : planned;
}

std::optional<std::uint32_t> FleetPlan::indexOf(std::uint32_t address) const {
  const auto planned = options.addresses.indexOf(address);
  return moved ? moved->machineAt(address, planned) : planned;
}

MeDuration FleetPlan::arrivalOf(std::uint32_t index) const {
  const auto group = groupOf(index);
  const auto& own = groups[group];
  const auto n = index - firstOfGroup[group] + own.part.arrivalsBefore;
  return fleet::arrivalOf(own.arrival, options.seed, n, own.part.arrivals == 0 ? own.machines : own.part.arrivals);
}

Machines::Machines(const FleetPlan& plan, unsigned shard) : plan_(plan), shard_(shard) {
  const auto count = (plan.machines + plan.options.shards - 1 - shard) / plan.options.shards;
  hot_.resize(count);
  overlays_.resize(count);
  remembered_.resize(count);
}

const std::shared_ptr<const profile::Profile>& Machines::sharedProfileOf(std::uint32_t local) const {
  const auto& group = groupOf(local);
  const auto build = remembered_[local].build;
  return build == 0 ? group.profile : group.upgrades[build - 1U].profile;
}

std::optional<std::uint8_t> Machines::findUpgrade(std::uint32_t local, std::string_view profile) const {
  const auto& upgrades = groupOf(local).upgrades;
  const auto found =
      std::ranges::find_if(upgrades, [&](const Build& upgrade) { return upgrade.profile->name == profile; });
  if (found == upgrades.end()) return std::nullopt;
  return static_cast<std::uint8_t>(found - upgrades.begin() + 1);
}

const machine::Environment& Machines::environmentOf(std::uint32_t local) const {
  if (!environments_.empty()) {
    const auto own = environments_.find(local);
    if (own != environments_.end()) return own->second;
  }
  const auto& group = groupOf(local);
  const auto build = remembered_[local].build;
  return build == 0 ? group.environment : group.upgrades[build - 1U].environment;
}

machine::Environment& Machines::ownEnvironment(std::uint32_t local) {
  return environments_.try_emplace(local, environmentOf(local)).first->second;
}

void Machines::setBuild(std::uint32_t local, std::uint8_t build) {
  remembered_[local].build = build;
  const auto own = environments_.find(local);
  if (own == environments_.end()) return;
  const auto& comes = groupOf(local).upgrades[build - 1U].environment;
  own->second.roots = comes.roots;
  own->second.keys = comes.keys;
  own->second.keyBits = comes.keyBits;
}

machine::Me Machines::view(std::uint32_t local, const machine::Identity& identity, MeTime now) {
  return {.profile = profileOf(local),
          .environment = environmentOf(local),
          .identity = identity,
          .hot = hot_[local],
          .overlay = overlays_[local],
          .now = now,
          .draw = Draw(plan_.options.seed, globalIndex(local))};
}

MachineView Machines::snapshot(std::uint32_t local) const {
  const auto index = globalIndex(local);
  const auto identity = plan_.identityOf(index);
  return {.index = index,
          .group = plan_.groupOf(index),
          .uuid = identity.uuid,
          .ipv4 = identity.ipv4,
          .state = hot_[local].state,
          .arrived = remembered_[local].arrived,
          .restored = remembered_[local].restored,
          .hasDeadline = hot_[local].wakeAt != MeTime::never(),
          .profile = sharedProfileOf(local),
          .lastRefusal = remembered_[local].lastRefusal,
          .hellosSent = remembered_[local].hellosSent};
}

void Machines::noteChange(std::uint32_t local) {
  if (isChanged_.empty() || isChanged_[local]) return;
  isChanged_[local] = true;
  changed_.push_back(local);
}

std::vector<std::uint32_t> Machines::takeChanges(std::size_t most) {
  const auto taken = std::min(most, changed_.size());
  std::vector<std::uint32_t> first(changed_.end() - static_cast<std::ptrdiff_t>(taken), changed_.end());
  changed_.resize(changed_.size() - taken);
  for (const auto local : first) isChanged_[local] = false;
  return first;
}

Bytes Machines::image(std::uint32_t local) const {
  const auto updated = remembered_[local].build == 0 ? std::string_view() : std::string_view(profileOf(local).name);
  return machine::encodeImage(hot_[local], overlays_[local].get(), updated);
}

Result<void> Machines::restore(std::uint32_t local, machine::Image image) {
  if (!image.profile.empty()) {
    const auto build = findUpgrade(local, image.profile);
    if (!build) return fail("", "it was updated to " + image.profile + ", which is no firmware of this run");
    remembered_[local].build = *build;
  }
  hot_[local] = image.hot;
  overlays_[local] = std::move(image.overlay);
  remembered_[local].arrived = remembered_[local].restored = true;
  return {};
}

}  // namespace vme::runtime

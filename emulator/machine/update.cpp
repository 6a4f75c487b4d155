#include "machine/update.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/version_order.hpp"
#include "machine/transition.hpp"

namespace vme::machine {
namespace {

std::string ofRelease(const profile::Profile& profile) {
  return profile.identity.version + " for " + profile.identity.chipset;
}

}  // namespace

std::optional<Note> refusalOfUpdate(const Me& me, const profile::Profile& to) {
  const auto& from = me.profile.identity;
  if (to.identity.chipset != from.chipset) {
    return Note{Reason::updateRefused, ofRelease(to) + " does not fit the hardware, which is " + from.chipset};
  }
  const auto& version = to.identity.version;
  if (versionLess(version, from.version))
    return Note{Reason::updateRefused, ofRelease(to) + " is older than " + from.version};
  const bool isSame = version == from.version && to.identity.build <= from.build;
  if (isSame && !me.hot.recovering) return Note{Reason::updateRefused, ofRelease(to) + " is there already"};
  return std::nullopt;
}

void breakOffUpdate(Me& me, Effects& effects) {
  me.hot.recovering = true;
  rearm(me);
  effects.emplace_back(RestartNetwork{});
  effects.emplace_back(Note{Reason::updateFailed, "the update ended half-way; the ME is in recovery"});
}

void finishUpdate(Me& me) {
  me.hot.recovering = false;
  if (!me.nvram().roots) return;
  auto& table = *me.change().roots;
  std::vector<RootEntry> renewed;
  for (const auto& row : me.environment.roots) {
    if (!row.factory) continue;
    renewed.push_back(row);
    const auto before = std::ranges::find(table, row.hash, &RootEntry::hash);
    if (before != table.end() && before->factory) renewed.back().active = before->active;
  }
  for (const auto& row : table) {
    if (row.factory) continue;
    renewed.push_back(row);
    renewed.back().handle = static_cast<std::uint32_t>(renewed.size());
  }
  table = std::move(renewed);
}

}  // namespace vme::machine

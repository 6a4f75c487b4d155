#include <algorithm>

#include "scenario/load_group.hpp"
#include "scenario/load_quirks.hpp"
#include "scenario/overrides.hpp"

namespace vme::scenario {

std::vector<GroupSpec> expanded(GroupDraft draft, std::uint32_t stream) {
  const auto ownParts = byProfile(draft.specs);
  const auto shares = dealt(draft.machines, ownParts.size());
  std::vector<std::uint32_t> firsts;
  for (std::uint32_t at = 0; const auto share : shares) {
    firsts.push_back(at);
    at += share;
  }
  std::vector<std::uint32_t> arrived(draft.overrides.size(), 0);  // of each override with arrivals of its own
  std::vector<GroupSpec> specs;
  for (const auto& stretch : stretchesOf(shares, draft.overrides)) {
    const auto by = stretch.overriddenBy;
    const auto of = by ? byProfile(draft.overridden[*by]) : ownParts;
    const auto part = of[of.size() == 1 ? 0 : stretch.profile];
    const auto counts = portioned(stretch.count, part);
    auto first = stretch.first;
    for (std::size_t i = 0; i < counts.size(); ++i) {
      if (counts[i] == 0) continue;
      if (part[i].exactly) *part[i].exactly -= counts[i];
      auto spec = part[i];
      auto& group = spec.group;
      group.machines = counts[i];
      group.arrival.stream = stream;
      group.part = {
          .before = first, .arrivalsBefore = first - firsts[stretch.profile], .arrivals = shares[stretch.profile]};
      if (by && draft.overrides[*by].hasArrival) {
        group.part.arrivalsBefore = arrived[*by];
        group.part.arrivals = draft.overrides[*by].machines(draft.machines);
        arrived[*by] += counts[i];
      }
      if (first > 0 && !(by && draft.overrides[*by].hasUuid && first == stretch.first)) group.uuid.reset();
      if (!spec.faults.empty()) group.faults = std::make_shared<const fault::Plan>(fault::Plan{spec.faults});
      first += counts[i];
      specs.push_back(std::move(spec));
    }
  }
  return specs;
}

}  // namespace vme::scenario

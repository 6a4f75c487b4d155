#include "scenario/load_quirks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/nearest.hpp"
#include "scenario/quirk.hpp"

namespace vme::scenario {
namespace {

using profile::YamlCursor;

std::vector<const QuirkReader*> readers() {
  std::vector<const QuirkReader*> all;
  for (const auto list : {wireQuirks(), machineQuirks()}) {
    for (const auto& reader : list) all.push_back(&reader);
  }
  return all;
}

const QuirkReader& readerOf(const std::string& name, const YamlCursor& value) {
  std::vector<std::string> names;
  for (const auto* reader : readers()) {
    if (reader->name == name) return *reader;
    names.emplace_back(reader->name);
  }
  auto hint = didYouMean(name, names);
  if (hint.empty()) hint = " `vme quirks` lists them";
  value.fail(fmt::format("there is no quirk \"{}\".{}", name, hint));
}

}  // namespace

Some readSome(const YamlCursor& map) {
  constexpr std::uint64_t kMost = 10'000'000;
  Some some;
  const auto share = map.find("p");
  const auto machines = map.find("machines");
  if (share && machines) machines->fail(map.path() + " has p and machines. keep one of them");
  if (share) some.share = share->share();
  if (machines) some.machines = static_cast<std::uint32_t>(machines->number(1, kMost));
  return some;
}

void split(GroupSpec& some, GroupSpec& rest, const Some& who, std::uint32_t n, std::uint32_t parts) {
  if (who.machines) {
    // So many of the whole group, over its parts as evenly as it goes.
    const auto wanted = *who.machines / parts + (n < *who.machines % parts ? 1U : 0U);
    if (rest.exactly) {
      some.exactly = std::min(*rest.exactly, wanted);
      rest.exactly = *rest.exactly - *some.exactly;
    } else {
      some.exactly = wanted;
    }
  } else if (rest.exactly) {
    some.exactly = static_cast<std::uint32_t>(std::lround(*rest.exactly * who.share));
    rest.exactly = *rest.exactly - *some.exactly;
  } else {
    some.portion *= who.share;
    rest.portion *= 1 - who.share;
  }
}

void readQuirks(const YamlCursor& map, std::vector<GroupSpec>& specs) {
  for (const auto& [name, value] : map.entries()) {
    const auto& reader = readerOf(name, value);
    const auto some = value.isMap() ? readSome(value) : Some{};
    const bool drawn = reader.by == QuirkReader::By::rules;
    const auto read = [&, id = name, from = value](GroupSpec& spec) {
      const auto before = spec.faults.size();
      reader.read(from, spec);
      for (auto i = before; i < spec.faults.size(); ++i) {
        spec.faults[i].id = id;
        spec.faults[i].where = from.place();
        if (!drawn) continue;
        spec.faults[i].share = some.share;
        spec.faults[i].first = some.machines;
      }
    };
    if (drawn) {
      std::ranges::for_each(specs, read);
    } else {
      changeSome(specs, some, read);
    }
  }
}

const Section& quirksSection() {
  static const Section kSection = [] {
    Section section{"quirks", {}};
    for (const auto* reader : readers()) {
      section.keys.push_back({reader->name, "a quirk: `vme quirks` says what it does", {reader->shape()}});
    }
    return section;
  }();
  return kSection;
}

std::vector<std::span<GroupSpec>> byProfile(std::vector<GroupSpec>& specs) {
  std::vector<std::span<GroupSpec>> parts;
  for (std::span<GroupSpec> rest(specs); !rest.empty(); rest = rest.subspan(parts.back().size())) {
    const auto& name = rest.front().group.profile->name;
    const auto end = std::ranges::find_if(rest, [&](const GroupSpec& one) { return one.group.profile->name != name; });
    parts.push_back(rest.first(static_cast<std::size_t>(end - rest.begin())));
  }
  return parts;
}

std::vector<std::uint32_t> portioned(std::uint32_t machines, std::span<const GroupSpec> specs) {
  std::vector<std::uint32_t> counts(specs.size());
  auto left = machines;
  double portions = 0;
  for (std::size_t i = 0; i < specs.size(); ++i) {
    if (!specs[i].exactly) {
      portions += specs[i].portion;
      continue;
    }
    counts[i] = std::min(left, *specs[i].exactly);
    left -= counts[i];
  }
  if (portions <= 0) return counts;
  std::vector<std::pair<double, std::size_t>> remainders;
  const auto share = left;
  for (std::size_t i = 0; i < specs.size(); ++i) {
    if (specs[i].exactly) continue;
    const double exact = share * specs[i].portion / portions;
    // Products of shares are not exact: 100 machines at 30 % are 30.
    counts[i] = static_cast<std::uint32_t>(std::floor(exact + 1e-9));
    left -= counts[i];
    remainders.emplace_back(counts[i] - exact, i);
  }
  std::ranges::sort(remainders);
  for (std::size_t i = 0; i < left && i < remainders.size(); ++i) ++counts[remainders[i].second];
  return counts;
}

}  // namespace vme::scenario

#pragma once
// What the readers of expectations share. Each kind of expectation is a function from its value to what is expected,
// and a section of keys.

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "profile/yaml_cursor.hpp"
#include "scenario/keys.hpp"
#include "scenario/scenario.hpp"
#include "scenario/values.hpp"

namespace vme::scenario {

inline constexpr std::array<std::string_view, 4> kQuantiles{"p50", "p95", "p99", "max"};

/// One kind: how an entry `SUBJECT: VALUE` is read, and what it may look like.
struct ExpectKind {
  std::string_view subject;
  std::string_view doc;
  void (*read)(std::string_view subject, const profile::YamlCursor& value, const Scenario& scenario,
               std::vector<Expect>& out);
  std::vector<Shape> shapes;
};
/// Of outcomes, times and final states (load_expect.cpp).
const std::vector<ExpectKind>& outcomeExpects();
/// Of what happened meanwhile (load_expect_events.cpp).
const std::vector<ExpectKind>& eventExpects();

Expect beginExpect(std::string_view subject, const profile::YamlCursor& value);
/// The keys `group` and `machine`, of which there is at most one.
void readSelection(const profile::YamlCursor& map, const Scenario& scenario, Expect& expect);
/// `group: desktops, ` or `machine: desktops/3, ` or nothing.
std::string selectionText(const Expect& expect, const Scenario& scenario);
std::vector<Key> selectionKeys();
void takeWanted(Expect& expect, const Wanted& wanted);
/// A number of machines or a share of them.
void takeCount(Expect& expect, const profile::YamlCursor& value);
/// A number of events.
void takeNumber(Expect& expect, const profile::YamlCursor& value);
/// The limits on quantiles in a map: an expectation each, begun as `expect`.
void readQuantiles(const profile::YamlCursor& map, const Expect& expect, const std::string& lead,
                   std::vector<Expect>& out);
std::vector<Key> quantileKeys();
/// Keys of several tables, one after the other.
std::vector<Key> joined(std::vector<Key> keys, const std::vector<Key>& more);

}  // namespace vme::scenario

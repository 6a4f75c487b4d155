#pragma once
// What goes wrong with the machines of a group, as values: rules that a scenario or a quirk sets. Which rule acts on an
// event of a machine is decided from the seed and the machine's own history alone, so that two runs agree.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/me_time.hpp"
#include "fault/action.hpp"

namespace vme::fault {

/// What a machine is about to do when a rule may act.
enum class Point : std::uint8_t {
  hello,      // a hello leaves
  connect,    // a connection has come to an open port; its name: 16992 or 16993
  handshake,  // TLS begins; its name: psk, pki (both set-up) or operational
  request,    // a call whose caller was believed; its name: firmware::operationName
  answer,     // the same call has taken effect, and its answer is ready
};

/// What happens to a machine that may mend it.
enum class Mend : std::uint8_t { never, unprovision };

/// One rule. What it does stands in its action; what all rules share stands here.
struct Rule {
  std::string id;     // the quirk's name, or `faults[2]`
  std::string where;  // file:line:column
  Point point = Point::request;
  std::string operation;  // empty or `*`: any; else the event's name or a part of it
  std::string argument;   // of a call, and its value: others are left alone; empty: any call
  std::string argumentValue;
  Action action;
  // Which machines.
  double share = 1;                     // of them, drawn from the seed
  std::optional<std::uint32_t> first;   // the first so many of the group
  std::vector<std::uint32_t> machines;  // these, by their number in the group; empty: any
  // Which of a machine's events.
  unsigned from = 1;         // the n-th event that the rule fits is the first to meet it
  unsigned times = 0;        // firings on one machine; 0: each event
  double chance = 1;         // of each event, drawn from the seed
  MeDuration after;          // not earlier than this after the machine came up
  MeDuration lasts;          // and not later than this after `after`; nothing: for ever
  Mend until = Mend::never;  // and not once this has happened
  MeDuration delay, jitter;  // before it acts; real time, but for hellos
};

struct Plan {
  std::vector<Rule> rules;
};
using PlanPtr = std::shared_ptr<const Plan>;

/// How often a rule was to act and did, over all machines of its groups.
struct Tally {
  std::string id;
  std::uint64_t asked = 0;  // machines that the rule was drawn for
  std::uint64_t fired = 0;
};

/// Whether a rule for `pattern` acts on the event of that name: `CommitChanges` fits `CommitChanges` and
/// `AMT_SetupAndConfigurationService.CommitChanges`, `AMT_GeneralSettings` fits `Get AMT_GeneralSettings`.
bool fits(std::string_view pattern, std::string_view name);

/// Whether the XML has an element of that local name with that text.
bool carries(std::string_view xml, std::string_view name, std::string_view text);

}  // namespace vme::fault

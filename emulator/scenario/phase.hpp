#pragma once
// What happens while a fleet runs, as a scenario's `phases` say it: when, to whom, what, and what must come of it.

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/reasons.hpp"
#include "fault/plan.hpp"
#include "machine/lifecycle.hpp"
#include "runtime/act.hpp"
#include "servicepoint/service_point.hpp"

namespace vme::scenario {

/// Holds once so many machines, hellos or updates are there.
struct Condition {
  enum class Of : std::uint8_t { settled, provisioned, refused, failed, outcome, state, hellos, updated };
  std::string text;  // as written
  Of of = Of::settled;
  Reason reason = Reason::none;                    // outcome: the machine's latest
  machine::State state = machine::State::factory;  // quiet counts as inSetup
  double atLeast = 0;
  bool isShare = false;
};

struct Trigger {
  enum class Kind : std::uint8_t {
    before,  // nothing has come up yet
    time,    // since arrivals began, by the fleet's clock
    condition,
    after,  // all machines have settled, and the phases `after` before this one are over
  };
  Kind kind = Kind::before;
  MeDuration time;
  Condition condition;
};

/// Of the embedded service point.
struct ServerAct {
  enum class Kind : std::uint8_t {
    stop,
    start,  // at the same port, with the same secrets and CA
    restart,
    move,    // another one of the same secrets and CA takes its place, at another port
    expire,  // its provisioning certificate has expired
    renew,   // and is replaced by a valid one of the same root
    rule,    // of approval, for machines
    errand,  // at machines of the phase that it has provisioned
  };
  Kind kind = Kind::restart;
  servicepoint::Approval::Rule rule = servicepoint::Approval::Rule::approve;
  std::string group;  // rule
  servicepoint::Errand errand = servicepoint::Errand::none;
};

/// The groups of the phase, whole, have these rules from then on and no others.
struct FaultAct {
  std::vector<fault::Rule> rules;
};

using Deed = std::variant<runtime::Act, ServerAct, FaultAct>;

struct Selection {
  std::string group;                  // empty: all
  std::vector<std::string> machines;  // GROUP/INDEX; empty: all of the group
  double share = 1;                   // of these, drawn from the seed
};

struct Phase {
  std::string where;  // file:line:column
  Trigger trigger;
  MeDuration delay;  // behind the trigger
  Selection whom;
  std::vector<Deed> deeds;
  struct Wait {
    Condition condition;  // of the selected machines, and since the deeds
    MeDuration within;
  };
  std::optional<Wait> wait;
};

}  // namespace vme::scenario

#pragma once
// A scenario file as a value: who comes, when, to which service point, and what must hold. Loading checks everything
// that can be checked before a start; every error is a ConfigError `file:line:column: what is wrong. what to do`.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "fleet/plan.hpp"
#include "host/agent.hpp"
#include "net/capture.hpp"
#include "runtime/clock.hpp"
#include "runtime/fleet.hpp"
#include "scenario/event_pattern.hpp"
#include "scenario/phase.hpp"
#include "servicepoint/service_point.hpp"
#include "wire/agent/policy.hpp"

namespace vme::scenario {

/// Which machines an expectation is about, what of them, and what must hold.
struct Expect {
  std::string text;                      // as written
  std::string where;                     // file:line:column
  std::optional<std::string> group;      // none: the whole fleet
  std::optional<std::uint32_t> machine;  // index: this one alone
  std::optional<std::string> profile;    // step: of machines with that firmware alone
  std::string subject;                   // provisioned, refused, failed, idle, outcome, time_to_provision, state ...
  std::string detail;                    // outcome: the reason word; times: p50, p95, p99, max; state, fault or rule
  std::string step;                      // step: its name
  std::vector<EventPattern> events;      // order: one after the other; never and events: the one
  bool perMachine = false;               // what is counted is compared machine by machine
  enum class Compare : std::uint8_t { equal, less, lessEqual, greater, greaterEqual } compare = Compare::equal;
  double wanted = 0;  // machines, a share in 0..1, or milliseconds
  bool isShare = false;
};

/// What shows that a machine is provisioned.
enum class Proof : std::uint8_t {
  outcome,      // the embedded service point's word
  operational,  // its own state
  login,        // its own state, and then a login with the account that the external service point made
};

/// What the policy server has for the agents of the run.
struct PolicySpec {
  struct Collection {
    std::string name;
    std::vector<wire::agent::TaskStep> sequence;
  };
  std::vector<Collection> collections;  // none: one of all agents, with the whole task sequence
  /// Images that software distribution holds; each is for the groups of its chipset.
  std::vector<std::shared_ptr<const profile::Profile>> firmware;
  bool driver = true;  // and a HECI driver
  std::int64_t otpLifetimeS = 900;
  std::int64_t retryS = 3600;
  bool hellosToo = false;  // a hello may start a machine that has an agent
  // External.
  std::uint16_t port = 0;
  std::string siteSecret;
};

/// How the embedded service point's provisioning certificate is.
enum class OwnPki : std::uint8_t { good, expired, revoked, ca, unfit };

struct ServicePointSpec {
  bool embedded = true;
  bool verifies = false;  // external: it logs in again once a machine is operational
  Proof proof() const { return embedded ? Proof::outcome : verifies ? Proof::login : Proof::operational; }
  std::string host;  // external
  std::uint16_t helloPort = 9971;
  servicepoint::Options options;  // embedded; its hello port is a free one unless the scenario names it
  PolicySpec policy;
  std::string hostName = "provisionserver.vme.test";  // embedded: in its provisioning certificate
  std::optional<std::filesystem::path> pskOut;
  OwnPki ownPki = OwnPki::good;
  std::optional<bool> uniqueKeys;  // none: when the run is audited
};

/// The collection of agents for which the scenario names none.
inline constexpr std::string_view kEveryone = "everyone";

/// A runtime group: one profile. A scenario's group over several profiles becomes several neighbours of one name.
struct GroupSpec {
  runtime::Group group;
  std::string provisioning;  // bare-metal, agent, none
  std::string method;        // psk, pki; empty when nothing provisions the group
  /// What the embedded service point is told of these machines.
  servicepoint::Approval::Rule approval = servicepoint::Approval::Rule::approve;
  bool servicePointKnowsPsk = true;       // false: unknown PID
  bool wrongPps = false;                  // the service point holds another PPS
  bool servicePointKnowsPassword = true;  // that was entered in MEBx
  unsigned enteredRoots = 0;              // root hashes that somebody has entered besides the service point's
  bool rootInactive = false;
  bool rootPresent = true;                 // pki: the service point's root was entered into the machines
  std::optional<wire::RootHash> root;      // pki: of this root, in place of the embedded service point's
  std::optional<std::string> expectedOtp;  // what the embedded service point asks of these machines
  // agent: what becomes of the machines' agents.
  std::string collection = std::string(kEveryone);  // empty: in none
  host::AgentFault agentFault = host::AgentFault::none;
  unsigned agentAttempts = 0;  // 0: the default
  /// What goes wrong; becomes the plan of `group`.
  std::vector<fault::Rule> faults;
  std::optional<std::string> cloneOf;  // GROUP/NUMBER or a number: the machine whose UUID all of these have
  std::string cloneWhere;
  /// Of its profile's machines in the scenario's group, where a quirk is for some of them only.
  double portion = 1;
  std::optional<std::uint32_t> exactly;  // so many of them, before the others share the rest
};

/// A second embedded service point of somebody else, whose root the machines know as well. Hellos reach it where the
/// machines' name server says so.
struct RogueSpec {
  boost::asio::ip::address_v4 address{0x7F000042};  // 127.0.0.66, at the service point's port
  std::string hostName = "rogue.vme.test";
};

/// A pcapng file of what the machines send and receive.
struct CaptureSpec {
  std::filesystem::path file;
  std::vector<std::string> machines;  // GROUP/INDEX; empty: all
  std::uint64_t limit = net::kCaptureLimit;
};

/// A file of what happens to each machine, one JSON object a line.
struct JournalSpec {
  std::filesystem::path file = "journal.jsonl";
  std::vector<std::string> machines;  // GROUP/INDEX; empty: all
};

/// Of a scenario that reproduces a failure from the field: what a reader wants to know of it. Free text.
struct Field {
  std::vector<std::string> ids;           // as the catalogue of field failures names it
  std::vector<std::string> provisioning;  // of its own list of provisioning failures
  std::string symptom;
  std::string correct;              // what a correct server does
  std::optional<bool> naivePasses;  // whether a server that takes no care comes through
  std::string why;
};

struct Scenario {
  std::string name;
  std::string description;
  std::string file;
  std::optional<Field> field;
  std::vector<std::pair<std::string, std::string>> cell;  // of the file's matrix: axis and value
  std::uint64_t seed = 1;
  runtime::ClockOptions clock;
  runtime::FleetOptions fleet;
  ServicePointSpec servicePoint;
  std::vector<GroupSpec> groups;
  std::vector<Expect> expect;
  std::vector<Phase> phases;
  std::optional<RogueSpec> rogue;
  std::optional<std::filesystem::path> stateFile;  // by --state only
  std::int64_t deadlineMs = 0;  // real time after which the run ends with what it has; 0: the default
  bool modernTls = true;
  std::optional<CaptureSpec> capture;  // relative files are in the folder of the results
  std::optional<JournalSpec> journal;
  std::optional<std::uint32_t> only;  // this machine alone comes up and counts
  std::string rerun;                  // what is needed to run it again, as a JSON object
  bool audit = false;                 // judge the service point by the best-practice rules
};

struct Overrides {
  std::optional<std::filesystem::path> profiles;  // a folder of the user's own
  std::optional<std::uint32_t> machines;          // scales all groups in proportion
  std::optional<std::uint64_t> seed;
  std::optional<double> timeScale;
  std::optional<std::string> servicePoint;               // HOST[:PORT] or embedded
  std::vector<std::pair<std::string, std::string>> set;  // groups.desktops.machines=10
  std::optional<std::string> only;                       // GROUP/INDEX: that machine alone comes up
};

/// Each cell of the file's matrix, or the one scenario that it is.
std::vector<Scenario> loadAll(const std::filesystem::path& file, const Overrides& overrides);
/// The same; a ConfigError when it is not one.
Scenario load(const std::filesystem::path& file, const Overrides& overrides);
/// From text, for tests and fuzzing; `place` stands for the file's name in errors.
Scenario parse(const std::string& place, const std::string& text, const Overrides& overrides);
std::vector<Scenario> parseAll(const std::string& place, const std::string& text, const Overrides& overrides);

}  // namespace vme::scenario

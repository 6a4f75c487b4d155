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
#include "runtime/clock.hpp"
#include "runtime/fleet.hpp"
#include "servicepoint/service_point.hpp"
#include "wire/agent/policy.hpp"

namespace vme::scenario {

/// Which machines an expectation is about, what of them, and what must hold.
struct Expect {
  std::string text;                  // as written
  std::string where;                 // file:line:column
  std::optional<std::string> group;  // none: the whole fleet
  std::string subject;               // provisioned, refused, failed, idle, outcome, time_to_provision, state ...
  std::string detail;                // outcome: the reason word; time_to_provision: p50, p95, p99, max
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
  bool servicePointKnowsPsk = true;  // false: unknown PID
  bool wrongPps = false;             // the service point holds another PPS
  bool rootInactive = false;
  bool rootPresent = true;                 // pki: the service point's root was entered into the machines
  std::optional<wire::RootHash> root;      // pki: of this root, in place of the embedded service point's
  std::optional<std::string> expectedOtp;  // what the embedded service point asks of these machines
  // agent: what becomes of the machines' agents.
  std::string collection = std::string(kEveryone);  // empty: in none
  host::AgentFault agentFault = host::AgentFault::none;
  unsigned agentAttempts = 0;  // 0: the default
};

struct Scenario {
  std::string name;
  std::string description;
  std::string file;
  std::uint64_t seed = 1;
  runtime::ClockOptions clock;
  runtime::FleetOptions fleet;
  ServicePointSpec servicePoint;
  std::vector<GroupSpec> groups;
  std::vector<Expect> expect;
  std::optional<std::filesystem::path> stateFile;  // by --state only
  std::int64_t deadlineMs = 0;  // real time after which the run ends with what it has; 0: the default
  bool modernTls = true;
};

struct Overrides {
  std::optional<std::filesystem::path> profiles;  // a folder of the user's own
  std::optional<std::uint32_t> machines;          // scales all groups in proportion
  std::optional<std::uint64_t> seed;
  std::optional<double> timeScale;
  std::optional<std::string> servicePoint;               // HOST[:PORT] or embedded
  std::vector<std::pair<std::string, std::string>> set;  // groups.desktops.machines=10
};

Scenario load(const std::filesystem::path& file, const Overrides& overrides);
/// From text, for tests and fuzzing; `place` stands for the file's name in errors.
Scenario parse(const std::string& place, const std::string& text, const Overrides& overrides);

}  // namespace vme::scenario

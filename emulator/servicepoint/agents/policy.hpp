#pragma once
// What the policy server serves: collections of machines, the policy "Automatic Provisioning" that some of them have,
// and the packages of software distribution.

#include <chrono>
#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/uuid.hpp"
#include "wire/agent/policy.hpp"

namespace vme::servicepoint {

struct Collection {
  std::string name;
  bool everyone = false;
  std::set<Uuid> members;
  bool hasPolicy = true;  // Automatic Provisioning
  std::vector<wire::agent::TaskStep> sequence = wire::agent::wholeSequence();

  bool holds(const Uuid& uuid) const { return everyone || members.contains(uuid); }
};
/// Lines `COLLECTION UUID|*`, `COLLECTION policy none|automatic-provisioning` and `COLLECTION task-sequence STEP...`,
/// in the order in which collections are first named. ConfigError with file:line.
std::vector<Collection> readCollections(const std::string& place, std::string_view text);

struct Package {
  wire::agent::PackageFacts facts;
  Bytes content;
};
/// Fills in size and hash.
Package makePackage(wire::agent::PackageFacts facts, Bytes content);

struct PolicyOptions {
  std::uint16_t port = 0;  // on the service point's address; 0: any free one
  std::vector<Collection> collections;
  std::vector<Package> packages;
  std::vector<wire::agent::MinimumFirmware> minimumFirmware = wire::agent::fieldMinimums();
  wire::agent::DriverLevel minimumDriver = wire::agent::DriverLevel::current;
  std::string siteSecret;
  std::chrono::seconds retry{3600};
  std::chrono::seconds otpLifetime{900};
  std::chrono::seconds clockSkew{300};  // an OTP dated further ahead is taken as expired
  /// Whether a hello may start a machine that is to be provisioned by its agent.
  enum class Hellos : std::uint8_t { noted, either };
  Hellos hellos = Hellos::noted;
  /// Seconds since 1970 by the clock that agents date their OTPs with; empty: the system's.
  std::function<std::int64_t()> clock;
};

/// The first collection that holds the machine and has the policy; null: none.
const Collection* collectionFor(const PolicyOptions& options, const Uuid& uuid);
/// Whether the machine's policy has its agent ask for provisioning.
bool isForAgent(const PolicyOptions& options, const Uuid& uuid);
/// As the machine gets it.
wire::agent::Policy policyOf(const PolicyOptions& options, const Collection& collection);

/// What a client of that machine proves itself with: HMAC-SHA256(site secret, UUID) in hex.
std::string agentToken(std::string_view siteSecret, const Uuid& uuid);
/// In a time that does not depend on where `shown` differs.
bool isAgentToken(std::string_view siteSecret, const Uuid& uuid, std::string_view shown);

}  // namespace vme::servicepoint

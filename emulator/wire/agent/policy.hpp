#pragma once
// The policy "Automatic Provisioning" as its server tells it to an agent (docs/agent.md): a JSON object.

#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/error.hpp"

namespace vme::wire::agent {

inline constexpr std::string_view kAutomaticProvisioning = "Automatic Provisioning";

enum class TaskStep : std::uint8_t { upgradeDriver, upgradeFirmware, reboot, rngSeedCreator, provision };
/// `upgrade-driver`.
std::string_view wordOf(TaskStep step);
std::optional<TaskStep> taskStepFrom(std::string_view word);
/// All five, in the order in which they make sense.
std::vector<TaskStep> wholeSequence();

enum class DriverLevel : std::uint8_t { old, current };

/// `2.2.20`; a fourth number, the build, is read over.
struct Version {
  unsigned major = 0;
  unsigned minor = 0;
  unsigned hotfix = 0;

  std::string text() const;
  auto operator<=>(const Version&) const = default;
};
/// Two to four numbers between dots; nothing for other forms.
std::optional<Version> parseVersion(std::string_view text);

/// Machines of version `from` on, up to the next row, need at least `minimum`.
struct MinimumFirmware {
  Version from;
  Version minimum;
  bool operator==(const MinimumFirmware&) const = default;
};
/// 2.2.20 on desktops, 2.6.20 on laptops, 3.2.2, and every 4.x and 5.x: the least builds for agent-initiated
/// provisioning.
std::vector<MinimumFirmware> fieldMinimums();
/// What the row that holds for the version asks for; nothing when no row does.
std::optional<Version> minimumFor(std::span<const MinimumFirmware> rows, const Version& version);

enum class PackageKind : std::uint8_t { firmware, driver };

struct PackageFacts {
  std::string name;  // of the file and in the address
  PackageKind kind = PackageKind::firmware;
  std::string profile;  // of firmware
  std::string version;
  std::string chipset;  // of firmware
  std::uint64_t bytes = 0;
  std::string sha256;  // hex
  bool operator==(const PackageFacts&) const = default;
};

struct Policy {
  std::string collection;
  std::vector<TaskStep> sequence;
  std::vector<MinimumFirmware> minimumFirmware;
  DriverLevel minimumDriver = DriverLevel::current;
  std::vector<PackageFacts> packages;
  std::int64_t retryS = 3600;
  std::int64_t otpLifetimeS = 900;
  bool operator==(const Policy&) const = default;
};

std::string encode(const Policy& policy);
Result<Policy> parsePolicy(std::string_view body);

}  // namespace vme::wire::agent

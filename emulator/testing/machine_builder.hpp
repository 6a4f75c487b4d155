#pragma once
// Virtual MEs for tests: a profile of the catalogue, a state, and a clock that only the test moves.
//
//   auto machine = testing::MachineBuilder("amt-5.2").hostName("vme0001").operational("P@ssw0rd").build();
//   auto me = machine->me();

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "machine/me.hpp"

namespace vme::testing {

/// Owns everything that a machine's view refers to.
struct BuiltMachine {
  profile::Profile profile;
  machine::Environment environment;
  machine::Identity identity;
  machine::HotRecord hot;
  std::unique_ptr<machine::Nvram> overlay;
  MeTime now;
  std::uint64_t seed = 1;
  std::uint64_t index = 0;

  machine::Me me() { return {profile, environment, identity, hot, overlay, now, Draw(seed, index)}; }
  void pass(MeDuration time) { now = now + time; }
  /// As it left the factory; for many runs, as a profile takes long to load.
  void renew() {
    hot = {};
    overlay.reset();
  }
};

/// The names of all profiles that a machine can have, in the order of their versions.
std::vector<std::string> profileNames();

class MachineBuilder {
 public:
  /// The profile must exist in the embedded catalogue.
  explicit MachineBuilder(std::string_view profile);

  MachineBuilder& seed(std::uint64_t seed, std::uint64_t index);
  MachineBuilder& address(std::uint32_t ipv4);
  /// Milliseconds since 1970 of the fleet's clock; 2009-08-11 by default.
  MachineBuilder& at(MeTime now);
  MachineBuilder& timing(double scale);
  MachineBuilder& dhcpSuffix(std::string suffix);
  MachineBuilder& otp(std::string otp);
  /// The admin password that was entered together with a PSK pair.
  MachineBuilder& setupPassword(std::string password);
  /// A root hash that a user entered before the run.
  MachineBuilder& root(std::string name, const wire::Sha1& sha1);
  MachineBuilder& hostName(std::string host, std::string domain = {});
  /// A value of the profile that this machine has of its own.
  MachineBuilder& with(const std::function<void(profile::Profile&)>& change);

  // The state; factory when none is named. Each goes the machine's own way there; std::logic_error where it refuses.
  MachineBuilder& inSetupByPsk();
  /// By the first window where the profile opens it, else by an agent's start.
  MachineBuilder& inSetupByPki();
  /// With that admin password; without TLS, so that 16992 is open.
  MachineBuilder& operational(std::string password);

  std::unique_ptr<BuiltMachine> build();

 private:
  enum class Way : std::uint8_t { factory, psk, pki, operational };

  std::unique_ptr<BuiltMachine> machine_;
  std::string host_, domain_, password_;
  Way way_ = Way::factory;
};

}  // namespace vme::testing

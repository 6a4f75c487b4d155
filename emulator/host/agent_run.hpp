#pragma once
// One agent at work: what it has read and done so far, and its steps.

#include "host/agent.hpp"
#include "host/amthi_client.hpp"

namespace vme::host {

class AgentRun {
 public:
  AgentRun(Pc& pc, AgentOptions options);

  net::Task<AgentResult> run();

 private:
  /// The OTP that the ME holds for the configuration that this agent has started.
  struct Started {
    std::string otp;
    std::int64_t created = 0;
  };

  net::Task<Attempt<void>> evaluate();
  net::Task<Attempt<void>> waitForServicePoint();
  net::Task<Attempt<void>> replay();
  net::Task<void> stay();
  net::Task<Attempt<void>> lookAtState();
  net::Task<Attempt<void>> runStep(wire::agent::TaskStep step);
  net::Task<void> report(const Stop& end);
  MeDuration retryAfter() const;

  // The steps of the task sequence: agent_upgrades.cpp and agent_provision.cpp.
  net::Task<Attempt<void>> upgradeDriver();
  net::Task<Attempt<void>> upgradeFirmware();
  net::Task<Attempt<void>> reboot();
  net::Task<Attempt<void>> makeSeed();
  net::Task<Attempt<void>> provision();

  net::Task<Attempt<void>> checkPrerequisites();
  net::Task<Attempt<void>> readVersions();
  net::Task<Attempt<void>> setOtp();
  net::Task<Attempt<void>> startConfiguration();
  net::Task<Attempt<void>> request();
  net::Task<Attempt<void>> waitUntilOperational();
  net::Task<Attempt<bool>> isOperational();
  Attempt<void> checkDriver() const;
  bool sequenceHas(wire::agent::TaskStep step) const;
  std::optional<wire::agent::Version> neededFirmware() const;
  const wire::agent::PackageFacts* bestPackage(wire::agent::PackageKind kind) const;

  /// Records the step when it is over, however it ends.
  template <typename T>
  net::Task<Attempt<T>> timed(std::string name, net::Task<Attempt<T>> step) {
    if (pc_.isKilled()) co_return stop(Reason::agentKilled, "before " + name);
    const auto at = std::chrono::steady_clock::now();
    auto done = co_await std::move(step);
    result_.steps.push_back({std::move(name), at, std::chrono::steady_clock::now() - at});
    co_return done;
  }

  Pc& pc_;
  AgentOptions options_;
  PolicyClient server_;
  AmthiClient me_;
  AgentResult result_;
  wire::agent::Policy policy_;
  bool hasPolicy_ = false;
  wire::amthi::CodeVersions versions_;
  std::optional<wire::agent::Version> version_;
  bool updateBroke_ = false;  // half-way: the ME tells its versions and nothing else
  bool rebootDue_ = false;
  std::optional<Started> started_;
  bool replaying_ = false;
  bool provisioned_ = false;
  bool inSetup_ = false;    // started by this agent
  std::uint64_t otps_ = 0;  // made so far
};

}  // namespace vme::host

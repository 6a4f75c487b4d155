#pragma once
// The steps of a provisioning by name, and the log of one machine's.

#include <chrono>
#include <string_view>
#include <vector>

#include "servicepoint/service_point.hpp"

namespace vme::servicepoint {

enum class StepId : std::uint8_t {
  connect,
  handshake,
  getCoreVersion,
  checkUuid,
  extendWindow,
  checkOtp,
  getClock,
  setClock,
  setHostName,
  setDomainName,
  setMebxPassword,
  getDigestRealm,
  setAdminPassword,
  setRngKey,
  addKey,
  addCertificate,
  setTlsCredentials,
  setTlsOptions,
  addAclEntry,
  setEnabledInterfaces,
  setTlsPsk,
  commitChanges,
  reconnect,
  verify,
  checkWayBack,
  partialUnprovision,
  setCrl,
  getCapabilities,
  remoteControl,
};

/// `set-host-name`.
std::string_view wordOf(StepId step);

class StepLog {
 public:
  explicit StepLog(std::vector<Step>& steps) : steps_(steps) {}

  /// Records the step when it is destroyed, whether it went well or not.
  class Timer {
   public:
    Timer(StepLog& log, StepId step) : log_(log), step_(step), started_(std::chrono::steady_clock::now()) {
      log_.current_ = step;
    }
    ~Timer() { log_.add(step_, started_); }
    Timer(const Timer&) = delete;
    Timer& operator=(const Timer&) = delete;

   private:
    StepLog& log_;
    StepId step_;
    std::chrono::steady_clock::time_point started_;
  };

  /// The step begun last.
  StepId current() const { return current_; }

 private:
  void add(StepId step, std::chrono::steady_clock::time_point started);

  std::vector<Step>& steps_;
  StepId current_ = StepId::connect;
};

}  // namespace vme::servicepoint

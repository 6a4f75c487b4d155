#pragma once
// One attempt at one machine: connect, set up, commit, come back over the machine's new TLS identity and verify.

#include <memory>
#include <optional>
#include <string>

#include "net/tls.hpp"
#include "servicepoint/authority.hpp"
#include "servicepoint/dial.hpp"
#include "servicepoint/queue.hpp"
#include "servicepoint/setup_context.hpp"

namespace vme::servicepoint {

/// What all conversations of a service point share. Outlives them.
struct Workplace {
  net::asio::any_io_executor executor;
  const Options& options;
  Authority& authority;
  SecretSource secrets;
  PskStore pairs;
  std::shared_ptr<const net::TlsCredential> credential;  // of the provisioning chain, where there is one
};

class Conversation {
 public:
  /// `job` stays where it is. Makes its progress and identity when it has none.
  Conversation(Workplace& workplace, Job& job);

  net::Task<Attempt<void>> run();
  /// At a provisioned machine.
  net::Task<Attempt<void>> run(Errand errand);
  /// Logs in and reads the version, and changes nothing.
  net::Task<Attempt<void>> look();
  /// Ends the connection at once.
  void abort() { session_.abort(); }

  // What became known, for the outcome.
  const std::string& api() const { return api_; }
  const std::string& version() const { return version_; }
  StepId step() const { return log_.current(); }

 private:
  using Clock = std::chrono::steady_clock;

  Habits careless() const { return workplace_.options.careless; }
  net::TlsClientOptions setupTls() const;
  net::TlsClientOptions operationalTls();
  net::Task<Attempt<std::unique_ptr<net::Channel>>> redial();
  net::Task<Attempt<void>> enter();
  net::Task<Attempt<void>> readVersion();
  net::Task<Attempt<void>> setUp();
  net::Task<std::vector<std::unique_ptr<net::TlsChannel>>> openMore();
  net::Task<Attempt<void>> verifyUntil(Clock::time_point deadline);
  /// Ends `reconnect` once the connection stands.
  net::Task<Attempt<void>> verifyOnce(std::optional<StepLog::Timer>& reconnect);
  std::vector<std::string> setupPasswords() const;
  bool mayComeBack(const Failure& failure) const;

  Workplace& workplace_;
  Job& job_;
  Target target_;
  StepLog log_;
  HttpSession session_;
  SetupContext context_;
  std::string api_;
  std::string version_;
  bool operational_ = false;   // the session speaks to the machine's new identity
  Bytes setupCertificate_;     // what the ME showed during set-up
  std::string untrusted_;      // why the certificate shown last is not the machine's; empty: it is
  bool stillInSetup_ = false;  // the certificate shown last is that of the set-up
};

}  // namespace vme::servicepoint

#pragma once
// The reference service point: receives hellos, decides, and provisions MEs over the wire with EOI or WS-Man, as an
// out of band service point of the time did. It knows nothing of virtual MEs.

#include <boost/asio/ip/address_v4.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/reasons.hpp"
#include "base/uuid.hpp"
#include "net/pki.hpp"
#include "net/tcp.hpp"
#include "servicepoint/agents/policy.hpp"
#include "servicepoint/careless.hpp"
#include "wire/certificate.hpp"
#include "wire/hello.hpp"
#include "wire/pid_pps.hpp"

namespace vme::servicepoint {

enum class Api : std::uint8_t {
  automatic,  // WS-Man where the ME has it (the core version says), else EOI
  eoi,
  wsman,
};

class Authority;
struct Progress;

/// Whom to provision.
struct Approval {
  enum class Rule : std::uint8_t { approve, refuse, block };
  Rule otherwise = Rule::approve;  // machines that no row names
  std::map<Uuid, Rule> machines;
};
/// Lines `UUID approve|refuse|block`, `#` comments, and `* RULE` for all others. ConfigError with file:line.
Approval readApproval(const std::string& place, std::string_view text);
/// Lines `PID PPS`. ConfigError with file:line.
std::vector<wire::PskPair> readPskFile(const std::string& place, std::string_view text);

struct Options {
  boost::asio::ip::address_v4 address = boost::asio::ip::address_v4::loopback();
  std::uint16_t helloPort = 9971;  // 0: any free one
  std::uint16_t mePort = 16993;
  net::Exposure exposure = net::Exposure::loopbackOnly;
  std::vector<wire::PskPair> pskPairs;
  std::optional<net::ProvisioningPki> pki;  // none: PKI hellos are refused
  Approval approval;
  std::map<Uuid, std::string> otps;  // expected one-time passwords; machines without a row are not asked
  Api api = Api::automatic;
  net::TlsVersions tls = net::TlsVersions::any;
  /// Passwords tried for the account admin during set-up, in this order.
  std::vector<std::string> setupPasswords{"admin"};
  std::string adminPassword;           // empty: random for each machine
  std::string dnsSuffix = "vme.test";  // domain name given to the machines
  unsigned concurrency = 64;           // conversations at once
  unsigned attempts = 3;               // for one machine, before it counts as failed
  std::chrono::milliseconds stepTimeout{15000};
  std::chrono::milliseconds retryDelay{500};
  std::chrono::milliseconds reconnectTimeout{30000};  // for the ME's network to come back after commit
  std::chrono::minutes flashBackOff{40};              // for a worn flash to take writes again (field-failures.md 15)
  /// Milliseconds by the clock that the machines live by, for waits of theirs; empty: the real one.
  std::function<std::int64_t()> clock;
  std::uint64_t seed = 0;  // of host names and passwords; 0: from the system's randomness
  /// An earlier service point of the same seed may have begun with any machine and been cut off, so that the machine
  /// already holds what that seed gives it.
  bool resumed = false;
  /// No two machines get one TLS key; else they share a few, which saves a tenth of a second a machine.
  bool uniqueKeys = false;
  std::size_t keysAhead = 0;  // of these, taken from the cached pool at the start, so that no machine waits for its key
  /// Revocation lists in DER: a provisioning certificate that one of them names is not used.
  std::vector<Bytes> crls;
  /// Where the CA's own revocation list can be had, as machines are told with it.
  std::vector<std::string> crlUrls{"http://crl.vme.test/vme.crl"};
  Habits careless;
  /// Serves agents; without it there is no policy server.
  std::optional<PolicyOptions> policy;
  /// Issues the machines' certificates; none: one of its own.
  std::shared_ptr<Authority> authority;
};

/// What is done at a machine that is provisioned.
enum class Errand : std::uint8_t {
  none,
  partialUnprovision,  // unless nothing would be left by which the machine can be set up again
  sendCrl,             // the CA's revocation list, to firmware that takes one
  rebootToSetup,       // into the BIOS's setup, where the BIOS can be told to
};

struct Step {
  std::string name;  // connect, handshake, get-core-version, ..., commit, reconnect, verify
  std::chrono::steady_clock::time_point started;
  std::chrono::steady_clock::duration took{};
};

enum class Result : std::uint8_t { provisioned, refused, failed };

/// What became of one machine. Refused and failed machines may get a later, better outcome from a later hello.
struct Outcome {
  Uuid uuid;
  boost::asio::ip::address_v4 address;
  Result result = Result::failed;
  Reason reason = Reason::none;
  std::string text;  // the reason's particulars: which call, which status, which alert
  bool psk = false;
  bool byAgent = false;  // its agent asked
  std::string api;       // eoi, wsman
  std::string version;   // of the firmware, as the ME told it
  unsigned attempts = 0;
  std::chrono::steady_clock::time_point helloAt;
  std::chrono::steady_clock::time_point finishedAt;
  std::vector<Step> steps;
  std::string adminPassword;  // of the machine from now on
};

/// A machine that a service point had in hand when it was stopped.
struct Unfinished {
  wire::Hello hello;
  boost::asio::ip::address_v4 address;
  bool byAgent = false;
  std::optional<wire::Sha1> otp;  // that the ME has to hold
  std::int64_t otpCreated = 0;    // seconds since 1970
  std::shared_ptr<Progress> progress;
};

struct Counters {
  std::uint64_t hellos = 0, malformedHellos = 0, duplicateHellos = 0, provisioned = 0, refused = 0, failed = 0;
  std::uint32_t waiting = 0, running = 0;  // conversations
  std::uint64_t policyFetches = 0, agentRequests = 0, agentRefusals = 0, statusMessages = 0;
  std::uint64_t awaitingAgent = 0;     // hellos that were noted only
  std::uint64_t unansweredHellos = 0;  // which led to nothing: refused, or of a UUID that another machine has
  double cpuSeconds = 0;               // of the service point's thread
};

class ServicePoint {
 public:
  /// `onOutcome` is called on the service point's thread each time a machine's outcome is known; a refusal by the
  /// hello or the agent's request alone that repeats itself is told once. Opens the hello port and the policy server's:
  /// EnvironmentError.
  ServicePoint(Options options, std::function<void(const Outcome&)> onOutcome);
  ~ServicePoint();

  /// With what another one of the same authority had in hand: those machines are taken up again, whether or not they
  /// send another hello.
  void start(std::vector<Unfinished> left = {});
  /// What is in hand is told as interrupted, and returned.
  std::vector<Unfinished> stop();
  /// Throws what its thread threw, which is our own fault; whoever waits for outcomes calls it now and then.
  void check() const;
  std::uint16_t helloPort() const;
  /// 0 without Options::policy.
  std::uint16_t policyPort() const;
  Counters counters() const;
  /// While it runs; for hellos and agents that come from now on. The certificate of a machine that is blocked is
  /// revoked.
  void setRule(const std::vector<Uuid>& machines, Approval::Rule rule);
  /// At those of the machines that it has provisioned, in turn with set-ups. A machine at which that fails is told as
  /// failed; success is not told.
  void run(Errand errand, std::vector<Uuid> machines);
  /// How many of these are not over yet.
  std::uint32_t errands() const;
  /// For another service point that takes this one's place.
  std::shared_ptr<Authority> authority() const;
  /// The CA's certificate that verifies provisioned machines, in DER.
  Bytes caCertificate() const;
  /// Serial numbers of the certificates that its CA has revoked, and its revocation list in DER.
  std::vector<Bytes> revokedSerials() const;
  Bytes crl() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace vme::servicepoint

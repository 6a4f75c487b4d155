#pragma once
// The rules of the best-practice audit: what the field advises, as judgements on what a server did to a machine and on
// how the machine is secured afterwards.

#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "audit/conduct.hpp"
#include "machine/posture.hpp"
#include "wire/certificate.hpp"

namespace vme::audit {

/// What was planned with a machine, and what else is known of it.
struct Case {
  std::string name;      // GROUP/INDEX
  bool refused = false;  // the server was told to leave it alone, since
  Conduct::Clock::time_point refusedSince;
  bool blocked = false;          // its certificate is to be revoked
  bool hasAgent = false;         // which asks for provisioning
  bool expectsOtp = false;       // the server was told a one-time password
  bool showsUuidByCall = false;  // the firmware has a call that shows its UUID
  bool showsOtherUuid = false;   // than its hello, on purpose
};

/// What is known of the whole run.
struct Grounds {
  std::int64_t now = 0;                     // seconds since 1970, by the real clock
  std::vector<std::string> knownPasswords;  // that many know; those of the scenario
  /// Serial numbers that the server's CA has revoked; nothing: not known.
  std::optional<std::set<Bytes>> revoked;
  /// SHA-1 of provisioning certificates that are revoked; nothing: none is.
  std::optional<std::set<wire::Sha1>> revokedProvisioning;
};

/// A machine's TLS certificate.
struct Installed {
  wire::Sha1 sha1{};
  wire::CertificateFacts facts;
  wire::CertificateTerms terms;
};
/// Nothing without one, or when it cannot be read.
std::optional<Installed> installedOf(const machine::Posture& posture);

struct Subject {
  const Case& plan;
  const Conduct& conduct;
  const machine::Posture& posture;
  const std::optional<Installed>& installed;
};

struct Finding {
  enum class Result : std::uint8_t { notSeen, pass, fail };
  Result result = Result::notSeen;
  std::string text;  // fail: what is wrong with the machine
};

/// What must not be the same on two machines. Two with one mark are a fault, but when `unless` is the same too.
struct Trait {
  std::string mark;  // empty: not seen
  std::string unless;
};

struct Rule {
  std::string_view id;
  std::string_view why;      // one sentence, with its source
  std::string_view looksAt;  // what is looked at
  std::string_view unseen;   // when it is not seen
  Finding (*judge)(const Subject&, const Grounds&) = nullptr;
  Trait (*trait)(const Subject&) = nullptr;
  std::string_view shared = {};  // trait: what two machines have in common
};
std::span<const Rule> allRules();
const Rule* findRule(std::string_view id);

}  // namespace vme::audit

#pragma once
// How each rule judges one machine.

#include "audit/rules.hpp"

namespace vme::audit {

inline constexpr std::size_t kAccountsMost = 4;  // beside admin
inline constexpr unsigned kLoginsMost = 10;      // refused, in kLoginWindow
inline constexpr unsigned kConnectionsMost = 2;
inline constexpr unsigned kKeyBitsLeast = 2048;        // where the firmware takes them
inline constexpr unsigned kRealmsMost = 12;            // of some twenty
inline constexpr std::int64_t kClockErrorMostS = 300;  // what Kerberos tolerates

// Accounts and passwords: judge_accounts.cpp.
Finding judgeDefaultPassword(const Subject& subject, const Grounds& grounds);
Finding judgeAdminPassword(const Subject& subject, const Grounds& grounds);
Trait adminTrait(const Subject& subject);
Finding judgeMebxPassword(const Subject& subject, const Grounds& grounds);
Trait mebxTrait(const Subject& subject);
Finding judgeRealms(const Subject& subject, const Grounds& grounds);
Finding judgeAccounts(const Subject& subject, const Grounds& grounds);
Finding judgeRedirection(const Subject& subject, const Grounds& grounds);

// TLS and certificates: judge_trust.cpp.
Finding judgeTls(const Subject& subject, const Grounds& grounds);
Finding judgeClearPort(const Subject& subject, const Grounds& grounds);
Trait certificateTrait(const Subject& subject);
Trait keyTrait(const Subject& subject);
Finding judgeCertificateDates(const Subject& subject, const Grounds& grounds);
Finding judgeCertificateName(const Subject& subject, const Grounds& grounds);
Finding judgeKeyLength(const Subject& subject, const Grounds& grounds);
Finding judgePsk(const Subject& subject, const Grounds& grounds);
Finding judgeDedicated(const Subject& subject, const Grounds& grounds);
Finding judgeProvisioningDates(const Subject& subject, const Grounds& grounds);
Finding judgeRevokedProvisioning(const Subject& subject, const Grounds& grounds);
Finding judgeBlockedCertificate(const Subject& subject, const Grounds& grounds);

// What the server did and in what order: judge_conduct.cpp.
Finding judgeRefused(const Subject& subject, const Grounds& grounds);
Finding judgeOtp(const Subject& subject, const Grounds& grounds);
Finding judgeInBand(const Subject& subject, const Grounds& grounds);
Finding judgeUuid(const Subject& subject, const Grounds& grounds);
Finding judgeClock(const Subject& subject, const Grounds& grounds);
Finding judgeLogins(const Subject& subject, const Grounds& grounds);
Finding judgeConnections(const Subject& subject, const Grounds& grounds);
Finding judgeConversations(const Subject& subject, const Grounds& grounds);
Finding judgeCameBack(const Subject& subject, const Grounds& grounds);
Finding judgeReadBack(const Subject& subject, const Grounds& grounds);

/// A server set the machine up in this run.
inline bool isSetUp(const Subject& subject) {
  return subject.posture.state == machine::State::operational && (subject.conduct.byPsk || subject.conduct.byPki);
}
inline Finding notSeen() {
  return {};
}
inline Finding passed() {
  return {Finding::Result::pass, {}};
}
inline Finding failing(std::string text) {
  return {Finding::Result::fail, std::move(text)};
}
/// Pass when `good` holds, else fail with that text.
inline Finding found(bool good, std::string_view text) {
  return good ? passed() : failing(std::string(text));
}

}  // namespace vme::audit

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "audit/judgements.hpp"

namespace vme::audit {
namespace {

/// The service point did not take the agent's request.
bool isTurnedAway(Reason reason) {
  using enum Reason;
  static constexpr std::array kReasons{otpExpired,   otpReused,   otpOfAnother, notInCollection,
                                       agentUnknown, notApproved, blocked,      requestFailed};
  return std::ranges::find(kReasons, reason) != kReasons.end();
}

/// How a machine with an agent was set up without it; null: by its agent's request.
const char* takenByHello(const Conduct& conduct) {
  if (!conduct.agentAsked) return "its agent never asked, and it was taken by its hello";
  if (conduct.firstSetup < conduct.agentAskedAt) return "it was taken by its hello before its agent asked";
  return isTurnedAway(conduct.agentReason) ? "its agent was turned away, and it was taken by its hello" : nullptr;
}

}  // namespace

Finding judgeRefused(const Subject& subject, const Grounds&) {
  if (!subject.plan.refused) return notSeen();
  const bool connected = subject.conduct.connections > 0 && subject.conduct.lastConnected >= subject.plan.refusedSince;
  return found(!connected, "the server connected to it, although the machine is refused");
}

Finding judgeOtp(const Subject& subject, const Grounds&) {
  const auto& conduct = subject.conduct;
  const bool byAgent = subject.plan.hasAgent && takenByHello(conduct) == nullptr;
  if (!(byAgent || subject.plan.expectsOtp) || !conduct.byPki || !conduct.changed) return notSeen();
  if (conduct.otpReadFirst) return passed();
  return failing(conduct.otpRead ? "settings were changed before the one-time password was read"
                                 : "the one-time password was never read");
}

Finding judgeInBand(const Subject& subject, const Grounds&) {
  const auto& conduct = subject.conduct;
  if (!subject.plan.hasAgent || !conduct.agentEnded || !(conduct.byPsk || conduct.byPki)) return notSeen();
  const auto* how = takenByHello(conduct);
  return how ? failing(how) : passed();
}

Finding judgeUuid(const Subject& subject, const Grounds&) {
  const auto& conduct = subject.conduct;
  if (subject.plan.showsOtherUuid && (conduct.byPsk || conduct.byPki)) {
    return found(!conduct.changed, "it shows another UUID than its hello, and was changed");
  }
  if (!conduct.changed) return notSeen();
  if (conduct.uuidReadFirst) return passed();
  // Where the digest realm holds the UUID, a server has seen it without asking.
  if (!subject.plan.showsUuidByCall || subject.posture.digestRealm.find("(ID:") != std::string::npos) return notSeen();
  return failing(conduct.uuidRead ? "settings were changed before the UUID was read" : "the UUID was never read");
}

Finding judgeClock(const Subject& subject, const Grounds&) {
  if (!isSetUp(subject)) return notSeen();
  if (!subject.conduct.clockSet) return failing("the clock was not set");
  return found(subject.conduct.clockErrorS <= kClockErrorMostS,
               fmt::format("the clock was set {} s off", subject.conduct.clockErrorS));
}

Finding judgeLogins(const Subject& subject, const Grounds&) {
  if (subject.conduct.connections == 0) return notSeen();
  const auto most = subject.conduct.loginsMost;
  return found(most <= kLoginsMost, fmt::format("{} log-ins were refused within {} s", most, kLoginWindow.count()));
}

Finding judgeConnections(const Subject& subject, const Grounds&) {
  if (subject.conduct.connections == 0) return notSeen();
  const auto most = subject.conduct.openMost;
  return found(most <= kConnectionsMost, fmt::format("{} connections were open at once", most));
}

Finding judgeConversations(const Subject& subject, const Grounds&) {
  if (subject.conduct.setupsOpenMost == 0) return notSeen();
  return found(subject.conduct.setupsOpenMost == 1,
               fmt::format("{} set-up sessions were open at once", subject.conduct.setupsOpenMost));
}

Finding judgeCameBack(const Subject& subject, const Grounds&) {
  if (!isSetUp(subject) || !subject.posture.tls.enabled) return notSeen();
  if (!subject.conduct.cameBack) return failing("the server never came back");
  return found(subject.conduct.loggedIn, "the server came back, but did not log in");
}

Finding judgeReadBack(const Subject& subject, const Grounds&) {
  if (!isSetUp(subject) || !subject.conduct.loggedIn) return notSeen();
  return found(subject.conduct.readBack, "the server came back, but read none of its settings");
}

}  // namespace vme::audit

#include "servicepoint/careless.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace vme::servicepoint {
namespace {

using enum Habit;

constexpr std::array kHabits{
    HabitInfo{keepDefaultPassword, "keep-default-password", "sets no password for admin",
              "the machine is managed with the factory's password"},
    HabitInfo{sharedAdminPassword, "shared-admin-password", "gives every machine's admin one well-known password",
              "who learns one machine's password has them all"},
    HabitInfo{keepMebxPassword, "keep-mebx-password", "leaves the MEBx password as the factory set it",
              "anybody at the keyboard enters MEBx, and firmware refuses the commit"},
    HabitInfo{sharedMebxPassword, "shared-mebx-password", "gives every machine one MEBx password",
              "who learns one machine's password enters the MEBx of all"},
    HabitInfo{skipTls, "skip-tls", "leaves TLS off", "passwords and commands can be read and changed on the way"},
    HabitInfo{openClearPort, "open-clear-port", "leaves 16992 open beside TLS", "anybody may still come in clear"},
    HabitInfo{sharedKey, "shared-key", "gives every machine's certificate the same key",
              "one machine's key opens the traffic of all"},
    HabitInfo{sharedCertificate, "shared-certificate", "installs one wildcard certificate everywhere",
              "no machine can be told from another, or revoked alone"},
    HabitInfo{expiredCertificate, "expired-certificate", "issues certificates that have ended already",
              "careful consoles refuse the machine"},
    HabitInfo{misnamedCertificate, "misnamed-certificate", "issues certificates for another name than the machine's",
              "careful consoles refuse the machine"},
    HabitInfo{shortKey, "short-key", "issues certificates for keys of 1024 bits", "such keys can be broken"},
    HabitInfo{keepPsk, "keep-psk", "keeps the PSK pair of the set-up",
              "whoever saw the pair on paper or USB key can set the machine up again"},
    HabitInfo{allRealms, "all-realms", "gives its user every realm", "a help desk can do what an administrator can"},
    HabitInfo{manyAccounts, "many-accounts", "adds as many users as the machine takes",
              "each is one more password that leaks"},
    HabitInfo{skipClock, "skip-clock", "does not set the machine's clock", "Kerberos and certificates fail later"},
    HabitInfo{openRedirection, "open-redirection", "opens the redirection port although no user may use it",
              "a port without need"},
    HabitInfo{skipUuidCheck, "skip-uuid-check", "does not compare the machine's UUID with the hello's",
              "another machine gets the identity of the one that said hello"},
    HabitInfo{skipOtpCheck, "skip-otp-check", "does not read the one-time password",
              "whoever answers at the address is taken for the agent's machine"},
    HabitInfo{ignoreStatus, "ignore-status", "takes an error status in a good HTTP answer for success",
              "machines count as provisioned that are not"},
    HabitInfo{skipComeBack, "skip-come-back",
              "does not come back after the commit: believes an answer, and takes a "
              "lost one for a failure",
              "nobody knows whether the settings took effect"},
    HabitInfo{skipReadBack, "skip-read-back", "comes back, but reads nothing of what it has set",
              "settings that the firmware dropped stay unnoticed"},
    HabitInfo{useUnfitCertificate, "use-unfit-certificate",
              "uses an expired, revoked or unfit provisioning certificate", "machines refuse it or are deceived by it"},
    HabitInfo{trustDates, "trust-dates", "refuses set-up certificates whose dates are not now",
              "a machine with its clock not set can never be set up"},
    HabitInfo{keepBlockedCertificates, "keep-blocked-certificates", "blocks a machine without revoking its certificate",
              "the blocked machine is believed by all others"},
    HabitInfo{skipWayBack, "skip-way-back", "unprovisions a machine in part without looking for a way back",
              "a machine that nothing can set up from afar waits for somebody at its desk"},
    HabitInfo{allCrlUrls, "all-crl-urls", "sends every distribution URL of its revocation list",
              "firmware that takes three refuses the list, and believes revoked peers"},
    HabitInfo{skipCapabilities, "skip-capabilities", "sends a power command without asking whether the machine can",
              "the command is refused, and its user does not know why"},
    HabitInfo{mergeTwins, "merge-twins", "takes two machines with one UUID for one", "one's settings go to the other"},
    HabitInfo{giveUpAtOnce, "give-up-at-once", "tries each machine once", "a passing trouble leaves machines out"},
    HabitInfo{hammerLogin, "hammer-login", "tries again without pause when its log-in is refused",
              "the account locks, and the machine is busy with refusing"},
    HabitInfo{hammerFlash, "hammer-flash", "tries again at once when the flash is locked for wear",
              "the attempts run out in the 40 minutes for which the lock lasts"},
    HabitInfo{sessionsAtOnce, "sessions-at-once", "opens several connections to a machine at once",
              "a small ME serves one or two; others are refused"},
    HabitInfo{noLimits, "no-limits", "starts with every machine at once",
              "a storm of hellos takes its memory and time"},
    HabitInfo{connectToRefused, "connect-to-refused", "connects to machines that it has refused or blocked",
              "credentials go to machines that are not to be trusted"},
    HabitInfo{serveDuplicates, "serve-duplicates", "starts a conversation for each hello of a machine",
              "two conversations undo each other's settings"},
    HabitInfo{takeAgentsHello, "take-agents-hello", "takes a machine that has an agent by its hello alone",
              "the one-time password protects nothing"},
    HabitInfo{fragileHello, "fragile-hello", "reads no more hellos after a malformed one",
              "one bad packet ends provisioning for all"},
    HabitInfo{staleAddress, "stale-address", "goes to the address of a machine's first hello for ever",
              "a machine that moved is never found, or another is taken for it"},
    HabitInfo{noTimeouts, "no-timeouts", "waits for ever for an answer", "each mute machine holds a worker for ever"},
    HabitInfo{letWindowEnd, "let-window-end", "asks for no more time however long a set-up takes",
              "the machine closes its window in the midst of it, and is silent from then on"},
    HabitInfo{onlyModernTls, "only-modern-tls", "speaks TLS 1.2 and newer only",
              "machines of the period speak TLS 1.0"},
    HabitInfo{omitRoot, "omit-root", "sends its chain without the root", "the machine cannot find the root's hash"},
    HabitInfo{utf16, "utf16", "sends its messages in UTF-16", "old firmware answers 401 to them"},
    HabitInfo{smallEnvelopes, "small-envelopes", "asks for answers of 8 KiB at most",
              "firmware refuses less than 50000"},
    HabitInfo{mandatoryOptions, "mandatory-options", "sends options that must be understood",
              "firmware of the period understands none"},
    HabitInfo{newerMethods, "newer-methods", "has the machine generate its key", "firmware before 6.2 cannot"},
};
static_assert(kHabits.size() == std::to_underlying(habitCount), "each habit has its row");
static_assert(std::to_underlying(habitCount) <= 64, "a set has 64 bits");

}  // namespace

std::span<const HabitInfo> allHabits() {
  return kHabits;
}

bool addHabit(Habits& habits, std::string_view word) {
  if (word == "all") {
    for (const auto& info : kHabits) habits.add(info.habit);
    return true;
  }
  const auto found = std::ranges::find(kHabits, word, &HabitInfo::word);
  if (found == kHabits.end()) return false;
  habits.add(found->habit);
  return true;
}

}  // namespace vme::servicepoint

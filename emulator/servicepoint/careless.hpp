#pragma once
// Habits that make the service point careless: each omits one care of the reference, so that a test can see that its
// verdict fails where it should. Broken on purpose; none is on unless it is asked for.

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

namespace vme::servicepoint {

enum class Habit : std::uint8_t {
  // What it leaves in the machines.
  keepDefaultPassword,
  sharedAdminPassword,
  keepMebxPassword,
  sharedMebxPassword,
  skipTls,
  openClearPort,
  sharedKey,
  sharedCertificate,
  expiredCertificate,
  misnamedCertificate,
  shortKey,
  keepPsk,
  allRealms,
  manyAccounts,
  skipClock,
  openRedirection,
  // What it does not look at.
  skipUuidCheck,
  skipOtpCheck,
  ignoreStatus,
  skipComeBack,
  skipReadBack,
  useUnfitCertificate,
  trustDates,
  keepBlockedCertificates,
  skipWayBack,
  allCrlUrls,
  skipCapabilities,
  mergeTwins,
  // How it goes about it.
  giveUpAtOnce,
  hammerLogin,
  hammerFlash,
  sessionsAtOnce,
  noLimits,
  connectToRefused,
  serveDuplicates,
  takeAgentsHello,
  fragileHello,
  staleAddress,
  noTimeouts,
  letWindowEnd,
  // How it speaks.
  onlyModernTls,
  omitRoot,
  utf16,
  smallEnvelopes,
  mandatoryOptions,
  newerMethods,
  habitCount,  // no habit
};

struct HabitInfo {
  Habit habit;
  std::string_view word;
  std::string_view omits;  // the care that is left out
  std::string_view why;    // what comes of it
};
/// In the order of Habit.
std::span<const HabitInfo> allHabits();

/// A set of habits; empty: the reference service point.
class Habits {
 public:
  constexpr Habits() = default;
  constexpr Habits(std::initializer_list<Habit> habits) {
    for (const auto habit : habits) add(habit);
  }
  constexpr void add(Habit habit) { bits_ |= std::uint64_t{1} << static_cast<unsigned>(habit); }
  constexpr bool has(Habit habit) const { return (bits_ >> static_cast<unsigned>(habit) & 1U) != 0; }
  constexpr bool empty() const { return bits_ == 0; }

 private:
  std::uint64_t bits_ = 0;
};
/// One word of the table, or `all`, which is every habit that the others let act. Nothing when it is neither.
bool addHabit(Habits& habits, std::string_view word);

}  // namespace vme::servicepoint

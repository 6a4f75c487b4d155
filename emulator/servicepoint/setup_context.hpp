#pragma once
// What the calls of one set-up, over EOI or WS-Man, work with.

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "servicepoint/admission.hpp"
#include "servicepoint/http_session.hpp"
#include "servicepoint/progress.hpp"
#include "servicepoint/service_point.hpp"
#include "servicepoint/steps.hpp"
#include "wire/realms.hpp"

namespace vme::servicepoint {

struct FirmwareVersion {
  unsigned major = 0;
  unsigned minor = 0;
  auto operator<=>(const FirmwareVersion&) const = default;
};
/// Of `2.2.20`; nothing for other forms.
std::optional<FirmwareVersion> versionFrom(std::string_view text);

struct SetupContext {
  const Options& options;
  Uuid uuid;
  bool psk = false;
  Progress& progress;
  PskStore& pairs;
  HttpSession& session;
  StepLog& log;
  const std::optional<wire::Sha1>& otp;  // that the ME has to hold
  FirmwareVersion version;
  std::int64_t windowHeldAt = 0;  // machineTime when the session began or had its window extended
};

/// Whether a careless service point leaves that step of a set-up out.
bool isOmitted(const SetupContext& context, StepId step);

/// The user that a machine gets for its help desk, with least realms.
inline constexpr std::string_view kHelpdeskUser = "helpdesk";
inline constexpr std::array kHelpdeskRealms{wire::Realm::remoteControl, wire::Realm::generalInfo};
/// Those that the service point gives.
std::vector<wire::Realm> realmsFor(const SetupContext& context);
/// The users that it adds.
std::vector<std::string> usersFor(const SetupContext& context);

/// Base64 of MD5(user:realm:password), as ACL calls take a password.
std::string digestPassword(std::string_view user, std::string_view realm, std::string_view password);
/// Seconds since 1970.
std::uint32_t unixTime();
/// Milliseconds by Options::clock, or by a steady clock of ours.
std::int64_t machineTime(const Options& options);

/// Whether a set-up has gone on for so long that the ME's window, of which an hour may have been left, may end in its
/// midst (provisioning.md 8, 41).
bool isWindowShort(const SetupContext& context);
inline constexpr std::string_view kExtendHours = "1";
/// What the ME holds as OTP (base64), which is the one with that SHA-1, or that SHA-1 itself where an agent put the
/// hash into the ME.
std::optional<Failure> judgeOtp(std::string_view base64, const wire::Sha1& expected);
/// `Intel(R) AMT (ID:<UUID>)` shows a UUID; other realms show none.
std::optional<Failure> judgeRealmUuid(std::string_view realm, const Uuid& uuid);
/// CIM_ComputerSystemPackage.PlatformGUID: 32 hex digits in wire order, or in the order of the text form.
std::optional<Failure> judgePlatformGuid(std::string_view guid, const Uuid& uuid);
/// A password hashed for another realm than the challenge's would lock everybody out.
std::optional<Failure> judgeRealmsAgree(const SetupContext& context, std::string_view told);
/// As whom to log in from now on: the new password holds at once for admin.
void useNewAdminPassword(SetupContext& context);

}  // namespace vme::servicepoint

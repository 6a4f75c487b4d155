#include "servicepoint/setup_context.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>

#include "base/bytes.hpp"
#include "wire/certificate.hpp"
#include "wire/http_digest.hpp"

namespace vme::servicepoint {
namespace {

Failure uuidDiffers(std::string_view where, std::string_view shown, const Uuid& uuid) {
  return {Reason::uuidMismatch, fmt::format("{} shows {}, the hello {}", where, shown, uuid.text()), true};
}

}  // namespace

std::optional<FirmwareVersion> versionFrom(std::string_view text) {
  FirmwareVersion version;
  const auto* end = text.data() + text.size();
  const auto major = std::from_chars(text.data(), end, version.major);
  if (major.ec != std::errc() || major.ptr == end || *major.ptr != '.') return std::nullopt;
  const auto minor = std::from_chars(major.ptr + 1, end, version.minor);
  if (minor.ec != std::errc() || (minor.ptr != end && *minor.ptr != '.')) return std::nullopt;
  return version;
}

bool isOmitted(const SetupContext& context, StepId step) {
  const auto& careless = context.options.careless;
  switch (step) {
    case StepId::checkUuid:
      return careless.has(Habit::skipUuidCheck);
    case StepId::checkOtp:
      return careless.has(Habit::skipOtpCheck);
    case StepId::getClock:
    case StepId::setClock:
      return careless.has(Habit::skipClock);
    case StepId::setMebxPassword:
      return careless.has(Habit::keepMebxPassword);
    case StepId::setAdminPassword:
      return careless.has(Habit::keepDefaultPassword);
    case StepId::addKey:
    case StepId::addCertificate:
    case StepId::setTlsCredentials:
    case StepId::setTlsOptions:
      return careless.has(Habit::skipTls);
    case StepId::setTlsPsk:
      return careless.has(Habit::keepPsk);
    default:
      return false;
  }
}

std::vector<wire::Realm> realmsFor(const SetupContext& context) {
  std::vector<wire::Realm> realms(kHelpdeskRealms.begin(), kHelpdeskRealms.end());
  if (!context.options.careless.has(Habit::allRealms)) return realms;
  realms.clear();
  for (const auto& info : wire::allRealms()) {
    if (info.realm != wire::Realm::invalid && info.realm <= wire::Realm::endpointAccessControlAdmin) {
      realms.push_back(info.realm);
    }
  }
  return realms;
}

std::vector<std::string> usersFor(const SetupContext& context) {
  constexpr unsigned kMany = 7;  // as many as the table of 2.x to 5.x holds
  std::vector<std::string> users{std::string(kHelpdeskUser)};
  if (!context.options.careless.has(Habit::manyAccounts)) return users;
  while (users.size() < kMany) users.push_back(fmt::format("{}{}", kHelpdeskUser, users.size() + 1));
  return users;
}

std::string digestPassword(std::string_view user, std::string_view realm, std::string_view password) {
  return toBase64(wire::digestHash(user, realm, password));
}

std::uint32_t unixTime() {
  using namespace std::chrono;
  return static_cast<std::uint32_t>(duration_cast<seconds>(system_clock::now().time_since_epoch()).count());
}

std::int64_t machineTime(const Options& options) {
  using namespace std::chrono;
  if (options.clock) return options.clock();
  return duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count();
}

bool isWindowShort(const SetupContext& context) {
  constexpr std::chrono::milliseconds kHalfAnHour = std::chrono::minutes(30);
  if (context.options.careless.has(Habit::letWindowEnd)) return false;
  return machineTime(context.options) - context.windowHeldAt >= kHalfAnHour.count();
}

std::optional<Failure> judgeOtp(std::string_view base64, const wire::Sha1& expected) {
  const auto bytes = fromBase64(base64);
  if (!bytes) return Failure{Reason::otpMismatch, "the ME's OTP is no base64", true};
  if (wire::sha1(*bytes) == expected || std::ranges::equal(*bytes, expected)) return std::nullopt;
  const bool unset = std::ranges::all_of(*bytes, [](std::uint8_t byte) { return byte == 0; });
  return Failure{Reason::otpMismatch, unset ? "the ME holds no OTP" : "the ME holds another OTP than the expected one",
                 true};
}

std::optional<Failure> judgeRealmUuid(std::string_view realm, const Uuid& uuid) {
  constexpr std::string_view kHead = "Intel(R) AMT (ID:";
  if (!realm.starts_with(kHead) || !realm.ends_with(')')) return std::nullopt;
  const auto shown = realm.substr(kHead.size(), realm.size() - kHead.size() - 1);
  if (Uuid::parse(shown) == uuid) return std::nullopt;
  return uuidDiffers("the digest realm", shown, uuid);
}

std::optional<Failure> judgePlatformGuid(std::string_view guid, const Uuid& uuid) {
  std::string digits;
  std::ranges::copy_if(guid, std::back_inserter(digits), [](char c) { return c != '-'; });
  const auto bytes = fromHex(digits);
  auto text = uuid.text();
  std::erase(text, '-');
  if (bytes && (std::ranges::equal(*bytes, uuid.wire) || *bytes == fromHex(text))) return std::nullopt;
  return uuidDiffers("PlatformGUID", guid, uuid);
}

std::optional<Failure> judgeRealmsAgree(const SetupContext& context, std::string_view told) {
  const auto challenged = context.session.realm();
  if (challenged.empty() || challenged == told) return std::nullopt;
  return Failure{Reason::callFailed, fmt::format("DigestRealm is '{}', the challenge's realm '{}'", told, challenged),
                 true};
}

void useNewAdminPassword(SetupContext& context) {
  context.session.setPasswords({context.progress.secrets.admin});
}

}  // namespace vme::servicepoint

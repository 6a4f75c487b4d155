#include "servicepoint/eoi_setup.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/bytes.hpp"

namespace vme::servicepoint {
namespace {

using namespace std::string_view_literals;
using wire::AmtStatus;

// What firmware has from which release on (eoi.md 4).
constexpr FirmwareVersion kHasMebxCall{2, 2};
constexpr FirmwareVersion kHasProvisioningState{2, 2};
constexpr FirmwareVersion kHasCertificateStore{2, 5};
constexpr FirmwareVersion kHasExtension{3, 0};

constexpr std::string_view kOperationalState = "2";
constexpr std::string_view kEnterpriseMode = "1";

bool always(const SetupContext&) {
  return true;
}
bool byPki(const SetupContext& context) {
  return !context.psk;
}
bool byPsk(const SetupContext& context) {
  return context.psk;
}
bool hasMebxCall(const SetupContext& context) {
  return byPki(context) && context.version >= kHasMebxCall;
}
bool hasStore(const SetupContext& context) {
  return context.version >= kHasCertificateStore;
}
bool lacksStore(const SetupContext& context) {
  return !hasStore(context);
}
bool expectsOtp(const SetupContext& context) {
  return byPki(context) && context.otp.has_value();
}

std::string element(std::string_view name, std::string_view text) {
  std::string out;
  wire::XmlWriter(out).element("", name, text);
  return out;
}

}  // namespace

struct EoiSetup::Row {
  StepId step;
  net::Task<Attempt<void>> (EoiSetup::*run)();
  bool (*applies)(const SetupContext&);
};

net::Task<Attempt<void>> EoiSetup::run() {
  static constexpr std::array kRows{
      Row{StepId::checkOtp, &EoiSetup::checkOtp, expectsOtp},
      Row{StepId::getClock, &EoiSetup::getClock, always},
      Row{StepId::setClock, &EoiSetup::setClock, always},
      Row{StepId::setHostName, &EoiSetup::setHostName, always},
      Row{StepId::setDomainName, &EoiSetup::setDomainName, always},
      Row{StepId::setMebxPassword, &EoiSetup::setMebxPassword, hasMebxCall},
      Row{StepId::getDigestRealm, &EoiSetup::getDigestRealm, always},
      Row{StepId::setAdminPassword, &EoiSetup::setAdminPassword, always},
      Row{StepId::setRngKey, &EoiSetup::setRngKey, lacksStore},
      Row{StepId::setTlsCredentials, &EoiSetup::setKeyAndCertificate, lacksStore},
      Row{StepId::addKey, &EoiSetup::addKey, hasStore},
      Row{StepId::addCertificate, &EoiSetup::addCertificate, hasStore},
      Row{StepId::setTlsCredentials, &EoiSetup::setTlsCredentials, hasStore},
      Row{StepId::setTlsOptions, &EoiSetup::setTlsOptions, always},
      Row{StepId::addAclEntry, &EoiSetup::addUsers, always},
      Row{StepId::setEnabledInterfaces, &EoiSetup::setEnabledInterfaces, always},
      Row{StepId::setTlsPsk, &EoiSetup::setTlsPsk, byPsk},
      Row{StepId::commitChanges, &EoiSetup::commit, always},
  };
  for (const auto& row : kRows) {
    if (!row.applies(context_) || isOmitted(context_, row.step)) continue;
    if (context_.version >= kHasExtension && isWindowShort(context_)) {
      const StepLog::Timer timer(context_.log, StepId::extendWindow);
      auto extended = co_await extendWindow();
      if (!extended) co_return extended;
    }
    const StepLog::Timer timer(context_.log, row.step);
    auto done = co_await (this->*row.run)();
    if (!done) co_return done;
  }
  co_return Attempt<void>();
}

net::Task<Attempt<std::string>> EoiSetup::readVersion() {
  const StepLog::Timer timer(context_.log, StepId::getCoreVersion);
  const auto answer = co_await client_.call(kSecurityAdministration, "GetCoreVersion", {});
  if (!answer) co_return std::unexpected(answer.error());
  co_return std::string(wire::textOf(wire::childNamed(*answer, "Version")));
}

net::Task<Attempt<void>> EoiSetup::extendWindow() {
  context_.windowHeldAt = machineTime(context_.options);
  const auto parameters = element("Duration", kExtendHours);
  co_return co_await client_.invoke(kSecurityAdministration, "ExtendProvisioningPeriod", parameters);
}

net::Task<Attempt<void>> EoiSetup::checkOtp() {
  const auto answer = co_await client_.call(kSecurityAdministration, "GetProvisioningServerOTP", {});
  if (!answer) co_return std::unexpected(answer.error());
  auto failure = judgeOtp(wire::textOf(wire::childNamed(*answer, "OTP")), *context_.otp);
  if (failure) co_return std::unexpected(std::move(*failure));
  co_return Attempt<void>();
}

net::Task<Attempt<void>> EoiSetup::getClock() {
  const auto answer = co_await client_.call(kNetworkTime, "GetLowAccuracyTimeSynch", {});
  if (!answer) co_return std::unexpected(answer.error());
  clockRead_ = wire::textOf(wire::childNamed(*answer, "Ta0"));
  clockReadAt_ = unixTime();
  co_return Attempt<void>();
}

net::Task<Attempt<void>> EoiSetup::setClock() {
  std::string parameters;
  wire::XmlWriter writer(parameters);
  writer.element("", "Ta0", clockRead_);
  writer.element("", "Tm1", std::uint64_t{clockReadAt_}).element("", "Tm2", std::uint64_t{unixTime()});
  co_return co_await client_.invoke(kNetworkTime, "SetHighAccuracyTimeSynch", parameters);
}

net::Task<Attempt<void>> EoiSetup::setHostName() {
  const auto parameters = element("HostName", context_.progress.hostName);
  co_return co_await client_.invoke(kNetworkAdministration, "SetHostName", parameters);
}

net::Task<Attempt<void>> EoiSetup::setDomainName() {
  const auto parameters = element("DomainName", context_.options.dnsSuffix);
  co_return co_await client_.invoke(kNetworkAdministration, "SetDomainName", parameters);
}

net::Task<Attempt<void>> EoiSetup::setMebxPassword() {
  const bool again = context_.progress.mebxSent;
  context_.progress.mebxSent = true;
  const auto parameters = element("Password", context_.progress.secrets.mebx);
  const auto answer = co_await client_.ask(kSecurityAdministration, "SetMEBxPassword", parameters);
  if (!answer) co_return std::unexpected(answer.error());
  // Firmware may allow the call only once.
  const bool done = answer->status == AmtStatus::success || (again && answer->status == AmtStatus::notPermitted);
  if (!done) co_return std::unexpected(statusFailure("SetMEBxPassword", answer->status));
  co_return Attempt<void>();
}

net::Task<Attempt<void>> EoiSetup::getDigestRealm() {
  const auto answer = co_await client_.call(kSecurityAdministration, "GetDigestRealm", {});
  if (!answer) co_return std::unexpected(answer.error());
  realm_ = wire::textOf(wire::childNamed(*answer, "DigestRealm"));
  co_return Attempt<void>();
}

net::Task<Attempt<void>> EoiSetup::setAdminPassword() {
  if (auto failure = judgeRealmsAgree(context_, realm_)) co_return std::unexpected(std::move(*failure));
  context_.progress.adminSent = true;
  std::string parameters;
  wire::XmlWriter writer(parameters);
  writer.open("", "EntryEx").element("", "Username", "admin"sv);
  writer.element("", "DigestPassword", digestPassword("admin", realm_, context_.progress.secrets.admin));
  writer.close("", "EntryEx");
  auto done = co_await client_.invoke(kSecurityAdministration, "SetAdminAclEntryEx", parameters);
  if (done) useNewAdminPassword(context_);
  co_return done;
}

net::Task<Attempt<void>> EoiSetup::setRngKey() {
  std::array<std::uint8_t, 20> key{};
  SecretSource(context_.options.seed).fill(key, context_.uuid, "rng-key");
  const auto parameters = element("RngKey", toBase64(key));
  const auto answer = co_await client_.ask(kSecurityAdministration, "SetRngKey", parameters);
  if (!answer) co_return std::unexpected(answer.error());
  // Firmware that seeds itself does not have the call.
  const bool done = answer->status == AmtStatus::success || answer->status == AmtStatus::unsupported;
  if (!done) co_return std::unexpected(statusFailure("SetRngKey", answer->status));
  co_return Attempt<void>();
}

net::Task<Attempt<void>> EoiSetup::setKeyAndCertificate() {
  const auto& identity = context_.progress.identity;
  std::string parameters;
  wire::XmlWriter writer(parameters);
  writer.element("", "Key", toBase64(identity.key->der));
  writer.element("", "CertificateChain", toBase64(identity.certificate));
  const auto answer = co_await client_.ask(kSecurityAdministration, "SetTLSKeyAndCertificate", parameters);
  if (!answer) co_return std::unexpected(answer.error());
  const bool done = answer->status == AmtStatus::success || answer->status == AmtStatus::duplicate;
  if (!done) co_return std::unexpected(statusFailure("SetTLSKeyAndCertificate", answer->status));
  co_return Attempt<void>();
}

net::Task<Attempt<void>> EoiSetup::addKey() {
  const auto parameters = element("KeyBlob", toBase64(context_.progress.identity.key->der));
  const auto answer = co_await client_.ask(kSecurityAdministration, "CertStoreAddKey", parameters);
  if (!answer) co_return std::unexpected(answer.error());
  const bool done = answer->status == AmtStatus::success || answer->status == AmtStatus::duplicate;
  if (!done) co_return std::unexpected(statusFailure("CertStoreAddKey", answer->status));
  co_return Attempt<void>();
}

net::Task<Attempt<void>> EoiSetup::addCertificate() {
  std::string parameters;
  wire::XmlWriter writer(parameters);
  writer.element("", "CertificateBlob", toBase64(context_.progress.identity.certificate));
  writer.element("", "TrustedRoot", "false"sv);
  const auto answer = co_await client_.ask(kSecurityAdministration, "CertStoreAddCertificate", parameters);
  if (!answer) co_return std::unexpected(answer.error());
  if (answer->status == AmtStatus::duplicate) co_return co_await findCertificate();
  if (answer->status != AmtStatus::success) {
    co_return std::unexpected(statusFailure("CertStoreAddCertificate", answer->status));
  }
  certificateHandle_ = wire::textOf(wire::childNamed(answer->response, "CertHandle"));
  co_return Attempt<void>();
}

net::Task<Attempt<void>> EoiSetup::findCertificate() {
  const auto answer = co_await client_.call(kSecurityAdministration, "CertStoreEnumerateCertificates", {});
  if (!answer) co_return std::unexpected(answer.error());
  for (const auto& handle : handlesIn(*answer)) {
    const auto parameters = element("Handle", handle);
    const auto stored = co_await client_.call(kSecurityAdministration, "CertStoreGetCertificate", parameters);
    if (!stored) co_return std::unexpected(stored.error());
    const auto der = fromBase64(wire::textOf(wire::childNamed(*stored, "CertificateBlob")));
    if (der != context_.progress.identity.certificate) continue;
    certificateHandle_ = handle;
    co_return Attempt<void>();
  }
  co_return failed(Reason::callFailed, "CertStoreAddCertificate: a duplicate, but the store does not show it");
}

net::Task<Attempt<void>> EoiSetup::setTlsCredentials() {
  const auto parameters = element("CertificateHandle", certificateHandle_);
  co_return co_await client_.invoke(kSecurityAdministration, "SetTLSCredentials", parameters);
}

net::Task<Attempt<void>> EoiSetup::setTlsOptions() {
  const auto clearToo = context_.options.careless.has(Habit::openClearPort) ? "true"sv : "false"sv;
  std::string parameters;
  wire::XmlWriter writer(parameters);
  writer.open("", "NetworkInterfaceTlsOptions").element("", "Enabled", "true"sv);
  writer.element("", "MutualAuthentication", "false"sv).element("", "AcceptNonSecureConnections", clearToo);
  writer.close("", "NetworkInterfaceTlsOptions");
  co_return co_await client_.invoke(kSecurityAdministration, "SetTLSOptions", parameters);
}

net::Task<Attempt<void>> EoiSetup::addUsers() {
  const bool again = context_.progress.userSent;
  context_.progress.userSent = true;
  for (const auto& user : usersFor(context_)) {
    auto done = co_await addUser(user, again);
    if (!done) co_return done;
  }
  co_return Attempt<void>();
}

net::Task<Attempt<void>> EoiSetup::addUser(const std::string& user, bool again) {
  std::string parameters;
  wire::XmlWriter writer(parameters);
  writer.open("", "EntryEx").open("", "DigestUser").element("", "Username", user);
  writer.element("", "DigestPassword", digestPassword(user, realm_, context_.progress.secrets.helpdesk));
  writer.close("", "DigestUser").element("", "AccessPermission", "NetworkAccessPermission"sv).open("", "Realms");
  for (const auto realm : realmsFor(context_)) writer.element("", "Realm", static_cast<std::uint64_t>(realm));
  writer.close("", "Realms").close("", "EntryEx");
  const auto answer = co_await client_.ask(kSecurityAdministration, "AddUserAclEntryEx", parameters);
  if (!answer) co_return std::unexpected(answer.error());
  const bool done = answer->status == AmtStatus::success || (again && answer->status == AmtStatus::duplicate);
  if (!done) co_return std::unexpected(statusFailure("AddUserAclEntryEx", answer->status));
  co_return Attempt<void>();
}

net::Task<Attempt<void>> EoiSetup::setEnabledInterfaces() {
  std::string parameters;
  wire::XmlWriter writer(parameters);
  for (const auto name : {"WebUI"sv, "SerialOverLan"sv, "IdeRedirection"sv})
    writer.element("", "EnabledInterfaces", name);
  auto done = co_await client_.invoke(kSecurityAdministration, "SetEnabledInterfaces", parameters);
  if (!done || !context_.options.careless.has(Habit::openRedirection)) co_return done;
  const auto open = element("RedirectionListenerState", "true");
  co_return co_await client_.invoke(kRedirection, "SetRedirectionListenerState", open);
}

net::Task<Attempt<void>> EoiSetup::setTlsPsk() {
  const auto& pair = context_.progress.secrets.nextPsk;
  context_.progress.pskSent = true;
  context_.pairs.add(pair);
  std::string parameters;
  wire::XmlWriter writer(parameters);
  writer.element("", "PID", toBase64(asBytes(pair.pidText()))).element("", "PPS", toBase64(asBytes(pair.ppsText())));
  co_return co_await client_.invoke(kSecurityAdministration, "SetTLSPSK", parameters);
}

net::Task<Attempt<void>> EoiSetup::commit() {
  context_.progress.commitSent = true;
  co_return co_await client_.invoke(kSecurityAdministration, "CommitChanges", {});
}

net::Task<Attempt<bool>> EoiSetup::isOperational() {
  const bool hasState = context_.version >= kHasProvisioningState;
  // 2.1 shows only the mode; none before set-up.
  const auto* const operation = hasState ? "GetProvisioningState" : "GetProvisioningMode";
  const auto* const name = hasState ? "ProvisioningState" : "ProvisioningMode";
  const auto answer = co_await client_.call(kSecurityAdministration, operation, {});
  if (!answer) co_return std::unexpected(answer.error());
  co_return wire::textOf(wire::childNamed(*answer, name)) == (hasState ? kOperationalState : kEnterpriseMode);
}

net::Task<Attempt<void>> EoiSetup::verify() {
  const auto operational = co_await isOperational();
  if (!operational) co_return std::unexpected(operational.error());
  if (!*operational) co_return failed(Reason::notOperational, "the ME does not report the operational state");
  const auto answer = co_await client_.call(kNetworkAdministration, "GetHostName", {});
  if (!answer) co_return std::unexpected(answer.error());
  const std::string name(wire::textOf(wire::childNamed(*answer, "HostName")));
  if (name != context_.progress.hostName) {
    co_return failed(Reason::notOperational,
                     fmt::format("the ME's host name reads '{}', it was given '{}'", name, context_.progress.hostName),
                     true);
  }
  const auto& old = context_.progress.setupPassword;
  if (old.empty() || old == context_.progress.secrets.admin) co_return Attempt<void>();
  const auto refused = co_await client_.isRefused(old);
  if (!refused) co_return std::unexpected(refused.error());
  if (!*refused) co_return failed(Reason::notOperational, "the ME still accepts the password of its set-up", true);
  co_return Attempt<void>();
}

}  // namespace vme::servicepoint

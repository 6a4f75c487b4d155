#include "servicepoint/wsman_setup.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/bytes.hpp"

namespace vme::servicepoint {
namespace {

using namespace std::string_view_literals;
using wire::AmtStatus;

constexpr std::string_view kSetupService = "AMT_SetupAndConfigurationService";
constexpr std::string_view kGeneralSettings = "AMT_GeneralSettings";
constexpr std::string_view kAuthorizationService = "AMT_AuthorizationService";
constexpr std::string_view kTimeService = "AMT_TimeSynchronizationService";
constexpr std::string_view kKeyService = "AMT_PublicKeyManagementService";
constexpr std::string_view kCertificate = "AMT_PublicKeyCertificate";
constexpr std::string_view kTlsSettings = "AMT_TLSSettingData";
constexpr std::string_view kTlsContext = "AMT_TLSCredentialContext";

constexpr std::string_view kOperationalState = "2";
constexpr std::string_view kNetworkAccess = "1";  // AccessPermission
constexpr std::string_view kStateEnabled = "2";   // RequestStateChange of DMTF
constexpr std::string_view kIderAndSolEnabled = "32771";
constexpr Selector kWiredTls{"InstanceID", "Intel(r) AMT 802.3 TLS Settings"};
constexpr Selector kEndpoints{"ElementName", "TLSProtocolEndpointInstances Collection"};

bool always(const SetupContext&) {
  return true;
}
bool byPki(const SetupContext& context) {
  return !context.psk;
}
bool byPsk(const SetupContext& context) {
  return context.psk;
}
bool expectsOtp(const SetupContext& context) {
  return byPki(context) && context.otp.has_value();
}

std::string parameter(std::string_view name, std::string_view text) {
  std::string out;
  wire::XmlWriter(out).element("r", name, text);
  return out;
}

/// The InstanceID selector within a reference.
std::string instanceIdOf(const pugi::xml_node& reference) {
  const auto selectors = wire::childNamed(wire::childNamed(reference, "ReferenceParameters"), "SelectorSet");
  for (auto selector = wire::firstElement(selectors); selector; selector = wire::nextElement(selector)) {
    for (const auto& attribute : selector.attributes()) {
      if (wire::localName(attribute) == "Name" && std::string_view(attribute.value()) == "InstanceID") {
        return std::string(wire::textOf(selector));
      }
    }
  }
  return {};
}

}  // namespace

struct WsmanSetup::Row {
  StepId step;
  net::Task<Attempt<void>> (WsmanSetup::*run)();
  bool (*applies)(const SetupContext&);
};

net::Task<Attempt<void>> WsmanSetup::run() {
  static constexpr std::array kRows{
      Row{StepId::checkUuid, &WsmanSetup::checkUuid, always},
      Row{StepId::checkOtp, &WsmanSetup::checkOtp, expectsOtp},
      Row{StepId::getClock, &WsmanSetup::getClock, always},
      Row{StepId::setClock, &WsmanSetup::setClock, always},
      Row{StepId::setHostName, &WsmanSetup::setNames, always},
      Row{StepId::setMebxPassword, &WsmanSetup::setMebxPassword, byPki},
      Row{StepId::setAdminPassword, &WsmanSetup::setAdminPassword, always},
      Row{StepId::addKey, &WsmanSetup::addKey, always},
      Row{StepId::addCertificate, &WsmanSetup::addCertificate, always},
      Row{StepId::setTlsCredentials, &WsmanSetup::setTlsCredentials, always},
      Row{StepId::setTlsOptions, &WsmanSetup::setTlsOptions, always},
      Row{StepId::addAclEntry, &WsmanSetup::addUsers, always},
      Row{StepId::setEnabledInterfaces, &WsmanSetup::setEnabledInterfaces, always},
      Row{StepId::setTlsPsk, &WsmanSetup::setTlsPsk, byPsk},
      Row{StepId::commitChanges, &WsmanSetup::commit, always},
  };
  for (const auto& row : kRows) {
    if (!row.applies(context_) || isOmitted(context_, row.step)) continue;
    if (isWindowShort(context_)) {
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

net::Task<Attempt<std::string>> WsmanSetup::readVersion() {
  const StepLog::Timer timer(context_.log, StepId::getCoreVersion);
  const auto answer = co_await client_.get("CIM_SoftwareIdentity", {"InstanceID", "AMT"});
  if (!answer) co_return std::unexpected(answer.error());
  co_return std::string(wire::textOf(wire::childNamed(*answer, "VersionString")));
}

net::Task<Attempt<void>> WsmanSetup::invoke(std::string_view className, std::string_view method,
                                            std::string_view parameters) {
  const auto output = co_await client_.invoke(className, method, parameters);
  if (!output) co_return std::unexpected(output.error());
  co_return Attempt<void>();
}

net::Task<Attempt<void>> WsmanSetup::checkUuid() {
  const auto answer = co_await client_.tryGet("CIM_ComputerSystemPackage", {});
  if (!answer) co_return std::unexpected(answer.error());
  // Firmware without the class shows no UUID; others do.
  if (answer->fault == "DestinationUnreachable") co_return Attempt<void>();
  if (!answer->fault.empty()) co_return std::unexpected(answer->failure);
  auto failure = judgePlatformGuid(wire::textOf(wire::childNamed(answer->body, "PlatformGUID")), context_.uuid);
  if (failure) co_return std::unexpected(std::move(*failure));
  co_return Attempt<void>();
}

net::Task<Attempt<void>> WsmanSetup::extendWindow() {
  context_.windowHeldAt = machineTime(context_.options);
  const auto parameters = parameter("Duration", kExtendHours);
  co_return co_await invoke(kSetupService, "ExtendProvisioningPeriod", parameters);
}

net::Task<Attempt<void>> WsmanSetup::checkOtp() {
  const auto answer = co_await client_.get(kSetupService, {});
  if (!answer) co_return std::unexpected(answer.error());
  auto failure = judgeOtp(wire::textOf(wire::childNamed(*answer, "ProvisioningServerOTP")), *context_.otp);
  if (failure) co_return std::unexpected(std::move(*failure));
  co_return Attempt<void>();
}

net::Task<Attempt<void>> WsmanSetup::getClock() {
  const auto output = co_await client_.invoke(kTimeService, "GetLowAccuracyTimeSynch", {});
  if (!output) co_return std::unexpected(output.error());
  clockRead_ = wire::textOf(wire::childNamed(*output, "Ta0"));
  clockReadAt_ = unixTime();
  co_return Attempt<void>();
}

net::Task<Attempt<void>> WsmanSetup::setClock() {
  std::string parameters;
  wire::XmlWriter writer(parameters);
  writer.element("r", "Ta0", clockRead_);
  writer.element("r", "Tm1", std::uint64_t{clockReadAt_}).element("r", "Tm2", std::uint64_t{unixTime()});
  co_return co_await invoke(kTimeService, "SetHighAccuracyTimeSynch", parameters);
}

net::Task<Attempt<void>> WsmanSetup::setNames() {
  const auto got = co_await client_.get(kGeneralSettings, {});
  if (!got) co_return std::unexpected(got.error());
  realm_ = wire::textOf(wire::childNamed(*got, "DigestRealm"));
  std::vector<Change> changes{{"HostName", context_.progress.hostName}, {"DomainName", context_.options.dnsSuffix}};
  co_return co_await client_.putChanged(kGeneralSettings, {}, *got, std::move(changes));
}

net::Task<Attempt<void>> WsmanSetup::setMebxPassword() {
  const bool again = context_.progress.mebxSent;
  context_.progress.mebxSent = true;
  const auto parameters = parameter("Password", context_.progress.secrets.mebx);
  const auto answer = co_await client_.ask(kSetupService, "SetMEBxPassword", parameters);
  if (!answer) co_return std::unexpected(answer.error());
  // Firmware may allow the call only once.
  const bool done = answer->status == AmtStatus::success || (again && answer->status == AmtStatus::notPermitted);
  if (!done) co_return std::unexpected(statusFailure("SetMEBxPassword", answer->status));
  co_return Attempt<void>();
}

net::Task<Attempt<void>> WsmanSetup::setAdminPassword() {
  if (auto failure = judgeRealmsAgree(context_, realm_)) co_return std::unexpected(std::move(*failure));
  context_.progress.adminSent = true;
  std::string parameters;
  wire::XmlWriter writer(parameters);
  writer.element("r", "Username", "admin"sv);
  writer.element("r", "DigestPassword", digestPassword("admin", realm_, context_.progress.secrets.admin));
  auto done = co_await invoke(kAuthorizationService, "SetAdminAclEntryEx", parameters);
  if (done) useNewAdminPassword(context_);
  co_return done;
}

net::Task<Attempt<void>> WsmanSetup::addKey() {
  if (context_.options.careless.has(Habit::newerMethods)) {
    std::string parameters;
    wire::XmlWriter(parameters).element("r", "KeyAlgorithm", "0"sv).element("r", "KeyLength", "2048"sv);
    co_return co_await invoke(kKeyService, "GenerateKeyPair", parameters);
  }
  const auto parameters = parameter("KeyBlob", toBase64(context_.progress.identity.key->der));
  const auto answer = co_await client_.ask(kKeyService, "AddKey", parameters);
  if (!answer) co_return std::unexpected(answer.error());
  const bool done = answer->status == AmtStatus::success || answer->status == AmtStatus::duplicate;
  if (!done) co_return std::unexpected(statusFailure("AddKey", answer->status));
  co_return Attempt<void>();
}

net::Task<Attempt<void>> WsmanSetup::addCertificate() {
  const auto parameters = parameter("CertificateBlob", toBase64(context_.progress.identity.certificate));
  const auto answer = co_await client_.ask(kKeyService, "AddCertificate", parameters);
  if (!answer) co_return std::unexpected(answer.error());
  if (answer->status == AmtStatus::duplicate) co_return co_await findCertificate();
  if (answer->status != AmtStatus::success) co_return std::unexpected(statusFailure("AddCertificate", answer->status));
  certificateId_ = instanceIdOf(wire::childNamed(answer->output, "CreatedCertificate"));
  if (certificateId_.empty()) co_return failed(Reason::callFailed, "AddCertificate: the answer names no certificate");
  co_return Attempt<void>();
}

net::Task<Attempt<void>> WsmanSetup::findCertificate() {
  const auto visit = [this](pugi::xml_node item) {
    if (fromBase64(wire::textOf(wire::childNamed(item, "X509Certificate"))) != context_.progress.identity.certificate) {
      return true;
    }
    certificateId_ = wire::textOf(wire::childNamed(item, "InstanceID"));
    return false;
  };
  const auto done = co_await client_.enumerate(kCertificate, visit);
  if (!done) co_return std::unexpected(done.error());
  if (!certificateId_.empty()) co_return Attempt<void>();
  co_return failed(Reason::callFailed, "AddCertificate: a duplicate, but the store does not show it");
}

net::Task<Attempt<void>> WsmanSetup::setTlsCredentials() {
  std::string properties;
  wire::XmlWriter writer(properties);
  writer.open("r", "ElementInContext");
  WsmanClient::appendReference(properties, kCertificate, {"InstanceID", certificateId_});
  writer.close("r", "ElementInContext").open("r", "ElementProvidingContext");
  WsmanClient::appendReference(properties, "AMT_TLSProtocolEndpointCollection", kEndpoints);
  writer.close("r", "ElementProvidingContext");
  const auto answer = co_await client_.tryCreate(kTlsContext, properties);
  if (!answer) co_return std::unexpected(answer.error());
  // Left by an earlier attempt: Put replaces the certificate.
  if (answer->fault == "AlreadyExists") co_return co_await client_.put(kTlsContext, {}, properties);
  if (!answer->fault.empty()) co_return std::unexpected(answer->failure);
  co_return Attempt<void>();
}

net::Task<Attempt<void>> WsmanSetup::setTlsOptions() {
  const auto got = co_await client_.get(kTlsSettings, kWiredTls);
  if (!got) co_return std::unexpected(got.error());
  const auto clearToo = context_.options.careless.has(Habit::openClearPort) ? "true"sv : "false"sv;
  std::vector<Change> changes{
      {"Enabled", "true"}, {"MutualAuthentication", "false"}, {"AcceptNonSecureConnections", clearToo}};
  co_return co_await client_.putChanged(kTlsSettings, kWiredTls, *got, std::move(changes));
}

net::Task<Attempt<void>> WsmanSetup::addUsers() {
  const bool again = context_.progress.userSent;
  context_.progress.userSent = true;
  for (const auto& user : usersFor(context_)) {
    auto done = co_await addUser(user, again);
    if (!done) co_return done;
  }
  co_return Attempt<void>();
}

net::Task<Attempt<void>> WsmanSetup::addUser(const std::string& user, bool again) {
  std::string parameters;
  wire::XmlWriter writer(parameters);
  writer.element("r", "DigestUsername", user);
  writer.element("r", "DigestPassword", digestPassword(user, realm_, context_.progress.secrets.helpdesk));
  writer.element("r", "AccessPermission", kNetworkAccess);
  for (const auto realm : realmsFor(context_)) writer.element("r", "Realms", static_cast<std::uint64_t>(realm));
  const auto answer = co_await client_.ask(kAuthorizationService, "AddUserAclEntryEx", parameters);
  if (!answer) co_return std::unexpected(answer.error());
  const bool done = answer->status == AmtStatus::success || (again && answer->status == AmtStatus::duplicate);
  if (!done) co_return std::unexpected(statusFailure("AddUserAclEntryEx", answer->status));
  co_return Attempt<void>();
}

net::Task<Attempt<void>> WsmanSetup::setEnabledInterfaces() {
  const auto webUi = parameter("RequestedState", kStateEnabled);
  auto done = co_await invoke("AMT_WebUIService", "RequestStateChange", webUi);
  if (!done) co_return done;
  const auto redirection = parameter("RequestedState", kIderAndSolEnabled);
  done = co_await invoke("AMT_RedirectionService", "RequestStateChange", redirection);
  if (!done || !context_.options.careless.has(Habit::openRedirection)) co_return done;
  const auto got = co_await client_.get("AMT_RedirectionService", {});
  if (!got) co_return std::unexpected(got.error());
  std::vector<Change> changes{{"ListenerEnabled", "true"}};
  co_return co_await client_.putChanged("AMT_RedirectionService", {}, *got, std::move(changes));
}

net::Task<Attempt<void>> WsmanSetup::setTlsPsk() {
  const auto& pair = context_.progress.secrets.nextPsk;
  context_.progress.pskSent = true;
  context_.pairs.add(pair);
  std::string parameters;
  wire::XmlWriter writer(parameters);
  writer.element("r", "PID", toBase64(asBytes(pair.pidText()))).element("r", "PPS", toBase64(asBytes(pair.ppsText())));
  co_return co_await invoke(kSetupService, "SetTLSPSK", parameters);
}

net::Task<Attempt<void>> WsmanSetup::commit() {
  context_.progress.commitSent = true;
  co_return co_await invoke(kSetupService, "CommitChanges", {});
}

net::Task<Attempt<void>> WsmanSetup::verify() {
  const auto service = co_await client_.get(kSetupService, {});
  if (!service) co_return std::unexpected(service.error());
  if (wire::textOf(wire::childNamed(*service, "ProvisioningState")) != kOperationalState) {
    co_return failed(Reason::notOperational, "the ME does not report the operational state");
  }
  const auto settings = co_await client_.get(kGeneralSettings, {});
  if (!settings) co_return std::unexpected(settings.error());
  const std::string name(wire::textOf(wire::childNamed(*settings, "HostName")));
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

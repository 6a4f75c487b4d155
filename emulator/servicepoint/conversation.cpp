#include "servicepoint/conversation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/bytes.hpp"
#include "servicepoint/eoi_setup.hpp"
#include "servicepoint/errand.hpp"
#include "servicepoint/wsman_setup.hpp"

namespace vme::servicepoint {
namespace {

constexpr FirmwareVersion kHasWsman{3, 0};
constexpr std::chrono::milliseconds kFirstRedial{50};
constexpr std::chrono::milliseconds kLastRedial{2000};
constexpr std::uint8_t kUnknownCa = 48;
constexpr std::uint8_t kCertificateExpired = 45;
// What a careless service point gives to all.
constexpr const char* kSharedAdminPassword = "P@ssw0rd";
constexpr const char* kSharedMebxPassword = "Mebx!2007";

std::string makeCnonce(const SecretSource& secrets, const Uuid& uuid) {
  std::array<std::uint8_t, 8> bytes{};
  secrets.fill(bytes, uuid, "cnonce");
  return toHex(bytes);
}

std::shared_ptr<Progress> makeProgress(const Workplace& workplace, const Job& job) {
  const auto& secrets = workplace.secrets;
  auto progress = std::make_shared<Progress>();
  progress->secrets.admin = workplace.options.adminPassword.empty() ? secrets.password(job.uuid, "admin-password")
                                                                    : workplace.options.adminPassword;
  progress->secrets.mebx = secrets.password(job.uuid, "mebx-password");
  const auto& careless = workplace.options.careless;
  if (careless.has(Habit::sharedAdminPassword)) progress->secrets.admin = kSharedAdminPassword;
  if (careless.has(Habit::sharedMebxPassword)) progress->secrets.mebx = kSharedMebxPassword;
  progress->secrets.helpdesk = secrets.password(job.uuid, "helpdesk-password");
  progress->secrets.nextPsk = secrets.pskPair(job.uuid);
  progress->hostName = hostNameOf(job.uuid);
  progress->fqdn = progress->hostName + "." + workplace.options.dnsSuffix;
  progress->mebxSent = progress->adminSent = progress->userSent = workplace.options.resumed || job.hasReturned;
  return progress;
}

/// Of the certificate that an ME shows in set-up, which is for encryption only.
std::optional<std::uint8_t> judgeDates(const std::shared_ptr<const wire::ChainFacts>& facts,
                                       const std::vector<Bytes>&) {
  const std::int64_t now = unixTime();
  if (facts->empty || (facts->notBefore <= now && now <= facts->notAfter)) return std::nullopt;
  return kCertificateExpired;
}

Progress& progressOf(const Workplace& workplace, Job& job) {
  if (!job.progress) job.progress = makeProgress(workplace, job);
  return *job.progress;
}

}  // namespace

Conversation::Conversation(Workplace& workplace, Job& job)
    : workplace_(workplace),
      job_(job),
      target_{workplace.executor, {job.address, workplace.options.mePort}, workplace.options.stepTimeout},
      log_(job.steps),
      session_([this] { return redial(); }, fmt::format("{}:{}", job.address.to_string(), workplace.options.mePort),
               workplace.options.stepTimeout, makeCnonce(workplace.secrets, job.uuid)),
      context_{
          workplace.options, job.uuid, job.hello.isPsk(), progressOf(workplace, job), workplace.pairs, session_, log_,
          job.otp,           {}} {
  session_.setCareless(careless());
  if (careless().has(Habit::skipUuidCheck)) return;
  session_.setRealmJudge([this](std::string_view realm) { return judgeRealmUuid(realm, job_.uuid); });
}

net::Task<Attempt<void>> Conversation::look() {
  auto entered = co_await enter();
  co_await session_.close();
  co_return entered;
}

net::Task<Attempt<void>> Conversation::run() {
  auto& progress = context_.progress;
  if (progress.commitSent) {
    // The commit of an earlier attempt may have taken effect; else the set-up is gone through again.
    auto verified = co_await verifyUntil(Clock::now());
    if (verified) co_return verified;
  }
  operational_ = false;
  co_await session_.close();
  auto entered = co_await enter();
  if (!entered) co_return entered;
  if (careless().has(Habit::keepDefaultPassword)) progress.secrets.admin = session_.password();
  auto done = co_await setUp();
  if (careless().has(Habit::skipComeBack) || careless().has(Habit::skipTls)) co_return done;
  const bool commitUnanswered =
      !done && log_.current() == StepId::commitChanges &&
      (done.error().reason == Reason::connectionLost || done.error().reason == Reason::timedOut);
  if (!done && !commitUnanswered) co_return done;
  co_await session_.close();
  auto verified = co_await verifyUntil(Clock::now() + workplace_.options.reconnectTimeout);
  if (!verified && commitUnanswered) verified.error().text += " (after " + done.error().text + ")";
  co_return verified;
}

net::Task<Attempt<void>> Conversation::run(Errand errand) {
  operational_ = true;
  session_.setPasswords({job_.adminPassword});
  auto done = co_await session_.open();
  if (done) done = co_await readVersion();
  if (done) done = co_await carryOut(errand, context_, workplace_.authority.crl());
  co_await session_.close();
  co_return done;
}

net::TlsClientOptions Conversation::setupTls() const {
  net::TlsClientOptions tls;
  tls.versions = workplace_.options.tls;
  if (careless().has(Habit::trustDates)) tls.judge = judgeDates;
  if (!context_.psk) {
    tls.credential = workplace_.credential;
    return tls;
  }
  const auto& progress = context_.progress;
  const auto& pid = std::get<std::string>(job_.hello.credentials);
  const auto* pair =
      progress.pskSent && !progress.useHelloPair ? &progress.secrets.nextPsk : workplace_.pairs.find(pid);
  if (pair) {
    tls.pskIdentity = pair->pidText();
    tls.pskKey = pair->ppsText();
  }
  return tls;
}

net::TlsClientOptions Conversation::operationalTls() {
  net::TlsClientOptions tls;
  tls.versions = workplace_.options.tls;
  tls.judge = [this](const std::shared_ptr<const wire::ChainFacts>&,
                     const std::vector<Bytes>& chain) -> std::optional<std::uint8_t> {
    untrusted_ =
        chain.empty() ? "no certificate was shown" : workplace_.authority.judge(chain.front(), context_.progress.fqdn);
    stillInSetup_ = !chain.empty() && !setupCertificate_.empty() && chain.front() == setupCertificate_;
    return untrusted_.empty() ? std::nullopt : std::optional(kUnknownCa);
  };
  return tls;
}

net::Task<Attempt<std::unique_ptr<net::Channel>>> Conversation::redial() {
  const auto tls = operational_ ? operationalTls() : setupTls();
  auto channel = co_await dial(target_, tls, operational_ ? nullptr : &log_);
  if (!channel) co_return std::unexpected(std::move(channel.error()));
  if (!operational_) setupCertificate_ = (*channel)->peerCertificate();
  co_return std::unique_ptr<net::Channel>(std::move(*channel));
}

std::vector<std::string> Conversation::setupPasswords() const {
  auto passwords = workplace_.options.setupPasswords;
  if (context_.progress.adminSent) passwords.insert(passwords.begin(), context_.progress.secrets.admin);
  return passwords;
}

net::Task<Attempt<void>> Conversation::enter() {
  auto& progress = context_.progress;
  if (progress.identity.certificate.empty()) {
    progress.identity = workplace_.authority.issue(job_.uuid, progress.fqdn, job_.address);
  }
  session_.setPasswords(setupPasswords());
  context_.windowHeldAt = machineTime(workplace_.options);
  auto opened = co_await session_.open();
  if (!opened && opened.error().reason == Reason::pskRefused && progress.pskSent) {
    // Which pair the ME holds is not known when the answer to SetTLSPSK was lost.
    progress.useHelloPair = !progress.useHelloPair;
    opened.error().final = false;
  }
  if (!opened) co_return opened;
  auto read = co_await readVersion();
  if (!read) co_return read;
  if (session_.password() != progress.secrets.admin) progress.setupPassword = session_.password();
  co_return read;
}

net::Task<Attempt<void>> Conversation::readVersion() {
  Attempt<std::string> text;
  if (workplace_.options.api == Api::wsman) {
    WsmanSetup setup(context_);
    text = co_await setup.readVersion();
  } else {
    EoiSetup setup(context_);
    text = co_await setup.readVersion();
  }
  if (!text) co_return std::unexpected(std::move(text.error()));
  const auto version = versionFrom(*text);
  if (!version) co_return failed(Reason::callFailed, fmt::format("the ME's version reads '{}'", *text));
  context_.version = *version;
  version_ = std::move(*text);
  const bool wsman =
      workplace_.options.api == Api::wsman || (workplace_.options.api == Api::automatic && *version >= kHasWsman);
  api_ = wsman ? "wsman" : "eoi";
  co_return Attempt<void>();
}

net::Task<Attempt<void>> Conversation::setUp() {
  if (api_ == "wsman") {
    WsmanSetup setup(context_);
    co_return co_await setup.run();
  }
  EoiSetup setup(context_);
  co_return co_await setup.run();
}

bool Conversation::mayComeBack(const Failure& failure) const {
  switch (failure.reason) {
    case Reason::connectFailed:
    case Reason::connectionLost:
    case Reason::timedOut:
    case Reason::notOperational:
      return !failure.final;
    case Reason::tlsRefused:
      // Not our own refusal of a foreign certificate.
      return untrusted_.empty() || stillInSetup_;
    default:
      return false;
  }
}

net::Task<Attempt<void>> Conversation::verifyUntil(Clock::time_point deadline) {
  operational_ = true;
  session_.setPasswords({context_.progress.secrets.admin});
  net::asio::steady_timer pause(workplace_.executor);
  std::optional<StepLog::Timer> reconnect;
  for (auto delay = kFirstRedial;; delay = std::min(delay * 2, kLastRedial)) {
    untrusted_.clear();
    stillInSetup_ = false;
    if (!reconnect) reconnect.emplace(log_, StepId::reconnect);
    auto verified = co_await verifyOnce(reconnect);
    if (verified) co_return verified;
    auto& failure = verified.error();
    const bool again = mayComeBack(failure) && Clock::now() + delay < deadline;
    if (!again) {
      if (stillInSetup_) {
        failure = {Reason::notOperational, "the ME still shows its set-up certificate", false};
      } else if (!untrusted_.empty()) {
        failure = {Reason::identityUntrusted, untrusted_, true};
      }
      co_return verified;
    }
    co_await session_.close();
    pause.expires_after(delay);
    co_await pause.async_wait(net::asio::use_awaitable);
  }
}

net::Task<std::vector<std::unique_ptr<net::TlsChannel>>> Conversation::openMore() {
  constexpr unsigned kMore = 2;
  std::vector<std::unique_ptr<net::TlsChannel>> channels;
  if (!careless().has(Habit::sessionsAtOnce)) co_return channels;
  const auto tls = operationalTls();
  for (unsigned i = 0; i < kMore; ++i) {
    if (auto channel = co_await dial(target_, tls, nullptr)) channels.push_back(std::move(*channel));
  }
  co_return channels;
}

net::Task<Attempt<void>> Conversation::verifyOnce(std::optional<StepLog::Timer>& reconnect) {
  auto opened = co_await session_.open();
  if (!opened) co_return opened;
  reconnect.reset();
  const auto more = co_await openMore();
  if (api_.empty() || careless().has(Habit::skipReadBack)) {
    auto read = co_await readVersion();
    if (!read || careless().has(Habit::skipReadBack)) co_return read;
  }
  Attempt<void> done;
  {
    const StepLog::Timer timer(log_, StepId::verify);
    if (api_ == "wsman") {
      WsmanSetup setup(context_);
      done = co_await setup.verify();
    } else {
      EoiSetup setup(context_);
      done = co_await setup.verify();
    }
  }
  co_await session_.close();
  co_return done;
}

}  // namespace vme::servicepoint

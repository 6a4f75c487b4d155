// The step of a task sequence that has the service point provision the ME.

#include <fmt/format.h>

#include <algorithm>

#include "host/agent_run.hpp"

namespace vme::host {
namespace {

using wire::AmtStatus;
using wire::agent::ProvisionState;
using wire::amthi::Command;

constexpr std::uint32_t kOperational = 2;
constexpr unsigned kUnansweredPolls = 5;  // in a row, before the agent gives up for now
constexpr unsigned kPollsUntilDone = 60;
constexpr unsigned kLateForOperational = 60;  // polls after the service point has said that it is done
constexpr MeDuration kFirstPoll = MeDuration::milliseconds(250);  // doubled up to AgentOptions::poll
constexpr std::int64_t kPastLifetime = 60;
constexpr std::uint64_t kOtpSources = 1U << 20U;

std::unexpected<Stop> startStop(Command command, AmtStatus status) {
  if (status == AmtStatus::rngNotReady) return stop(Reason::rngSeedMissing, statusText(command, status));
  return std::unexpected(Stop{Reason::startRefused, statusText(command, status), status == AmtStatus::notReady});
}

/// Of an answer that says so, why the provisioning came to nothing.
Attempt<void> endOf(const Attempt<wire::agent::ProvisionAnswer>& answer) {
  if (answer && answer->state == ProvisionState::refused) return stop(answer->reason, answer->text);
  if (answer && answer->state == ProvisionState::failed) return stopForNow(answer->reason, answer->text);
  return {};
}

}  // namespace

std::string makeOtp(ByteView random) {
  static constexpr std::string_view kAlphabet = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789!#%+-.=@";
  static_assert(kAlphabet.size() == 64, "each character is as likely as the others");
  std::string otp;
  for (const auto byte : random) otp += kAlphabet[byte % kAlphabet.size()];
  return otp;
}

net::Task<Attempt<void>> AgentRun::provision() {
  auto done = co_await checkPrerequisites();
  if (!done) co_return done;
  done = co_await timed("set-otp", setOtp());
  if (!done) co_return done;
  done = co_await timed("start", startConfiguration());
  if (!done) co_return done;
  me_.close();
  done = co_await timed("request", request());
  if (!done) co_return done;
  done = co_await timed("wait", waitUntilOperational());
  provisioned_ = done.has_value();
  co_return done;
}

net::Task<Attempt<void>> AgentRun::checkPrerequisites() {
  auto read = co_await readVersions();
  if (!read) co_return read;
  if (const auto needed = neededFirmware()) {
    co_return stop(Reason::firmwareTooOld, fmt::format("AMT {}, and the policy asks for {}{}", version_->text(),
                                                       needed->text(), rebootDue_ ? "; a reboot is due" : ""));
  }
  auto state = co_await lookAtState();
  if (!state) co_return state;
  const auto seeded = co_await hasRngSeed(me_);
  if (!seeded) co_return std::unexpected(seeded.error());
  if (!*seeded) co_return stop(Reason::rngSeedMissing, "the ME has no seed, and RNGSeedCreator has not run");
  co_return Attempt<void>();
}

net::Task<Attempt<void>> AgentRun::setOtp() {
  if (started_ && !replaying_) {
    // The ME keeps the OTP of the configuration that it was started with.
    if (pc_.now() - started_->created < policy_.otpLifetimeS) co_return Attempt<void>();
  }
  Started next;
  next.created = pc_.now();
  if (replaying_) {
    next.otp = started_->otp;
    next.created = std::max(next.created, started_->created + 1);
  } else if (options_.fault == AgentFault::otpOfAnother) {
    next.otp = options_.sharedOtp;
  } else {
    next.otp = makeOtp(pc_.random(kOtpSize, "agent-otp", otps_++));
  }
  const auto data = wire::amthi::ansi(next.otp);
  const auto answer = co_await me_.call(Command::setProvisioningServerOtp, data);
  if (!answer) co_return std::unexpected(answer.error());
  if (answer->status != AmtStatus::success) {
    auto refused = startStop(Command::setProvisioningServerOtp, answer->status);
    // It takes no other OTP before the window of the set-up that this agent has started is over.
    if (started_) refused.error().mayPass = true;
    co_return refused;
  }
  started_ = std::move(next);
  inSetup_ = false;
  co_return Attempt<void>();
}

net::Task<Attempt<void>> AgentRun::startConfiguration() {
  if (inSetup_) co_return Attempt<void>();
  const auto answer = co_await me_.call(Command::startConfiguration);
  if (!answer) co_return std::unexpected(answer.error());
  const auto status = answer->status;
  // The ME takes the start, and opens its port once its certificate is there.
  const bool accepted = status == AmtStatus::success || status == AmtStatus::certificateNotReady;
  if (!accepted) co_return startStop(Command::startConfiguration, status);
  inSetup_ = true;
  co_return Attempt<void>();
}

net::Task<Attempt<void>> AgentRun::request() {
  const auto facts = pc_.facts();
  wire::agent::ProvisionRequest asked;
  asked.uuid = facts.uuid;
  asked.fqdn = facts.fqdn;
  asked.ipv4 = facts.address.to_uint();
  asked.amtVersion = result_.version;
  asked.build = versions_.of("Build Number");
  asked.sku = versions_.of("Sku");
  asked.otpCreated = started_->created;
  if (options_.fault == AgentFault::expiredOtp) asked.otpCreated -= policy_.otpLifetimeS + kPastLifetime;
  const bool wrong = options_.fault == AgentFault::wrongOtp;
  const auto told = wrong ? makeOtp(pc_.random(kOtpSize, "agent-otp", kOtpSources)) : started_->otp;
  asked.otpSha1 = wire::sha1(asBytes(told));
  const auto answer = co_await server_.request(asked);
  if (!answer) co_return std::unexpected(answer.error());
  co_return Attempt<void>();
}

net::Task<Attempt<bool>> AgentRun::isOperational() {
  const auto state = co_await me_.readNumber(Command::getProvisioningState);
  me_.close();
  if (!state) co_return std::unexpected(state.error());
  co_return *state == kOperational;
}

net::Task<Attempt<void>> AgentRun::waitUntilOperational() {
  unsigned unanswered = 0;
  unsigned late = 0;
  auto pause = std::min(kFirstPoll, options_.poll);
  for (;;) {
    // An ME that is being set up may not answer its host for a while.
    const auto operational = co_await isOperational();
    if (operational && *operational) co_return Attempt<void>();
    auto answer = co_await server_.state();
    unanswered = operational && answer ? 0 : unanswered + 1;
    if (unanswered > kUnansweredPolls) co_return std::unexpected(operational ? answer.error() : operational.error());
    if (auto ended = endOf(answer); !ended) co_return ended;
    if (answer && answer->state == ProvisionState::provisioned && ++late > kLateForOperational) {
      co_return stop(Reason::notOperational, "the service point is done, but the ME is not operational");
    }
    co_await pc_.wait(pause);
    if (pc_.isKilled()) co_return stop(Reason::agentKilled, "while the service point was at work");
    pause = std::min(pause + pause, options_.poll);
  }
}

/// The service point has still to come back to the ME and look.
net::Task<Attempt<void>> AgentRun::waitForServicePoint() {
  unsigned unanswered = 0;
  auto pause = std::min(kFirstPoll, options_.poll);
  for (unsigned polls = 0; polls < kPollsUntilDone; ++polls) {
    const auto answer = co_await server_.state();
    unanswered = answer ? 0 : unanswered + 1;
    if (unanswered > kUnansweredPolls) co_return std::unexpected(answer.error());
    if (auto ended = endOf(answer); !ended) co_return ended;
    if (answer && answer->state == ProvisionState::provisioned) co_return Attempt<void>();
    co_await pc_.wait(pause);
    pause = std::min(pause + pause, options_.poll);
  }
  co_return stopForNow(Reason::requestFailed, "the service point does not say that it is done");
}

}  // namespace vme::host

// The part of a service point that agents ask: requests become jobs beside those that hellos start.

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/ip/address_v4.hpp>

#include "servicepoint/admission.hpp"
#include "servicepoint/service_point_impl.hpp"

namespace vme::servicepoint {
namespace {

using wire::agent::ProvisionAnswer;
using wire::agent::ProvisionRequest;
using wire::agent::ProvisionState;
using wire::agent::Refusal;

constexpr std::size_t kStrangersKept = 1024;

bool isInHand(const Job* job) {
  return job && job->state < JobState::provisioned;
}

ProvisionState stateFrom(JobState state) {
  switch (state) {
    case JobState::running:
      return ProvisionState::running;
    case JobState::provisioned:
      return ProvisionState::provisioned;
    case JobState::refused:
      return ProvisionState::refused;
    case JobState::failed:
      return ProvisionState::failed;
    default:
      return ProvisionState::waiting;
  }
}

ProvisionAnswer answerFor(const Job& job) {
  const auto state = stateFrom(job.state);
  if (isInHand(&job)) return {state, Reason::none, {}};
  return {state, job.lastReason, job.lastText};
}

AgentDesk::Decision refusal(unsigned status, Reason reason, std::string text) {
  return {status, {ProvisionState::refused, reason, std::move(text)}};
}

}  // namespace

AgentDesk::Events ServicePoint::Impl::agentEvents() {
  AgentDesk::Events events;
  events.judge = [this](const Uuid& uuid) { return judgeAgent(uuid); };
  events.onRequest = [this](const ProvisionRequest& request) {
    const auto decision = onAgentRequest(request);
    publish();
    return decision;
  };
  events.stateOf = [this](const Uuid& uuid) { return stateOf(uuid); };
  events.onRefused = [this](const Uuid& uuid, asio::ip::address_v4 peer, const Refusal& refusal) {
    refuseAgent(uuid, peer, refusal);
    publish();
  };
  events.onStatus = [this](const wire::agent::StatusMessage&) {
    ++statusMessages;
    publish();
  };
  events.onPolicy = [this] {
    ++policyFetches;
    publish();
  };
  return events;
}

std::int64_t ServicePoint::Impl::agentTime() const {
  return options.policy->clock ? options.policy->clock() : static_cast<std::int64_t>(unixTime());
}

bool ServicePoint::Impl::awaitsAgent(const Uuid& uuid) const {
  if (options.careless.has(Habit::takeAgentsHello)) return false;
  return options.policy && options.policy->hellos == PolicyOptions::Hellos::noted && isForAgent(*options.policy, uuid);
}

bool ServicePoint::Impl::otpIsExpired(const Job& job) const {
  return options.policy && job.byAgent && job.otp && ledger.isExpired(job.otpCreated, agentTime());
}

std::optional<Refusal> ServicePoint::Impl::judgeAgent(const Uuid& uuid) const {
  auto judged = judgeApproval(uuid, options.approval);
  if (judged.reason == Reason::none) return std::nullopt;
  return Refusal{judged.reason, std::move(judged.text)};
}

std::optional<ProvisionAnswer> ServicePoint::Impl::stateOf(const Uuid& uuid) {
  const auto* job = queue.find(uuid);
  if (!job) return std::nullopt;
  return answerFor(*job);
}

void ServicePoint::Impl::onInBandHello(const wire::Hello& hello, asio::ip::address_v4 peer) {
  const auto* pid = std::get_if<std::string>(&hello.credentials);
  auto* job = queue.find(hello.uuid);
  if (isInHand(job) || (job && job->state == JobState::provisioned)) {
    ++duplicates;
    return;
  }
  if (job && job->byAgent) {
    // What became of its agent's request stands until the agent asks again.
    ++awaitingAgent;
    job->notedPid = pid ? *pid : std::string();
    return;
  }
  job = queue.admit(hello, peer);
  if (!job) {
    ++duplicates;
    return;
  }
  auto judged = judge(hello);
  if (judged.reason == Reason::none) {
    ++awaitingAgent;
    judged = {Reason::awaitingAgent, "a hello; the machine's collection has it provisioned by its agent"};
  }
  job->notedPid = pid ? *pid : std::string();
  settle(*job, Result::refused, judged.reason, std::move(judged.text), nullptr);
}

AgentDesk::Decision ServicePoint::Impl::onAgentRequest(const ProvisionRequest& request) {
  ++agentRequests;
  auto* job = queue.find(request.uuid);
  if (job && job->state == JobState::running) return {200, answerFor(*job)};
  auto standing = ledger.present(request.uuid, request.otpSha1, request.otpCreated, agentTime());
  using enum OtpLedger::Standing::Kind;
  if (standing.kind == refused) {
    refuseAgent(request.uuid, asio::ip::address_v4(request.ipv4), {standing.reason, standing.text});
    return refusal(403, standing.reason, std::move(standing.text));
  }
  if (isInHand(job)) {
    if (standing.kind == fresh) {
      job->byAgent = true;
      job->otp = request.otpSha1;
      job->otpCreated = request.otpCreated;
    }
    return {200, answerFor(*job)};
  }
  if (job && standing.kind != fresh && job->state == JobState::provisioned) return {200, answerFor(*job)};
  if (standing.kind == outdated) {
    return refusal(403, Reason::otpExpired, "the machine's agent has asked with a newer OTP since");
  }
  return startFor(request);
}

AgentDesk::Decision ServicePoint::Impl::startFor(const ProvisionRequest& request) {
  const auto address = asio::ip::address_v4(request.ipv4);
  auto* job = queue.admit(request.uuid, address, true);
  if (!job) {
    return refusal(409, Reason::duplicateHello,
                   fmt::format("another machine at {} is in hand. ask again later", address.to_string()));
  }
  if (!job->notedPid.empty()) job->hello.credentials = job->notedPid;
  job->otp = request.otpSha1;
  job->otpCreated = request.otpCreated;
  Admission judged;
  if (!job->notedPid.empty() && !workplace.pairs.find(job->notedPid)) {
    judged = {Reason::unknownPid, fmt::format("no pair for PID {}", wire::displayPid(job->notedPid))};
  } else if (job->notedPid.empty() && !workplace.credential) {
    judged = {Reason::noMatchingRoot, "the service point holds no provisioning certificate"};
  } else if (job->notedPid.empty()) {
    judged = own.judge(unixTime());
  }
  if (judged.reason != Reason::none) {
    ++agentRefusals;
    settle(*job, Result::refused, judged.reason, judged.text, nullptr);
    return refusal(403, judged.reason, std::move(judged.text));
  }
  job->notedPid.clear();
  queue.enqueue(*job);
  startWaiting();
  return {202, {ProvisionState::waiting, Reason::none, {}}};
}

void ServicePoint::Impl::refuseAgent(const Uuid& uuid, asio::ip::address_v4 address, const Refusal& refusal) {
  ++agentRefusals;
  if (refusal.reason == Reason::agentUnknown) {
    refuseStranger(uuid, address, refusal);
    return;
  }
  auto* job = queue.find(uuid);
  if (isInHand(job)) return;  // its outcome is still to come
  if (job && job->state == JobState::provisioned) {
    // It stays provisioned as far as the service point knows, but its agent did not get what it asked for.
    if (job->lastReason == refusal.reason) return;
    job->lastReason = refusal.reason;
    job->lastText = refusal.text;
    onOutcome(outcomeOf(*job, Result::refused, refusal.reason, refusal.text, nullptr));
    return;
  }
  job = queue.admit(uuid, address, false);
  if (job) settle(*job, Result::refused, refusal.reason, refusal.text, nullptr);
}

void ServicePoint::Impl::refuseStranger(const Uuid& uuid, asio::ip::address_v4 address, const Refusal& refusal) {
  // Anybody can name a machine: no stranger changes what is known of one, or fills the memory.
  if (queue.find(uuid) || std::ranges::find(strangers, uuid) != strangers.end()) return;
  strangers.push_back(uuid);
  if (strangers.size() > kStrangersKept) strangers.pop_front();
  Outcome outcome;
  outcome.uuid = uuid;
  outcome.address = address;
  outcome.result = Result::refused;
  outcome.reason = refusal.reason;
  outcome.text = refusal.text;
  outcome.byAgent = true;
  outcome.helloAt = outcome.finishedAt = std::chrono::steady_clock::now();
  onOutcome(outcome);
}

}  // namespace vme::servicepoint

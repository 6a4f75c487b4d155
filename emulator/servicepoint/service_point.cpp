#include "servicepoint/service_point.hpp"

#include <fmt/format.h>

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <limits>

#include "net/spawn.hpp"
#include "servicepoint/admission.hpp"
#include "servicepoint/service_point_impl.hpp"

namespace vme::servicepoint {
namespace {

constexpr std::chrono::milliseconds kPublishEvery{100};
constexpr std::chrono::hours kForEver{24 * 365};

/// A careless one waits for ever, starts with everybody, or speaks only what is current.
Options withHabits(Options options) {
  const auto& careless = options.careless;
  if (careless.has(Habit::noTimeouts)) options.stepTimeout = kForEver;
  if (careless.has(Habit::noLimits)) options.concurrency = std::numeric_limits<unsigned>::max();
  if (careless.has(Habit::giveUpAtOnce)) options.attempts = 1;
  if (careless.has(Habit::onlyModernTls)) options.tls = net::TlsVersions::modern;
  return options;
}

OtpLedger::Limits ledgerLimits(const Options& options) {
  OtpLedger::Limits limits;
  if (!options.policy) return limits;
  limits.lifetimeS = options.policy->otpLifetime.count();
  limits.skewS = options.policy->clockSkew.count();
  return limits;
}

}  // namespace

ServicePoint::Impl::Impl(Options given, std::function<void(const Outcome&)> outcomeCallback)
    : options(withHabits(std::move(given))),
      onOutcome(std::move(outcomeCallback)),
      own(options),
      authority(options.authority ? options.authority
                                  : std::make_shared<Authority>(
                                        Authority::Options{options.tls == net::TlsVersions::period, options.uniqueKeys,
                                                           options.keysAhead, options.careless})),
      queue(options.concurrency),
      ledger(ledgerLimits(options)),
      workplace{io.get_executor(),          options,         *authority, SecretSource(options.seed),
                PskStore(options.pskPairs), own.credential()},
      listener(io.get_executor(), options.address, options.helloPort, options.exposure,
               {[this](const wire::Hello& hello, asio::ip::address_v4 peer) { onHello(hello, peer); },
                [this](asio::ip::address_v4, const std::string&) {
                  ++hellos;
                  ++malformed;
                  if (options.careless.has(Habit::fragileHello)) listener.close();
                  publish();
                }},
               HelloListener::Limits{}) {
  if (!options.policy) return;
  policyServer.emplace(io.get_executor(), options.address, options.policy->port, options.exposure,
                       AgentDesk(*options.policy, agentEvents()), PolicyServer::Limits{});
}

void ServicePoint::Impl::run() {
  net::spawn(workplace.executor, publishNowAndThen());
  loop.run(io);
  published.cpuSeconds = net::threadCpuSeconds();
  publish();
}

void ServicePoint::Impl::onHello(const wire::Hello& hello, asio::ip::address_v4 peer) {
  ++hellos;
  // A pair that an earlier service point gave the machine for its next set-up is already in effect there.
  if (options.resumed && hello.isPsk()) workplace.pairs.add(workplace.secrets.pskPair(hello.uuid));
  if (awaitsAgent(hello.uuid)) {
    onInBandHello(hello, peer);
  } else if (auto* job = admit(hello, peer)) {
    expectOtp(*job);
    decide(*job);
  } else {
    ++duplicates;
    onDuplicate(hello, peer);
  }
  publish();
}

void ServicePoint::Impl::decide(Job& job) {
  auto judged = judge(job.hello);
  job.refusedFor = Reason::none;
  if (judged.reason == Reason::none || looksAtRefused(job, judged)) {
    queue.enqueue(job);
    startWaiting();
  } else {
    ++unanswered;
    settle(job, Result::refused, judged.reason, std::move(judged.text), nullptr);
  }
}

void ServicePoint::Impl::takeUp(const Unfinished& left) {
  auto* job = queue.admit(left.hello, left.address);
  if (!job) return;
  job->byAgent = left.byAgent;
  job->otp = left.otp;
  job->otpCreated = left.otpCreated;
  job->progress = left.progress;
  if (!job->byAgent && !(job->progress && job->progress->commitSent)) return decide(*job);
  // An agent's request shows no credentials to judge; a committed machine may need no more than a look.
  queue.enqueue(*job);
  startWaiting();
}

Job* ServicePoint::Impl::admit(const wire::Hello& hello, asio::ip::address_v4 peer) {
  auto* known = queue.find(hello.uuid);
  if (known && known->state == JobState::provisioned && options.careless.has(Habit::mergeTwins)) known->address = peer;
  const auto before = known ? known->address : peer;
  auto* job = queue.admit(hello, peer);
  if (job && options.careless.has(Habit::staleAddress)) job->address = before;
  return job;
}

void ServicePoint::Impl::expectOtp(Job& job) const {
  const auto expected = options.otps.find(job.uuid);
  if (expected != options.otps.end()) job.otp = wire::sha1(asBytes(expected->second));
}

void ServicePoint::Impl::startWaiting() {
  while (auto* job = queue.startNext()) net::spawn(workplace.executor, converse(*job));
}

net::Task<Attempt<void>> ServicePoint::Impl::attempt(const Job& job, Conversation& conversation) {
  if (job.errand == Errand::none && otpIsExpired(job)) {
    co_return failed(Reason::otpExpired, "its time was over when the machine's turn came", true);
  }
  try {
    if (job.refusedFor != Reason::none) {
      const auto looked = co_await conversation.look();
      co_return failed(job.refusedFor, looked ? "refused, and looked at" : looked.error().text, true);
    }
    if (job.errand != Errand::none) co_return co_await conversation.run(job.errand);
    co_return co_await conversation.run();
  } catch (const std::exception& error) {
    // Ours, not the ME's: OpenSSL or memory. The machine is failed, the others go on.
    co_return failed(Reason::callFailed, fmt::format("internal error: {}", error.what()), true);
  }
}

net::Task<void> ServicePoint::Impl::converse(Job& job) {
  bool again = false;
  bool waitsForFlash = false;
  bool hammers = false;
  {
    Conversation conversation(workplace, job);
    conversations[&job] = &conversation;
    const auto done = co_await attempt(job, conversation);
    conversations.erase(&job);
    if (job.progress) keepCertificate(job, *job.progress);
    waitsForFlash = !done && done.error().flashLocked && !options.careless.has(Habit::hammerFlash);
    hammers = !done && done.error().reason == Reason::loginRefused && options.careless.has(Habit::hammerLogin);
    if (done && job.errand != Errand::none) {
      end(job);
    } else if (done) {
      settle(job, Result::provisioned, Reason::provisioned, {}, &conversation);
    } else if (stopping) {
      co_return;
    } else if (isRefusal(done.error().reason)) {
      settle(job, Result::refused, done.error().reason, done.error().text, &conversation);
    } else if (!waitsForFlash && !hammers && (done.error().final || job.attempts >= options.attempts)) {
      settle(job, Result::failed, done.error().reason, done.error().text, &conversation);
    } else {
      queue.retryLater(job);
      again = true;
    }
  }
  startWaiting();
  publish();
  if (!again) co_return;
  if (waitsForFlash) {
    --job.attempts;
    co_await waitForFlash();
  } else if (!hammers) {
    asio::steady_timer pause(workplace.executor, options.retryDelay);
    co_await pause.async_wait(asio::use_awaitable);
  }
  if (job.state != JobState::retrying) co_return;  // blocked meanwhile
  if (job.heardFrom) job.address = *job.heardFrom;
  queue.enqueue(job);
  startWaiting();
}

void ServicePoint::Impl::settle(Job& job, Result result, Reason reason, std::string text,
                                const Conversation* conversation) {
  if (result == Result::provisioned && job.byAgent) ledger.consume(job.uuid);
  if (job.errand != Errand::none) --published.errands;
  // A machine that its hello or its agent alone has refused asks again; the same verdict is no news.
  const bool isNews = conversation || stopping || job.lastReason != reason;
  job.lastReason = reason;
  job.lastText = text;
  const auto outcome = outcomeOf(job, result, reason, std::move(text), conversation);
  queue.finish(job, result);
  publish();
  if (isNews) onOutcome(outcome);
}

Outcome ServicePoint::Impl::outcomeOf(Job& job, Result result, Reason reason, std::string text,
                                      const Conversation* conversation) {
  Outcome outcome;
  outcome.uuid = job.uuid;
  outcome.address = job.address;
  outcome.result = result;
  outcome.reason = reason;
  outcome.text = std::move(text);
  outcome.psk = job.hello.isPsk();
  outcome.byAgent = job.byAgent;
  outcome.attempts = job.attempts;
  outcome.helloAt = job.helloAt;
  outcome.finishedAt = std::chrono::steady_clock::now();
  outcome.steps = std::move(job.steps);
  if (conversation) {
    outcome.api = conversation->api();
    outcome.version = conversation->version();
  }
  if (result == Result::provisioned) outcome.adminPassword = job.adminPassword = job.progress->secrets.admin;
  return outcome;
}

void ServicePoint::Impl::interruptAll() {
  stopping = true;
  listener.close();
  if (policyServer) policyServer->close();
  queue.eachUnfinished([this](Job& job) {
    const auto found = conversations.find(&job);
    auto* conversation = found == conversations.end() ? nullptr : found->second;
    if (job.errand != Errand::none) {
      end(job);
      if (conversation) conversation->abort();
      return;
    }
    unfinished.push_back({job.hello, job.address, job.byAgent, job.otp, job.otpCreated, job.progress});
    auto text = conversation ? fmt::format("stopped during {}", wordOf(conversation->step()))
                             : std::string("stopped while it waited");
    settle(job, Result::failed, Reason::interrupted, std::move(text), conversation);
    if (conversation) conversation->abort();
  });
  publish();
  io.stop();
}

net::Task<void> ServicePoint::Impl::publishNowAndThen() {
  asio::steady_timer timer(workplace.executor);
  for (;;) {
    published.cpuSeconds = net::threadCpuSeconds();
    timer.expires_after(kPublishEvery);
    co_await timer.async_wait(asio::use_awaitable);
  }
}

void ServicePoint::Impl::publish() {
  published.hellos = hellos;
  published.malformed = malformed;
  published.duplicates = duplicates;
  published.provisioned = queue.count(Result::provisioned);
  published.refused = queue.count(Result::refused);
  published.failed = queue.count(Result::failed);
  published.policyFetches = policyFetches;
  published.agentRequests = agentRequests;
  published.agentRefusals = agentRefusals;
  published.statusMessages = statusMessages;
  published.awaitingAgent = awaitingAgent;
  published.unanswered = unanswered;
  published.waiting = queue.waiting();
  published.running = queue.running();
}

ServicePoint::ServicePoint(Options options, std::function<void(const Outcome&)> onOutcome)
    : impl_(std::make_unique<Impl>(std::move(options), std::move(onOutcome))) {}

ServicePoint::~ServicePoint() {
  stop();
}

void ServicePoint::start(std::vector<Unfinished> left) {
  asio::post(impl_->io, [impl = impl_.get(), left = std::move(left)] {
    for (const auto& machine : left) impl->takeUp(machine);
  });
  impl_->listener.start();
  if (impl_->policyServer) impl_->policyServer->start();
  impl_->thread = std::thread([impl = impl_.get()] { impl->run(); });
}

std::vector<Unfinished> ServicePoint::stop() {
  if (!impl_->thread.joinable()) return {};
  asio::post(impl_->io, [impl = impl_.get()] { impl->interruptAll(); });
  impl_->thread.join();
  return std::move(impl_->unfinished);
}

void ServicePoint::check() const {
  impl_->loop.check();
}

std::uint16_t ServicePoint::helloPort() const {
  return impl_->listener.port();
}

std::uint16_t ServicePoint::policyPort() const {
  return impl_->policyServer ? impl_->policyServer->port() : 0;
}

Counters ServicePoint::counters() const {
  const auto& from = impl_->published;
  Counters counters;
  counters.hellos = from.hellos;
  counters.malformedHellos = from.malformed;
  counters.duplicateHellos = from.duplicates;
  counters.provisioned = from.provisioned;
  counters.refused = from.refused;
  counters.failed = from.failed;
  counters.policyFetches = from.policyFetches;
  counters.agentRequests = from.agentRequests;
  counters.agentRefusals = from.agentRefusals;
  counters.statusMessages = from.statusMessages;
  counters.awaitingAgent = from.awaitingAgent;
  counters.unansweredHellos = from.unanswered;
  counters.waiting = from.waiting;
  counters.running = from.running;
  counters.cpuSeconds = from.cpuSeconds;
  return counters;
}

Bytes ServicePoint::caCertificate() const {
  return impl_->authority->certificate();
}

std::shared_ptr<Authority> ServicePoint::authority() const {
  return impl_->authority;
}

void ServicePoint::setRule(const std::vector<Uuid>& machines, Approval::Rule rule) {
  asio::post(impl_->io, [impl = impl_.get(), machines, rule] {
    for (const auto& uuid : machines) {
      if (rule == Approval::Rule::block) impl->block(uuid);
      impl->options.approval.machines[uuid] = rule;
    }
  });
}

void ServicePoint::run(Errand errand, std::vector<Uuid> machines) {
  impl_->published.errands += static_cast<std::uint32_t>(machines.size());
  asio::post(impl_->io,
             [impl = impl_.get(), errand, machines = std::move(machines)] { impl->begin(errand, machines); });
}

std::uint32_t ServicePoint::errands() const {
  return impl_->published.errands;
}

std::vector<Bytes> ServicePoint::revokedSerials() const {
  return impl_->authority->revoked();
}

Bytes ServicePoint::crl() const {
  return impl_->authority->crl();
}

}  // namespace vme::servicepoint

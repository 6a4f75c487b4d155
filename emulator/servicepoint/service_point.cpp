#include "servicepoint/service_point.hpp"

#include <fmt/format.h>

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>

#include "net/spawn.hpp"
#include "servicepoint/admission.hpp"
#include "servicepoint/service_point_impl.hpp"

namespace vme::servicepoint {
namespace {

constexpr std::chrono::milliseconds kPublishEvery{100};

std::shared_ptr<const net::TlsCredential> credentialOf(const Options& options) {
  if (!options.pki) return nullptr;
  const auto& chain = options.pki->chain;
  const std::vector<ByteView> views(chain.begin(), chain.end());
  auto credential = net::TlsCredential::make(options.pki->leafKey, views);
  if (!credential) throw ConfigError("provisioning certificate", credential.error().message());
  return *credential;
}

std::optional<wire::Sha1> rootOf(const Options& options) {
  if (!options.pki || options.pki->chain.empty()) return std::nullopt;
  return wire::sha1(options.pki->chain.back());
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
    : options(std::move(given)),
      onOutcome(std::move(outcomeCallback)),
      root(rootOf(options)),
      authority(options.tls == net::TlsVersions::period),
      queue(options.concurrency),
      ledger(ledgerLimits(options)),
      workplace{io.get_executor(),    options, authority, SecretSource(options.seed), PskStore(options.pskPairs),
                credentialOf(options)},
      listener(io.get_executor(), options.address, options.helloPort, options.exposure,
               {[this](const wire::Hello& hello, asio::ip::address_v4 peer) { onHello(hello, peer); },
                [this](asio::ip::address_v4, const std::string&) {
                  ++hellos;
                  ++malformed;
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
  } else if (auto* job = queue.admit(hello, peer)) {
    expectOtp(*job);
    auto judged = judgeHello(hello, options.approval, workplace.pairs, root);
    if (judged.reason == Reason::none) {
      queue.enqueue(*job);
      startWaiting();
    } else {
      settle(*job, Result::refused, judged.reason, std::move(judged.text), nullptr);
    }
  } else {
    ++duplicates;
  }
  publish();
}

void ServicePoint::Impl::expectOtp(Job& job) const {
  const auto expected = options.otps.find(job.uuid);
  if (expected != options.otps.end()) job.otp = wire::sha1(asBytes(expected->second));
}

void ServicePoint::Impl::startWaiting() {
  while (auto* job = queue.startNext()) net::spawn(workplace.executor, converse(*job));
}

net::Task<Attempt<void>> ServicePoint::Impl::attempt(const Job& job, Conversation& conversation) {
  if (otpIsExpired(job)) co_return failed(Reason::otpExpired, "its time was over when the machine's turn came", true);
  try {
    co_return co_await conversation.run();
  } catch (const std::exception& error) {
    // Ours, not the ME's: OpenSSL or memory. The machine is failed, the others go on.
    co_return failed(Reason::callFailed, fmt::format("internal error: {}", error.what()), true);
  }
}

net::Task<void> ServicePoint::Impl::converse(Job& job) {
  bool again = false;
  {
    Conversation conversation(workplace, job);
    conversations[&job] = &conversation;
    const auto done = co_await attempt(job, conversation);
    conversations.erase(&job);
    if (done) {
      settle(job, Result::provisioned, Reason::provisioned, {}, &conversation);
    } else if (isRefusal(done.error().reason)) {
      settle(job, Result::refused, done.error().reason, done.error().text, &conversation);
    } else if (done.error().final || job.attempts >= options.attempts) {
      settle(job, Result::failed, done.error().reason, done.error().text, &conversation);
    } else {
      queue.retryLater(job);
      again = true;
    }
  }
  startWaiting();
  publish();
  if (!again) co_return;
  asio::steady_timer pause(workplace.executor, options.retryDelay);
  co_await pause.async_wait(asio::use_awaitable);
  queue.enqueue(job);
  startWaiting();
}

void ServicePoint::Impl::settle(Job& job, Result result, Reason reason, std::string text,
                                const Conversation* conversation) {
  if (result == Result::provisioned && job.byAgent) ledger.consume(job.uuid);
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
  if (result == Result::provisioned) outcome.adminPassword = job.progress->secrets.admin;
  return outcome;
}

void ServicePoint::Impl::interruptAll() {
  stopping = true;
  listener.close();
  if (policyServer) policyServer->close();
  queue.eachUnfinished([this](Job& job) {
    const auto found = conversations.find(&job);
    auto* conversation = found == conversations.end() ? nullptr : found->second;
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
  published.waiting = queue.waiting();
  published.running = queue.running();
}

ServicePoint::ServicePoint(Options options, std::function<void(const Outcome&)> onOutcome)
    : impl_(std::make_unique<Impl>(std::move(options), std::move(onOutcome))) {}

ServicePoint::~ServicePoint() {
  stop();
}

void ServicePoint::start() {
  impl_->listener.start();
  if (impl_->policyServer) impl_->policyServer->start();
  impl_->thread = std::thread([impl = impl_.get()] { impl->run(); });
}

void ServicePoint::stop() {
  if (!impl_->thread.joinable()) return;
  asio::post(impl_->io, [impl = impl_.get()] { impl->interruptAll(); });
  impl_->thread.join();
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
  counters.waiting = from.waiting;
  counters.running = from.running;
  counters.cpuSeconds = from.cpuSeconds;
  return counters;
}

Bytes ServicePoint::caCertificate() const {
  return impl_->authority.certificate();
}

}  // namespace vme::servicepoint

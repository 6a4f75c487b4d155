// What a service point takes care of beside a set-up: its own certificate, machines that share a UUID or move, worn
// flash, and certificates of blocked machines.

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "net/spawn.hpp"
#include "servicepoint/admission.hpp"
#include "servicepoint/service_point_impl.hpp"

namespace vme::servicepoint {
namespace {

constexpr std::chrono::milliseconds kLookAtClock{50};
constexpr std::size_t kTwinsKept = 1024;

}  // namespace

Admission ServicePoint::Impl::judge(const wire::Hello& hello) const {
  auto judged = judgeHello(hello, options.approval, workplace.pairs, own.root());
  return judged.reason != Reason::none || hello.isPsk() ? judged : own.judge(unixTime());
}

bool ServicePoint::Impl::looksAtRefused(Job& job, const Admission& judged) {
  const bool byList = judged.reason == Reason::notApproved || judged.reason == Reason::blocked;
  if (!byList || !options.careless.has(Habit::connectToRefused)) return false;
  job.refusedFor = judged.reason;
  return true;
}

/// The machine has moved, which its next attempt follows, or there are two that show one UUID.
void ServicePoint::Impl::onDuplicate(const wire::Hello& hello, asio::ip::address_v4 peer) {
  auto* job = queue.find(hello.uuid);
  if (!job) return;
  if (job->address != peer && !options.careless.has(Habit::mergeTwins)) {
    if (job->state == JobState::provisioned) {
      refuseTwin(hello.uuid, peer);
    } else if (!options.careless.has(Habit::staleAddress)) {
      job->heardFrom = peer;
    }
  }
  if (job->state != JobState::running || !options.careless.has(Habit::serveDuplicates)) return;
  auto beside = std::make_unique<Job>();
  beside->uuid = hello.uuid;
  beside->address = peer;
  beside->hello = hello;
  net::spawn(workplace.executor, serveBeside(std::move(beside)));
}

void ServicePoint::Impl::refuseTwin(const Uuid& uuid, asio::ip::address_v4 address) {
  ++unanswered;
  const std::pair twin(uuid, address.to_uint());
  if (std::ranges::find(twins, twin) != twins.end()) return;
  twins.push_back(twin);
  if (twins.size() > kTwinsKept) twins.pop_front();
  Outcome outcome;
  outcome.uuid = uuid;
  outcome.address = address;
  outcome.result = Result::refused;
  outcome.reason = Reason::duplicateUuid;
  outcome.text = "a machine at another address has that UUID and is provisioned";
  outcome.helloAt = outcome.finishedAt = std::chrono::steady_clock::now();
  onOutcome(outcome);
}

/// A second conversation with a machine that has one.
net::Task<void> ServicePoint::Impl::serveBeside(std::unique_ptr<Job> job) {
  Conversation conversation(workplace, *job);
  const auto done = co_await attempt(*job, conversation);
  static_cast<void>(done);
}

/// By the machines' clock, which may run or jump ahead of ours.
net::Task<void> ServicePoint::Impl::waitForFlash() {
  using std::chrono::milliseconds;
  asio::steady_timer pause(workplace.executor);
  if (!options.clock) {
    pause.expires_after(options.flashBackOff);
    co_await pause.async_wait(asio::use_awaitable);
    co_return;
  }
  const auto until = options.clock() + milliseconds(options.flashBackOff).count();
  while (options.clock() < until) {
    pause.expires_after(kLookAtClock);
    co_await pause.async_wait(asio::use_awaitable);
  }
}

/// One certificate a machine is good: an earlier one is revoked once there is another.
void ServicePoint::Impl::keepCertificate(Job& job, const Progress& progress) {
  const auto& serial = progress.identity.serial;
  if (serial.empty() || serial == job.certificateSerial) return;
  if (!job.certificateSerial.empty() && !options.careless.has(Habit::sharedCertificate)) {
    authority->revoke(job.certificateSerial);
  }
  job.certificateSerial = serial;
}

void ServicePoint::Impl::begin(Errand errand, const std::vector<Uuid>& machines) {
  for (const auto& uuid : machines) {
    auto* job = stopping ? nullptr : queue.admit(uuid, errand);
    if (job) {
      queue.enqueue(*job);
    } else {
      --published.errands;
    }
  }
  startWaiting();
  publish();
}

/// It has gone well, or was cut off: the machine is as it was.
void ServicePoint::Impl::end(Job& job) {
  --published.errands;
  queue.finish(job, Result::provisioned);
  publish();
}

void ServicePoint::Impl::block(const Uuid& uuid) {
  options.approval.machines[uuid] = Approval::Rule::block;
  auto* job = queue.find(uuid);
  if (!job) return;
  if (job->progress) keepCertificate(*job, *job->progress);
  if (!job->certificateSerial.empty() && !options.careless.has(Habit::keepBlockedCertificates)) {
    authority->revoke(job->certificateSerial);
  }
  if (job->state == JobState::running) {
    const auto found = conversations.find(job);
    if (found != conversations.end()) found->second->abort();
  }
}

}  // namespace vme::servicepoint

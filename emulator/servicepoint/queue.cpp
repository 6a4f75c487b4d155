#include "servicepoint/queue.hpp"

#include <cstring>

namespace vme::servicepoint {
namespace {

/// A hello that was on its way when the set-up began has arrived by then.
constexpr std::chrono::milliseconds kOnItsWay{500};

}  // namespace

std::size_t Queue::Hash::operator()(const Uuid& uuid) const {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  std::memcpy(&low, uuid.wire.data(), 8);
  std::memcpy(&high, uuid.wire.data() + 8, 8);
  return static_cast<std::size_t>((low ^ (high * 0x9E3779B97F4A7C15U)) * 0xBF58476D1CE4E5B9U);
}

std::uint64_t& Queue::counterOf(JobState state) {
  return state == JobState::provisioned ? provisioned_ : state == JobState::refused ? refused_ : failed_;
}

bool Queue::makesWay(const Uuid& uuid, boost::asio::ip::address_v4 address) {
  const auto [latest, isNew] = latest_.try_emplace(address.to_uint(), uuid);
  if (isNew || latest->second == uuid) return true;
  const auto other = jobs_.find(latest->second);
  if (other != jobs_.end() && other->second.address == address) {
    if (other->second.state < JobState::provisioned) return false;
    if (other->second.state != JobState::provisioned) jobs_.erase(other);
  }
  latest->second = uuid;
  return true;
}

Job* Queue::find(const Uuid& uuid) {
  const auto found = jobs_.find(uuid);
  return found == jobs_.end() ? nullptr : &found->second;
}

Job* Queue::admit(const wire::Hello& hello, boost::asio::ip::address_v4 address) {
  const auto* known = find(hello.uuid);
  const bool hasReturned = known && known->state == JobState::provisioned && known->address == address &&
                           std::chrono::steady_clock::now() - known->finishedAt >= kOnItsWay;
  auto* job = begin(hello.uuid, address, hasReturned);
  if (job) job->hello = hello;
  return job;
}

Job* Queue::admit(const Uuid& uuid, boost::asio::ip::address_v4 address, bool anew) {
  auto* job = begin(uuid, address, anew);
  if (!job) return nullptr;
  job->byAgent = true;
  job->hello.uuid = uuid;
  job->hello.credentials = std::vector<wire::RootHash>();
  return job;
}

Job* Queue::admit(const Uuid& uuid, Errand errand) {
  auto* job = find(uuid);
  if (!job || job->state != JobState::provisioned) return nullptr;
  --provisioned_;
  job->state = JobState::fresh;
  job->errand = errand;
  job->hasReturned = true;
  job->attempts = 0;
  return job;
}

Job* Queue::begin(const Uuid& uuid, boost::asio::ip::address_v4 address, bool anew) {
  if (!makesWay(uuid, address)) return nullptr;
  auto& job = jobs_[uuid];
  const bool over = job.state == JobState::refused || job.state == JobState::failed;
  if (over || (anew && job.state == JobState::provisioned)) {
    --counterOf(job.state);
  } else if (job.helloAt != std::chrono::steady_clock::time_point{}) {
    return nullptr;
  }
  job.uuid = uuid;
  job.address = address;
  job.hasReturned |= job.state == JobState::provisioned;
  job.state = JobState::fresh;
  job.attempts = 0;
  job.helloAt = std::chrono::steady_clock::now();
  job.byAgent = false;
  job.otp.reset();
  job.heardFrom.reset();
  job.otpCreated = std::numeric_limits<std::int64_t>::max();
  job.steps.clear();
  return &job;
}

void Queue::enqueue(Job& job) {
  if (job.state != JobState::retrying) ++waiting_;
  job.state = JobState::waiting;
  line_.push_back(&job);
}

Job* Queue::startNext() {
  if (line_.empty() || running_ >= concurrency_) return nullptr;
  Job* job = line_.front();
  line_.pop_front();
  --waiting_;
  ++running_;
  ++job->attempts;
  job->state = JobState::running;
  return job;
}

void Queue::retryLater(Job& job) {
  --running_;
  ++waiting_;
  job.state = JobState::retrying;
}

void Queue::finish(Job& job, Result result) {
  if (job.state == JobState::running) --running_;
  if (job.state == JobState::waiting || job.state == JobState::retrying) --waiting_;
  job.state = result == Result::provisioned ? JobState::provisioned
              : result == Result::refused   ? JobState::refused
                                            : JobState::failed;
  ++counterOf(job.state);
  job.finishedAt = std::chrono::steady_clock::now();
  if (result == Result::provisioned || job.errand != Errand::none) job.progress.reset();
  job.errand = Errand::none;
  job.hello = {};
  job.steps = {};
}

std::uint64_t Queue::count(Result result) const {
  return result == Result::provisioned ? provisioned_ : result == Result::refused ? refused_ : failed_;
}

}  // namespace vme::servicepoint

#include "runtime/state_store.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace vme::runtime {
namespace {

constexpr std::size_t kMostWaiting = 64U << 20U;

}  // namespace

StateStore::StateStore(const std::filesystem::path& file, const StateFacts& facts)
    : file_(file), database_(std::make_unique<StateDatabase>(file, facts)) {}

StateStore::~StateStore() {
  finish();
}

void StateStore::start() {
  thread_ = std::thread([this] { work(); });
}

void StateStore::put(std::vector<StateRow> rows, const SavedClock& clock) {
  {
    const std::lock_guard lock(mutex_);
    if (failure_) return;
    for (const auto& row : rows) waitingBytes_ += row.image.size();
    if (waiting_.empty()) {
      waiting_ = std::move(rows);
    } else {
      std::ranges::move(rows, std::back_inserter(waiting_));
    }
    if (!clock_ || clock.time > clock_->time) clock_ = clock;
  }
  changed_.notify_one();
}

bool StateStore::hasRoom() const {
  const std::lock_guard lock(mutex_);
  return waitingBytes_ < kMostWaiting;
}

void StateStore::check() const {
  const std::lock_guard lock(mutex_);
  if (failure_) std::rethrow_exception(failure_);
}

void StateStore::finish() {
  if (thread_.joinable()) {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_one();
    thread_.join();
  }
  database_.reset();
}

void StateStore::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return clock_ || stopping_; });
    if (!clock_) return;
    const auto rows = std::exchange(waiting_, {});
    const auto clock = *std::exchange(clock_, std::nullopt);
    waitingBytes_ = 0;
    lock.unlock();
    std::exception_ptr failure;
    try {
      database_->write(rows, clock);
    } catch (const std::exception&) {
      failure = std::current_exception();
    }
    lock.lock();
    if (!failure) continue;
    failure_ = failure;
    waiting_.clear();
    clock_.reset();
    return;
  }
}

}  // namespace vme::runtime

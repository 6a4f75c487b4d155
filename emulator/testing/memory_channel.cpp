#include "testing/memory_channel.hpp"

#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <string>

namespace vme::testing {
namespace {

using Clock = std::chrono::steady_clock;
namespace asio = net::asio;

struct Direction {
  explicit Direction(asio::any_io_executor executor) : arrived(executor, Clock::time_point::max()) {}
  std::string bytes;
  bool ended = false;
  bool reset = false;
  asio::steady_timer arrived;  // cancelled when something changes
};

struct Pair {
  Pair(asio::any_io_executor executor, const MemoryPairOptions& given)
      : options(given), directions{Direction(executor), Direction(executor)} {}
  MemoryPairOptions options;
  std::size_t operations = 0;
  Direction directions[2];

  bool failsNow() { return operations++ >= options.failAfter; }
};

class MemoryChannel final : public net::Channel {
 public:
  MemoryChannel(std::shared_ptr<Pair> pair, std::size_t side, asio::any_io_executor executor)
      : pair_(std::move(pair)), side_(side), executor_(std::move(executor)) {}
  ~MemoryChannel() override { end(false); }

  net::Task<Result<std::size_t>> read(std::span<std::uint8_t> into) override {
    auto& in = pair_->directions[1 - side_];
    if (pair_->failsNow()) co_return fail({}, net::kReset);
    while (in.bytes.empty()) {
      if (closed_) co_return fail({}, net::kCancelled);
      if (in.reset) co_return fail({}, net::kReset);
      if (in.ended) co_return 0;
      if (Clock::now() >= deadline_) co_return fail({}, net::kTimedOut);
      in.arrived.expires_at(deadline_);
      boost::system::error_code ignored;
      co_await in.arrived.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
    const auto count = std::min({into.size(), in.bytes.size(), pair_->options.readSize});
    std::copy_n(in.bytes.begin(), count, into.begin());
    in.bytes.erase(0, count);
    co_return count;
  }

  net::Task<Result<void>> write(ByteView bytes) override {
    auto& out = pair_->directions[side_];
    if (closed_) co_return fail({}, net::kCancelled);
    if (pair_->failsNow() || pair_->directions[1 - side_].reset) co_return fail({}, net::kReset);
    out.bytes += asText(bytes);
    out.arrived.cancel();
    co_return Result<void>{};
  }

  net::Task<void> close() override {
    end(false);
    co_return;
  }
  void reset() override { end(true); }
  void setDeadline(Clock::time_point deadline) override {
    deadline_ = deadline;
    pair_->directions[1 - side_].arrived.cancel();
  }
  asio::any_io_executor executor() override { return executor_; }

 private:
  void end(bool reset) {
    if (closed_) return;
    closed_ = true;
    auto& out = pair_->directions[side_];
    out.ended = true;
    out.reset = reset;
    if (reset) out.bytes.clear();
    for (auto& direction : pair_->directions) direction.arrived.cancel();
  }

  std::shared_ptr<Pair> pair_;
  std::size_t side_;
  asio::any_io_executor executor_;
  Clock::time_point deadline_ = Clock::time_point::max();
  bool closed_ = false;
};

}  // namespace

std::pair<std::unique_ptr<net::Channel>, std::unique_ptr<net::Channel>> makeMemoryPair(
    asio::any_io_executor executor, const MemoryPairOptions& options) {
  auto pair = std::make_shared<Pair>(executor, options);
  return {std::make_unique<MemoryChannel>(pair, 0, executor), std::make_unique<MemoryChannel>(pair, 1, executor)};
}

}  // namespace vme::testing

#include "net/faulty_channel.hpp"

#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace vme::net {
namespace {

using Clock = std::chrono::steady_clock;

Clock::duration timeFor(std::size_t bytes, std::uint64_t rate) {
  if (rate == 0) return {};
  const std::chrono::duration<double> seconds(static_cast<double>(bytes) / static_cast<double>(rate));
  return std::chrono::duration_cast<Clock::duration>(seconds);
}

}  // namespace

struct FaultyChannel::Impl {
  Impl(std::unique_ptr<Channel> channel, const ChannelFaults& given)
      : under(std::move(channel)), faults(given), readTimer(under->executor()), writeTimer(under->executor()) {}

  std::unique_ptr<Channel> under;
  ChannelFaults faults;
  asio::steady_timer readTimer, writeTimer;
  Clock::time_point deadline = Clock::time_point::max();
  std::uint64_t pieces = 0;  // that have arrived or left
  std::uint64_t passed = 0, written = 0;
  bool ended = false;     // by reset
  bool cutShort = false;  // in order, after closeAfter

  /// How long a piece is on its way.
  Clock::duration delay(std::size_t bytes, std::uint64_t rate) {
    const auto number = pieces++;
    Clock::duration total = faults.latency + timeFor(bytes, rate);
    if (faults.jitter.count() > 0) {
      const auto most = static_cast<std::uint64_t>(faults.jitter.count()) + 1;
      total += ChannelFaults::Milliseconds(faults.draw.below(most, "wire-jitter", number));
    }
    if (faults.loss > 0 && faults.draw.unit("wire-loss", number) < faults.loss) total += faults.stall;
    return total;
  }

  Task<Result<void>> pause(asio::steady_timer& timer, Clock::duration duration) {
    const auto until = Clock::now() + duration;
    while (duration.count() > 0 && Clock::now() < until) {
      if (ended) co_return fail({}, kCancelled);
      if (Clock::now() >= deadline) co_return fail({}, kTimedOut);
      timer.expires_at(std::min(until, deadline));
      boost::system::error_code ignored;
      co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
    if (ended) co_return fail({}, kCancelled);
    co_return Result<void>{};
  }

  /// How many of so many bytes may still pass before the reset.
  std::size_t room(std::size_t wanted) const {
    if (faults.resetAfter == 0) return wanted;
    return static_cast<std::size_t>(
        std::min<std::uint64_t>(wanted, faults.resetAfter - std::min(passed, faults.resetAfter)));
  }

  /// True once the last byte before the reset has passed; resets then.
  bool isSpent() {
    if (faults.resetAfter == 0 || passed < faults.resetAfter) return false;
    end();
    return true;
  }

  void end() {
    ended = true;
    under->reset();
    readTimer.cancel();
    writeTimer.cancel();
  }

  Task<Result<void>> writePiece(ByteView piece) {
    if (const auto waited = co_await pause(writeTimer, delay(piece.size(), faults.writeRate)); !waited) {
      co_return waited;
    }
    const auto sent = co_await under->write(piece);
    passed += piece.size();
    written += piece.size();
    co_return sent;
  }
};

FaultyChannel::FaultyChannel(std::unique_ptr<Channel> under, const ChannelFaults& faults)
    : impl_(std::make_unique<Impl>(std::move(under), faults)) {}
FaultyChannel::~FaultyChannel() = default;

Task<Result<std::size_t>> FaultyChannel::read(std::span<std::uint8_t> into) {
  auto& impl = *impl_;
  if (impl.ended) co_return fail({}, kCancelled);
  if (impl.isSpent()) co_return fail({}, kReset);
  auto most = impl.room(into.size());
  // A slow reader takes little at a time, so that the peer's window fills.
  if (impl.faults.readRate > 0)
    most = std::min<std::size_t>(most, std::max<std::uint64_t>(1, impl.faults.readRate / 10));
  const auto got = co_await impl.under->read(into.first(most));
  if (!got || *got == 0) co_return got;
  impl.passed += *got;
  if (const auto waited = co_await impl.pause(impl.readTimer, impl.delay(*got, impl.faults.readRate)); !waited) {
    co_return std::unexpected(waited.error());
  }
  if (impl.isSpent()) co_return fail({}, kReset);
  co_return got;
}

Task<Result<void>> FaultyChannel::write(ByteView bytes) {
  auto& impl = *impl_;
  while (!bytes.empty()) {
    if (impl.ended || impl.cutShort) co_return fail({}, kCancelled);
    auto size = impl.faults.piece > 0 ? std::min<std::size_t>(bytes.size(), impl.faults.piece) : bytes.size();
    size = impl.room(size);
    if (impl.faults.closeAfter > 0) {
      size = static_cast<std::size_t>(std::min<std::uint64_t>(size, impl.faults.closeAfter - impl.written));
    }
    if (size > 0) {
      if (const auto sent = co_await impl.writePiece(bytes.first(size)); !sent) co_return sent;
      bytes = bytes.subspan(size);
    }
    if (impl.isSpent()) co_return fail({}, kReset);
    if (impl.faults.closeAfter == 0 || impl.written < impl.faults.closeAfter) continue;
    impl.cutShort = true;
    co_await impl.under->close();
    co_return fail({}, kCancelled);
  }
  co_return Result<void>{};
}

Task<void> FaultyChannel::close() {
  if (!impl_->ended && !impl_->cutShort) co_await impl_->under->close();
}

void FaultyChannel::reset() {
  impl_->end();
}

void FaultyChannel::setDeadline(Clock::time_point deadline) {
  impl_->deadline = deadline;
  impl_->readTimer.cancel();
  impl_->writeTimer.cancel();
  impl_->under->setDeadline(deadline);
}

asio::any_io_executor FaultyChannel::executor() {
  return impl_->under->executor();
}

}  // namespace vme::net

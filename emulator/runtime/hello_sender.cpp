#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "net/spawn.hpp"
#include "runtime/shard.hpp"

namespace vme::runtime {
namespace {

using namespace std::chrono_literals;
constexpr unsigned kConnectWindow = 256;
constexpr auto kConnectTimeout = 10s;
constexpr auto kFarewell = 5s;  // for the service point to close its side

constexpr auto kBetweenPieces = 20ms;  // so that they are segments of their own

template <typename Hello>
net::Task<Result<void>> writeHello(net::Channel& channel, const Hello& hello) {
  const ByteView message(hello.message);
  if (!hello.split || message.size() < 2) co_return co_await channel.write(message);
  Result<void> sent;
  for (std::size_t at = 0; sent && at < message.size(); at += message.size() / 3 + 1) {
    sent = co_await channel.write(message.subspan(at, std::min(message.size() - at, message.size() / 3 + 1)));
    asio::steady_timer timer(channel.executor(), kBetweenPieces);
    boost::system::error_code ignored;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
  co_return sent;
}

/// Until the peer has had enough.
net::Task<void> awaitEnd(net::Channel& channel) {
  channel.setDeadline(std::chrono::steady_clock::time_point::max());
  std::array<std::uint8_t, 256> ignored{};
  Result<std::size_t> got = 1;
  while (got && *got > 0) got = co_await channel.read(ignored);
}

tcp::endpoint endpointOf(std::uint64_t number) {
  return {asio::ip::address_v4(static_cast<std::uint32_t>(number >> 16U)), static_cast<std::uint16_t>(number)};
}

}  // namespace

void Shard::queueHello(Hello hello) {
  if (!shared_.plan.options.sendHellos) return;
  waitingHellos_.push_back(std::move(hello));
  startHellos();
}

void Shard::startHellos() {
  const auto& options = shared_.plan.options;
  const double rate = options.helloRate / options.shards;
  const auto now = Clock::now();
  const std::chrono::duration<double> passed = now - helloTokensAt_;
  helloTokens_ = std::min(helloTokens_ + passed.count() * rate, std::max(1.0, rate * 0.1));
  helloTokensAt_ = now;
  while (!waitingHellos_.empty() && runningHellos_ < kConnectWindow && helloTokens_ >= 1.0) {
    helloTokens_ -= 1.0;
    ++runningHellos_;
    ++shared_.inFlight;
    auto hello = std::move(waitingHellos_.front());
    waitingHellos_.pop_front();
    net::spawn(context_.get_executor(), sendHello(std::move(hello)));
  }
  if (waitingHellos_.empty() || helloTokens_ >= 1.0) return;
  const std::chrono::duration<double> untilNext((1.0 - helloTokens_) / rate);
  helloTimer_.expires_after(std::chrono::duration_cast<Clock::duration>(untilNext) + 1ms);
  helloTimer_.async_wait([this](boost::system::error_code error) {
    if (!error) startHellos();
  });
}

net::Task<void> Shard::sendHello(Hello hello) {
  const auto local = hello.local;
  const asio::ip::address_v4 source(hello.source != 0 ? hello.source
                                                      : shared_.plan.addressOf(machines_.globalIndex(local)));
  auto target = endpointOf(shared_.servicePoint.load(std::memory_order_relaxed));
  if (hello.target != 0) target.address(asio::ip::address_v4(hello.target));
  auto dialled = co_await net::connectTcp(context_.get_executor(), source, target, kConnectTimeout);
  std::unique_ptr<net::Channel> channel;
  Result<void> sent;
  if (dialled) {
    const auto server = net::captureEnd(net::ipv4Of(target).to_uint(), target.port());
    const auto flow = captured(local, (*dialled)->localPort(), server, true);
    channel = std::move(*dialled);
    if (flow) channel = std::make_unique<net::TapChannel>(std::move(channel), flow);
    channel->setDeadline(Clock::now() + kFarewell);
    sent = co_await writeHello(*channel, hello);
    if (!hello.staysOpen) co_await channel->close();
  } else {
    sent = std::unexpected(dialled.error());
  }
  if (sent) {
    ++counters_.hellos;
    auto& remembered = machines_.remembered(local);
    ++remembered.hellosSent;
    if (isSilence(remembered.lastRefusal)) remembered.lastRefusal = Reason::none;
    tell(Happening::Kind::helloSent, local, Reason::none, {});
  } else {
    tell(Happening::Kind::helloFailed, local, Reason::connectFailed, sent.error().message());
  }
  if (hello.moveTo != 0) shared_.plan.moved->move(machines_.globalIndex(local), hello.moveTo);
  if (channel && hello.staysOpen) co_await awaitEnd(*channel);
  --runningHellos_;
  --shared_.inFlight;
  startHellos();
}

}  // namespace vme::runtime

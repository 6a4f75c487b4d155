#include "net/spawn.hpp"
#include "runtime/shard.hpp"

namespace vme::runtime {
namespace {

using namespace std::chrono_literals;
constexpr unsigned kConnectWindow = 256;
constexpr auto kConnectTimeout = 10s;
constexpr auto kFarewell = 5s;  // for the service point to close its side

}  // namespace

void Shard::queueHello(std::uint32_t local, Bytes message) {
  if (!shared_.plan.options.sendHellos) return;
  waitingHellos_.emplace_back(local, std::move(message));
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
    auto [local, message] = std::move(waitingHellos_.front());
    waitingHellos_.pop_front();
    net::spawn(context_.get_executor(), sendHello(local, std::move(message)));
  }
  if (waitingHellos_.empty() || helloTokens_ >= 1.0) return;
  const std::chrono::duration<double> untilNext((1.0 - helloTokens_) / rate);
  helloTimer_.expires_after(std::chrono::duration_cast<Clock::duration>(untilNext) + 1ms);
  helloTimer_.async_wait([this](boost::system::error_code error) {
    if (!error) startHellos();
  });
}

net::Task<void> Shard::sendHello(std::uint32_t local, Bytes message) {
  const auto& options = shared_.plan.options;
  const asio::ip::address_v4 source(options.addresses.address(machines_.globalIndex(local)));
  auto channel = co_await net::connectTcp(context_.get_executor(), source, options.servicePoint, kConnectTimeout);
  Result<void> sent;
  if (channel) {
    (*channel)->setDeadline(Clock::now() + kFarewell);
    sent = co_await (*channel)->write(message);
    co_await (*channel)->close();
  } else {
    sent = std::unexpected(channel.error());
  }
  if (sent) {
    ++counters_.hellos;
    ++machines_.remembered(local).hellosSent;
    tell(Happening::Kind::helloSent, local, Reason::none, {});
  } else {
    tell(Happening::Kind::helloFailed, local, Reason::connectFailed, sent.error().message());
  }
  --runningHellos_;
  --shared_.inFlight;
  startHellos();
}

}  // namespace vme::runtime

#include "servicepoint/dial.hpp"

#include <fmt/format.h>

#include <optional>

namespace vme::servicepoint {

net::Task<Attempt<std::unique_ptr<net::TlsChannel>>> dial(const Target& target, const net::TlsClientOptions& tls,
                                                          StepLog* log) {
  std::optional<StepLog::Timer> timer;
  if (log) timer.emplace(*log, StepId::connect);
  auto tcp = co_await net::connectTcp(target.executor, net::asio::ip::address(), target.endpoint, target.timeout);
  if (!tcp) {
    co_return failed(Reason::connectFailed, fmt::format("connect to {}:{}: {}", target.endpoint.address().to_string(),
                                                        target.endpoint.port(), tcp.error().text));
  }
  if (log) {
    timer.reset();
    timer.emplace(*log, StepId::handshake);
  }
  auto channel = std::make_unique<net::TlsChannel>(std::move(*tcp), tls);
  channel->setDeadline(std::chrono::steady_clock::now() + target.timeout);
  const auto done = co_await channel->handshake();
  if (!done) co_return std::unexpected(handshakeFailure(done.error(), !tls.pskIdentity.empty()));
  co_return channel;
}

}  // namespace vme::servicepoint

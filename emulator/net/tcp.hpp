#pragma once
// TCP: channels, listeners that find the destination address, and connections from a given source address.

#include <boost/asio/ip/tcp.hpp>
#include <functional>

#include "net/channel.hpp"

namespace vme::net {

using asio::ip::tcp;

class TcpChannel final : public Channel {
 public:
  explicit TcpChannel(tcp::socket socket);
  ~TcpChannel() override;

  Task<Result<std::size_t>> read(std::span<std::uint8_t> into) override;
  Task<Result<void>> write(ByteView bytes) override;
  Task<void> close() override;
  void reset() override;
  void setDeadline(std::chrono::steady_clock::time_point deadline) override;
  asio::any_io_executor executor() override;
  /// 0 when there is none any more.
  std::uint16_t localPort() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// From `source` (unspecified: any; the port is chosen at connect time) to `destination`.
Task<Result<std::unique_ptr<TcpChannel>>> connectTcp(asio::any_io_executor executor, asio::ip::address source,
                                                     tcp::endpoint destination,
                                                     std::chrono::steady_clock::duration timeout);

/// Of a peer at a socket of either family; 0.0.0.0 for what is no IPv4 address.
asio::ip::address_v4 ipv4Of(const tcp::endpoint& peer);

/// How a wildcard listener is kept from the outside world.
enum class Exposure {
  loopbackOnly,  // bound to the device lo: nothing from outside reaches it, whatever its address
  anywhere,
};

struct Accepted {
  tcp::socket socket;
  asio::ip::address_v4 local;  // the address that the peer dialled
  tcp::endpoint peer;
};

/// A listener on `address`:`port`, backlog as large as the kernel takes. 0.0.0.0 accepts every address of the machine.
/// Several listeners with `share` on one port divide its connections (SO_REUSEPORT). Throws EnvironmentError, naming
/// address and port and what to do, when it cannot listen.
class Listener {
 public:
  Listener(asio::any_io_executor executor, asio::ip::address_v4 address, std::uint16_t port, Exposure exposure,
           bool share = false);
  std::uint16_t port() const;
  /// Nothing once it is closed. Waits and goes on when descriptors run out.
  Task<std::optional<Accepted>> accept();
  void close();

 private:
  tcp::acceptor acceptor_;
};

}  // namespace vme::net

#pragma once
// The hello port: takes one binary block a connection, strictly, and outlives whatever else arrives there. Nothing is
// ever answered (provisioning.md 1.1).

#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <string>

#include "net/tcp.hpp"
#include "wire/hello.hpp"

namespace vme::servicepoint {

class HelloListener {
 public:
  struct Limits {
    std::chrono::milliseconds deadline{5000};  // a connection that has not ended by then is malformed
    unsigned open = 512;                       // further connections wait in the kernel's backlog
  };
  struct Events {
    std::function<void(const wire::Hello&, net::asio::ip::address_v4 peer)> onHello;
    std::function<void(net::asio::ip::address_v4 peer, const std::string& why)> onMalformed;
  };

  /// Opens the port: EnvironmentError.
  HelloListener(net::asio::any_io_executor executor, net::asio::ip::address_v4 address, std::uint16_t port,
                net::Exposure exposure, Events events, Limits limits);

  void start();
  void close();
  std::uint16_t port() const { return listener_.port(); }

 private:
  net::Task<void> acceptAll();
  net::Task<void> serve(net::Accepted accepted);

  net::asio::any_io_executor executor_;
  net::Listener listener_;
  Events events_;
  Limits limits_;
  unsigned open_ = 0;
  net::asio::steady_timer room_;  // cancelled when a connection ends
};

}  // namespace vme::servicepoint

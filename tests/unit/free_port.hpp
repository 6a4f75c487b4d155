#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <cstdint>
#include <deque>
#include <string>

namespace vme {

/// A port that nobody listens at, and that no other test gets while this process lives, so that tests can run beside
/// each other: it holds a socket of the port's name for it. Below the ports that connections get by themselves.
inline std::uint16_t freePort() {
  using boost::asio::ip::tcp;
  using boost::asio::local::stream_protocol;
  static boost::asio::io_context context;
  static std::deque<stream_protocol::acceptor> claims;
  static std::uint16_t next = 10'000;
  for (;;) {
    const auto port = next++;
    auto& claim = claims.emplace_back(context, stream_protocol());
    boost::system::error_code taken;
    // A name that begins with a zero byte is no file, and ends with the process.
    claim.bind(stream_protocol::endpoint(std::string(1, '\0') + "vme-port-" + std::to_string(port)), taken);
    if (!taken) {
      tcp::acceptor acceptor(context, tcp::v4());
      acceptor.bind(tcp::endpoint(tcp::v4(), port), taken);
      if (!taken) return port;
    }
    claims.pop_back();
  }
}

}  // namespace vme

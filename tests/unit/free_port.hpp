#pragma once

#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>

namespace vme {

/// A port that nobody listens at: below those that connections get by themselves, and in each test process another, so
/// that tests can run beside each other.
inline std::uint16_t freePort() {
  using boost::asio::ip::tcp;
  constexpr unsigned kFirst = 10'000, kEach = 8, kProcesses = 1'000;
  static unsigned used = 0;
  boost::asio::io_context context;
  for (;;) {
    const auto slot = (static_cast<unsigned>(getpid()) % kProcesses * kEach + used++) % (kProcesses * kEach);
    const auto port = static_cast<std::uint16_t>(kFirst + slot);
    tcp::acceptor acceptor(context, tcp::v4());
    boost::system::error_code taken;
    acceptor.bind(tcp::endpoint(tcp::v4(), port), taken);
    if (!taken) return port;
  }
}

}  // namespace vme

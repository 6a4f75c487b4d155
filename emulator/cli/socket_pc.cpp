#include "cli/socket_pc.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>

namespace vme::cli {

SocketPc::SocketPc(net::asio::any_io_executor executor, const std::string& socket, host::PcFacts facts,
                   std::uint64_t seed)
    : executor_(executor), device_(executor, socket), facts_(std::move(facts)), draw_(seed, 0) {}

std::int64_t SocketPc::now() const {
  using namespace std::chrono;
  return duration_cast<std::chrono::seconds>(system_clock::now().time_since_epoch()).count();
}

net::Task<void> SocketPc::wait(MeDuration duration) {
  net::asio::steady_timer timer(executor_, std::chrono::milliseconds(duration.ms));
  co_await timer.async_wait(net::asio::use_awaitable);
}

Bytes SocketPc::random(std::size_t bytes, std::string_view purpose, std::uint64_t number) const {
  Bytes out(bytes);
  draw_.fill(out, purpose, number);
  return out;
}

net::Task<host::Pc::Flashed> SocketPc::flash(const host::FirmwareImage&) {
  co_return Flashed{Reason::updateRefused, "the flash of a machine in another process cannot be written from here"};
}

net::Task<void> SocketPc::reboot() {
  co_return;
}

}  // namespace vme::cli

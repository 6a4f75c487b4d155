#include "devmei/session.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <utility>

#include "devmei/seqpacket.hpp"
#include "net/spawn.hpp"

namespace vme::devmei {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using net::Task;
using net::asio::posix::stream_descriptor;
using wire::heci::Error;

constexpr auto kConnectTime = 15s;  // of the mei driver (heci.md 1.1)
constexpr auto kClosingTime = 1s;   // for a message that was written before the host closed, until the ME has room
constexpr std::size_t kMaxUnconnected = 4160;
constexpr std::size_t kMostQueued = 1000;  // more than a socket's buffer holds

std::uint8_t errnoOf(Error error) {
  // The driver gives up on a firmware that does not answer with this, not with ETIME.
  return error == Error::timedOut ? EFAULT : static_cast<std::uint8_t>(error);
}

}  // namespace

Session::Session(Parts parts)
    : life_(std::move(parts.life)),
      id_(parts.id),
      socket_(parts.executor, parts.socket.release()),
      file_(std::move(parts.file)),
      tell_(std::move(parts.tell)),
      ended_(std::move(parts.ended)),
      released_(parts.executor, net::asio::steady_timer::time_point::max()) {
  tellEnd(socket_.native_handle());
}

void Session::start() {
  net::spawn(executor(), upwards());
  net::spawn(executor(), watchEnd());
}

void Session::connect(const Uuid& client) {
  if (phase_ == Phase::connecting || phase_ == Phase::connected) {
    tell_(Connected{id_, errnoOf(Error::busy), {}});
    return;
  }
  phase_ = Phase::connecting;
  net::spawn(executor(), finishConnect(client));
}

Task<void> Session::finishConnect(Uuid client) {
  const auto self = shared_from_this();
  file_->setDeadline(Clock::now() + kConnectTime);
  const auto connected = co_await file_->connect(client);
  if (phase_ == Phase::closed) co_return;
  file_->setDeadline(Clock::time_point::max());
  dropQueued();  // a host sends nothing that counts until it is told that it is connected
  phase_ = connected ? Phase::connected : Phase::unconnected;
  if (connected) properties_ = *connected;
  tell_(Connected{id_, connected ? std::uint8_t{0} : errnoOf(connected.error()), properties_});
  if (connected) net::spawn(executor(), downwards());
}

void Session::dropQueued() {
  for (std::size_t i = 0; i < kMostQueued && receiveDatagram(socket_.native_handle(), {}).outcome == Io::done; ++i) {
  }
}

Task<void> Session::upwards() {
  const auto self = shared_from_this();
  Bytes buffer(kMaxUnconnected);
  while (phase_ != Phase::closed) {
    buffer.resize(std::max<std::size_t>(buffer.size(), properties_.maxMessage));
    const auto received = receiveDatagram(socket_.native_handle(), buffer);
    if (received.outcome == Io::closed) break;
    if (received.outcome == Io::wouldBlock) {
      co_await socket_.async_wait(stream_descriptor::wait_read, net::kUseTuple);
      continue;
    }
    co_await net::asio::post(executor(), net::asio::use_awaitable);  // a host that sends without end is not alone here
    if (phase_ == Phase::closed) break;
    const bool fits = received.size > 0 && received.size <= properties_.maxMessage;
    if (phase_ != Phase::connected || !fits) continue;
    writing_ = true;
    const auto written = co_await file_->write(ByteView(buffer).first(received.size));
    writing_ = false;
    if (!written && written.error() != Error::tooLong) {
      lose();
      break;
    }
  }
  close();
}

Task<void> Session::downwards() {
  const auto self = shared_from_this();
  while (phase_ == Phase::connected) {
    auto message = co_await file_->read();
    if (phase_ == Phase::closed) co_return;
    if (!message) {
      lose();
      break;
    }
    co_await deliver(std::move(*message));
  }
  close();
}

Task<void> Session::deliver(Bytes message) {
  while (held_) co_await released_.async_wait(net::kUseTuple);
  const auto first = std::exchange(first_, 0);
  ByteView rest(message);
  if (first > 0 && first < rest.size()) {
    if (!co_await sendWhole(rest.first(first))) co_return;
    rest = rest.subspan(first);
  }
  co_await sendWhole(rest);
}

Task<bool> Session::sendWhole(ByteView datagram) {
  while (phase_ == Phase::connected) {
    // A hold may come while the host has no room.
    if (held_) {
      co_await released_.async_wait(net::kUseTuple);
      continue;
    }
    const auto sent = sendDatagram(socket_.native_handle(), datagram);
    if (sent == Io::done) co_return true;
    if (sent == Io::closed) co_return false;
    co_await socket_.async_wait(stream_descriptor::wait_write, net::kUseTuple);
  }
  co_return false;
}

/// A host that closes while the ME has no room for its last message does not keep the file open for ever.
Task<void> Session::watchEnd() {
  const auto self = shared_from_this();
  co_await socket_.async_wait(stream_descriptor::wait_error, net::kUseTuple);
  if (phase_ != Phase::closed && writing_) file_->setDeadline(Clock::now() + kClosingTime);
}

void Session::hold() {
  held_ = true;
  first_ = 0;
  tell_(Held{id_});
}

void Session::release(std::uint32_t first) {
  held_ = false;
  first_ = first;
  released_.cancel();
}

void Session::lose() {
  if (phase_ != Phase::closed) tell_(Disconnected{id_});
}

void Session::close() {
  if (std::exchange(phase_, Phase::closed) == Phase::closed) return;
  held_ = false;
  released_.cancel();
  file_->setDeadline(Clock::time_point::min());
  boost::system::error_code ignored;
  socket_.close(ignored);
  ended_(id_);
}

}  // namespace vme::devmei

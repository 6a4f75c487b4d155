#include "net/tcp.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <array>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <optional>

namespace vme::net {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using boost::system::error_code;
constexpr auto kDrainTime = 2s;  // for the peer to end its side, so that it is not met by a reset while it reads
constexpr std::size_t kDrainBytes = 64U << 10U;
constexpr auto kPause = 20ms;  // until the machine may have descriptors again
constexpr int kBacklog = 4096;

template <int Level, int Name>
struct SocketFlag {
  int value = 1;
  int level(const auto&) const { return Level; }
  int name(const auto&) const { return Name; }
  const void* data(const auto&) const { return &value; }
  std::size_t size(const auto&) const { return sizeof value; }
};
using BindAddressNoPort = SocketFlag<IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT>;
using ReusePort = SocketFlag<SOL_SOCKET, SO_REUSEPORT>;

struct BindToLoopbackDevice {
  int level(const auto&) const { return SOL_SOCKET; }
  int name(const auto&) const { return SO_BINDTODEVICE; }
  const void* data(const auto&) const { return "lo"; }
  std::size_t size(const auto&) const { return 3; }
};

}  // namespace

struct TcpChannel::Impl {
  explicit Impl(tcp::socket s) : socket(std::move(s)), timer(socket.get_executor()) {}

  tcp::socket socket;
  asio::steady_timer timer;
  Clock::time_point deadline = Clock::time_point::max();
  Clock::time_point armedUntil = Clock::time_point::max();  // what the timer waits for
  bool expired = false;
  unsigned waiting = 0;  // operations under way, which the timer watches: a read, a write, or both
  std::shared_ptr<bool> alive = std::make_shared<bool>(true);

  std::unexpected<Error> failure(const error_code& error) const {
    if (expired) return fail({}, kTimedOut);
    if (error == asio::error::operation_aborted || error == asio::error::bad_descriptor) return fail({}, kCancelled);
    if (error == asio::error::connection_reset || error == asio::error::broken_pipe) return fail({}, kReset);
    return fail({}, error.message());
  }

  void watch() {
    ++waiting;
    if (deadline != Clock::time_point::max()) arm();
  }
  void unwatch() { --waiting; }

  /// One timer wait serves many operations: it is put off lazily, when it fires too early.
  void arm() {
    if (armedUntil <= deadline) return;
    armedUntil = deadline;
    timer.expires_at(deadline);
    timer.async_wait([this, guard = std::weak_ptr(alive)](error_code error) {
      if (error || guard.expired()) return;
      armedUntil = Clock::time_point::max();
      if (waiting == 0) return;
      if (Clock::now() < deadline) {
        if (deadline != Clock::time_point::max()) arm();
        return;
      }
      expired = true;
      error_code ignored;
      socket.cancel(ignored);
    });
  }
};

TcpChannel::TcpChannel(tcp::socket socket) : impl_(std::make_unique<Impl>(std::move(socket))) {
  error_code ignored;
  impl_->socket.set_option(tcp::no_delay(true), ignored);
}

TcpChannel::~TcpChannel() = default;

Task<Result<std::size_t>> TcpChannel::read(std::span<std::uint8_t> into) {
  auto& impl = *impl_;
  if (!impl.socket.is_open()) co_return fail({}, kCancelled);
  if (Clock::now() >= impl.deadline) co_return fail({}, kTimedOut);
  impl.expired = false;
  impl.watch();
  const auto [error, count] = co_await impl.socket.async_read_some(asio::buffer(into.data(), into.size()), kUseTuple);
  impl.unwatch();
  if (error == asio::error::eof) co_return 0;
  if (error) co_return impl.failure(error);
  co_return count;
}

Task<Result<void>> TcpChannel::write(ByteView bytes) {
  auto& impl = *impl_;
  if (!impl.socket.is_open()) co_return fail({}, kCancelled);
  if (Clock::now() >= impl.deadline) co_return fail({}, kTimedOut);
  impl.expired = false;
  impl.watch();
  const auto [error, count] =
      co_await asio::async_write(impl.socket, asio::buffer(bytes.data(), bytes.size()), kUseTuple);
  impl.unwatch();
  if (error) co_return impl.failure(error);
  co_return Result<void>{};
}

Task<void> TcpChannel::close() {
  auto& impl = *impl_;
  if (!impl.socket.is_open()) co_return;
  error_code ignored;
  impl.socket.shutdown(tcp::socket::shutdown_send, ignored);
  impl.deadline = std::min(impl.deadline, Clock::now() + kDrainTime);
  std::array<std::uint8_t, 4096> rest{};
  for (std::size_t drained = 0; drained < kDrainBytes;) {
    const auto got = co_await read(rest);
    if (!got || *got == 0) break;
    drained += *got;
  }
  impl.timer.cancel();
  impl.socket.close(ignored);
}

void TcpChannel::reset() {
  auto& impl = *impl_;
  error_code ignored;
  impl.socket.set_option(asio::socket_base::linger(true, 0), ignored);
  impl.socket.close(ignored);
}

void TcpChannel::setDeadline(Clock::time_point deadline) {
  impl_->deadline = deadline;
  if (impl_->waiting > 0 && deadline != Clock::time_point::max()) impl_->arm();
}

asio::any_io_executor TcpChannel::executor() {
  return impl_->socket.get_executor();
}

std::uint16_t TcpChannel::localPort() const {
  error_code error;
  return impl_->socket.local_endpoint(error).port();
}

asio::ip::address_v4 ipv4Of(const tcp::endpoint& peer) {
  const auto address = peer.address();
  if (address.is_v4()) return address.to_v4();
  const auto v6 = address.to_v6();
  return v6.is_v4_mapped() ? asio::ip::make_address_v4(asio::ip::v4_mapped, v6) : asio::ip::address_v4();
}

Task<Result<std::unique_ptr<TcpChannel>>> connectTcp(asio::any_io_executor executor, asio::ip::address source,
                                                     tcp::endpoint destination, Clock::duration timeout) {
  tcp::socket socket(executor);
  error_code error;
  socket.open(destination.protocol(), error);
  if (error) co_return fail({}, error.message());
  if (!source.is_unspecified()) {
    socket.set_option(BindAddressNoPort{}, error);
    socket.bind({source, 0}, error);
    if (error) co_return fail(source.to_string(), error.message());
  }
  // The timer's handler may still be queued when the connection is there and gone again, so it shares what it touches.
  struct Attempt {
    tcp::socket socket;
    bool expired = false;
  };
  const auto attempt = std::make_shared<Attempt>(Attempt{std::move(socket)});
  asio::steady_timer timer(executor, timeout);
  timer.async_wait([weak = std::weak_ptr(attempt)](error_code waited) {
    const auto pending = weak.lock();
    if (waited || !pending) return;
    pending->expired = true;
    error_code ignored;
    pending->socket.cancel(ignored);
  });
  const auto [failed] = co_await attempt->socket.async_connect(destination, kUseTuple);
  timer.cancel();
  if (attempt->expired) co_return fail({}, kTimedOut);
  if (failed == asio::error::operation_aborted) co_return fail({}, kCancelled);
  if (failed) co_return fail({}, failed.message());
  co_return std::make_unique<TcpChannel>(std::move(attempt->socket));
}

Listener::Listener(asio::any_io_executor executor, asio::ip::address_v4 address, std::uint16_t port, Exposure exposure,
                   bool share)
    : acceptor_(executor) {
  const auto place = address.to_string() + ":" + std::to_string(port);
  error_code error;
  const auto must = [&](const char* what, const char* mend) {
    if (error) throw EnvironmentError(place, std::string(what) + ": " + error.message() + ". " + mend);
  };
  acceptor_.open(tcp::v4(), error);
  must("no socket", "raise the limit of open descriptors (ulimit -n)");
  acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
  if (share) acceptor_.set_option(ReusePort{}, error);
  must("SO_REUSEPORT is refused", "run with one shard");
  if (exposure == Exposure::loopbackOnly && address.is_unspecified()) {
    acceptor_.set_option(BindToLoopbackDevice{}, error);
    must("the listener cannot be kept to the loopback device",
         "needs Linux 5.7 or newer, or CAP_NET_RAW; or name one address");
  }
  acceptor_.bind({address, port}, error);
  must("cannot listen",
       "another program has the port, or the address is not of this machine: end it, or choose another");
  acceptor_.listen(kBacklog, error);
  must("cannot listen", "another program has the port: end it, or choose another");
}

std::uint16_t Listener::port() const {
  error_code error;
  return acceptor_.local_endpoint(error).port();
}

Task<std::optional<Accepted>> Listener::accept() {
  while (acceptor_.is_open()) {
    auto [error, socket] = co_await acceptor_.async_accept(kUseTuple);
    if (error == asio::error::operation_aborted || error == asio::error::bad_descriptor) break;
    if (error == asio::error::connection_aborted) continue;  // the peer was gone before it was accepted
    if (error) {
      asio::steady_timer pause(acceptor_.get_executor(), kPause);
      co_await pause.async_wait(kUseTuple);
      continue;
    }
    error_code gone;
    const auto local = socket.local_endpoint(gone);
    const auto peer = socket.remote_endpoint(gone);
    if (gone) continue;
    co_return Accepted{std::move(socket), local.address().to_v4(), peer};
  }
  co_return std::nullopt;
}

void Listener::close() {
  error_code ignored;
  acceptor_.close(ignored);
}

}  // namespace vme::net

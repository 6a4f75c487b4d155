#include "devmei/client.hpp"

#include <array>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <map>
#include <optional>
#include <utility>

#include "devmei/control.hpp"
#include "devmei/seqpacket.hpp"
#include "net/spawn.hpp"

namespace vme::devmei {

using net::Heci;
using net::HeciFile;
using net::Task;
using net::asio::posix::stream_descriptor;
using wire::heci::Error;
using wire::heci::Properties;
using Clock = std::chrono::steady_clock;

namespace {

Error errorOf(std::uint8_t number) {
  const auto error = static_cast<Error>(number);
  return wire::heci::nameOf(error) == "an error" ? Error::noDevice : error;
}

}  // namespace

/// The control connection, shared by the device, its files and the coroutine that reads it.
struct SocketDevice::Link : std::enable_shared_from_this<Link> {
  Link(net::asio::any_io_executor executor, int fd) : socket(executor, fd) {}

  Task<void> run() {
    const auto self = shared_from_this();
    std::array<std::uint8_t, kMaxControlSize + 1> buffer{};
    while (socket.is_open()) {
      const auto received = receiveDatagram(socket.native_handle(), buffer);
      if (received.outcome == Io::closed) break;
      if (received.outcome == Io::wouldBlock) {
        co_await socket.async_wait(stream_descriptor::wait_read, net::kUseTuple);
        continue;
      }
      const auto message = parseControl(ByteView(buffer).first(std::min(received.size, buffer.size())));
      if (!message) break;
      std::visit([this](const auto& one) { on(one); }, *message);
    }
    close();
  }

  bool tell(const ControlMessage& message, int passed = -1) {
    return socket.is_open() && sendDatagram(socket.native_handle(), encode(message), passed) == Io::done;
  }

  void on(const Opened& message);
  void on(const Connected& message);
  void on(const Disconnected& message);
  template <typename T>
  void on(const T&) {}
  void close();

  stream_descriptor socket;
  SessionId next = 0;
  std::map<SessionId, File*> files;
};

class SocketDevice::File final : public HeciFile {
 public:
  File(std::shared_ptr<Link> link, Descriptor socket)
      : link_(std::move(link)),
        id_(++link_->next),
        socket_(link_->socket.get_executor(), socket.release()),
        deadline_(link_->socket.get_executor()),
        answered_(link_->socket.get_executor(), Clock::time_point::max()) {
    link_->files[id_] = this;
  }
  ~File() override { link_->files.erase(id_); }

  /// Passes the ME its end of the pair.
  Task<Error> open(Descriptor meEnd) {
    if (!link_->tell(Open{id_}, meEnd.get())) co_return Error::noDevice;
    meEnd.reset();
    co_return co_await answer();
  }

  Task<Heci<Properties>> connect(const Uuid& client) override {
    if (gone_ || !link_->tell(Connect{id_, client})) co_return std::unexpected(Error::noDevice);
    const auto error = co_await answer();
    if (error != Error::none) co_return std::unexpected(error);
    connected_ = true;
    co_return properties_;
  }

  Task<Heci<void>> write(ByteView message) override {
    if (!connected_ || gone_) co_return std::unexpected(Error::noDevice);
    if (message.size() > properties_.maxMessage) co_return std::unexpected(Error::tooLong);
    if (message.empty()) co_return Heci<void>{};  // as the driver does
    for (;;) {
      if (gone_) co_return std::unexpected(Error::noDevice);
      if (expired()) co_return std::unexpected(Error::timedOut);
      const auto sent = sendDatagram(socket_.native_handle(), message);
      if (sent == Io::done) co_return Heci<void>{};
      if (sent == Io::closed) co_return std::unexpected(Error::noDevice);
      co_await socket_.async_wait(stream_descriptor::wait_write, net::kUseTuple);
    }
  }

  Task<Heci<Bytes>> read() override {
    if (!connected_) co_return std::unexpected(Error::noDevice);
    Bytes buffer(properties_.maxMessage);
    for (;;) {
      const auto received = receiveDatagram(socket_.native_handle(), buffer);
      if (received.outcome == Io::done) {
        buffer.resize(std::min(received.size, buffer.size()));
        co_return buffer;
      }
      if (received.outcome == Io::closed || gone_) co_return std::unexpected(Error::noDevice);
      if (expired()) co_return std::unexpected(Error::timedOut);
      co_await socket_.async_wait(stream_descriptor::wait_read, net::kUseTuple);
    }
  }

  void setDeadline(Clock::time_point deadline) override {
    until_ = deadline;
    deadline_.expires_at(deadline);
    deadline_.async_wait([this, guard = std::weak_ptr(alive_)](auto error) {
      if (!error && guard.lock()) wake();
    });
    if (expired()) wake();
  }

  void answered(std::uint8_t error, const Properties& properties) {
    answer_ = errorOf(error);
    properties_ = properties;
    answered_.cancel();
  }
  void lose() {
    gone_ = true;
    wake();
  }

 private:
  bool expired() const { return Clock::now() >= until_; }
  void wake() {
    boost::system::error_code ignored;
    socket_.cancel(ignored);
    answered_.cancel();
  }
  Task<Error> answer() {
    while (!answer_) {
      if (gone_) co_return Error::noDevice;
      if (expired()) co_return Error::timedOut;
      co_await answered_.async_wait(net::kUseTuple);
    }
    co_return *std::exchange(answer_, std::nullopt);
  }

  std::shared_ptr<Link> link_;
  SessionId id_;
  stream_descriptor socket_;
  net::asio::steady_timer deadline_;
  net::asio::steady_timer answered_;
  Clock::time_point until_ = Clock::time_point::max();
  std::optional<Error> answer_;
  Properties properties_;
  bool connected_ = false;
  bool gone_ = false;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

void SocketDevice::Link::on(const Opened& message) {
  if (const auto found = files.find(message.session); found != files.end()) found->second->answered(message.error, {});
}

void SocketDevice::Link::on(const Connected& message) {
  if (const auto found = files.find(message.session); found != files.end()) {
    found->second->answered(message.error, message.properties);
  }
}

void SocketDevice::Link::on(const Disconnected& message) {
  if (const auto found = files.find(message.session); found != files.end()) found->second->lose();
}

void SocketDevice::Link::close() {
  boost::system::error_code ignored;
  socket.close(ignored);
  for (const auto& [id, file] : files) file->lose();
}

SocketDevice::SocketDevice(net::asio::any_io_executor executor, const std::string& path)
    : link_(std::make_shared<Link>(executor, connectTo(path).release())) {
  net::spawn(executor, link_->run());
}

SocketDevice::~SocketDevice() {
  link_->close();
}

Task<Heci<std::unique_ptr<HeciFile>>> SocketDevice::open() {
  Descriptor mine;
  Descriptor meEnd;
  try {
    std::tie(mine, meEnd) = makePair();
  } catch (const EnvironmentError&) {
    co_return std::unexpected(Error::busy);  // out of descriptors
  }
  auto file = std::make_unique<File>(link_, std::move(mine));
  const auto error = co_await file->open(std::move(meEnd));
  if (error != Error::none) co_return std::unexpected(error);
  co_return file;
}

net::asio::any_io_executor SocketDevice::executor() {
  return link_->socket.get_executor();
}

}  // namespace vme::devmei

#include "devmei/server.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <future>
#include <map>
#include <optional>
#include <set>

#include "devmei/seqpacket.hpp"
#include "devmei/session.hpp"
#include "net/spawn.hpp"

namespace vme::devmei {
namespace {

using namespace std::chrono_literals;
using net::Task;
using net::asio::posix::stream_descriptor;

constexpr std::size_t kMaxFiles = 255;  // open files of the mei driver (heci.md 1.1)
constexpr std::size_t kMaxHosts = 64;
constexpr auto kPause = 20ms;  // until the machine may have descriptors again

/// One host: its control connection and its sessions.
class Host : public std::enable_shared_from_this<Host> {
 public:
  Host(Descriptor socket, net::HeciDevice& device, std::shared_ptr<void> life, std::function<void(Host*)> ended)
      : life_(std::move(life)),
        socket_(device.executor(), socket.release()),
        device_(device),
        ended_(std::move(ended)) {
    tellEnd(socket_.native_handle());
  }

  Task<void> run(DeviceState state) {
    const auto self = shared_from_this();
    tell(state);
    std::array<std::uint8_t, kMaxControlSize + 1> buffer{};
    while (socket_.is_open()) {
      auto received = receiveDatagram(socket_.native_handle(), buffer);
      if (received.outcome == Io::closed) break;
      if (received.outcome == Io::wouldBlock) {
        co_await socket_.async_wait(stream_descriptor::wait_read, net::kUseTuple);
        continue;
      }
      // One that sends without end is not alone here.
      co_await net::asio::post(device_.executor(), net::asio::use_awaitable);
      if (!socket_.is_open()) break;
      const auto message = parseControl(ByteView(buffer).first(std::min(received.size, buffer.size())));
      if (!message) break;
      if (const auto* opening = std::get_if<Open>(&*message)) {
        co_await open(opening->session, std::move(received.passed));
      } else if (!handle(*message)) {
        break;
      }
    }
    close();
  }

  void tell(const ControlMessage& message) {
    // A host that does not read what it is told has no further say.
    if (!socket_.is_open()) return;
    if (sendDatagram(socket_.native_handle(), encode(message)) != Io::done) close();
  }

  void close() {
    if (!socket_.is_open()) return;
    boost::system::error_code ignored;
    socket_.close(ignored);
    for (const auto& [id, session] : std::exchange(sessions_, {})) session->close();
    ended_(this);
  }

 private:
  Task<void> open(SessionId id, Descriptor socket) {
    if (!socket || !isSeqpacket(socket.get()) || sessions_.contains(id)) {
      tell(Opened{id, EINVAL});
      co_return;
    }
    if (sessions_.size() >= kMaxFiles) {
      tell(Opened{id, EMFILE});
      co_return;
    }
    auto file = co_await device_.open();
    if (!socket_.is_open()) co_return;
    if (!file) {
      tell(Opened{id, static_cast<std::uint8_t>(file.error())});
      co_return;
    }
    Session::Parts parts{.id = id,
                         .executor = device_.executor(),
                         .socket = std::move(socket),
                         .file = std::move(*file),
                         .tell =
                             [weak = weak_from_this()](const ControlMessage& message) {
                               if (const auto host = weak.lock()) host->tell(message);
                             },
                         .ended =
                             [weak = weak_from_this()](SessionId ended) {
                               if (const auto host = weak.lock()) host->sessions_.erase(ended);
                             },
                         .life = life_};
    const auto session = std::make_shared<Session>(std::move(parts));
    sessions_[id] = session;
    session->start();
    tell(Opened{id, 0});
  }

  Session* find(SessionId id) {
    const auto found = sessions_.find(id);
    return found == sessions_.end() ? nullptr : found->second.get();
  }

  /// False: no message of a host.
  bool handle(const ControlMessage& message) {
    if (const auto* connecting = std::get_if<Connect>(&message)) {
      if (auto* session = find(connecting->session)) {
        session->connect(connecting->client);
      } else {
        tell(Connected{connecting->session, ENODEV, {}});
      }
      return true;
    }
    if (const auto* holding = std::get_if<Hold>(&message)) {
      if (auto* session = find(holding->session)) {
        session->hold();
      } else {
        tell(Held{holding->session});
      }
      return true;
    }
    if (const auto* releasing = std::get_if<Release>(&message)) {
      if (auto* session = find(releasing->session)) session->release(releasing->first);
      return true;
    }
    return false;
  }

  std::shared_ptr<void> life_;
  stream_descriptor socket_;
  net::HeciDevice& device_;
  std::function<void(Host*)> ended_;
  std::map<SessionId, std::shared_ptr<Session>> sessions_;
};

}  // namespace

struct Server::Core : std::enable_shared_from_this<Server::Core> {
  Core(net::HeciDevice& d, const DeviceState& s, std::shared_ptr<void> l) : life(std::move(l)), device(d), state(s) {}

  void add(Descriptor control) {
    if (stopping || hosts.size() >= kMaxHosts) return;
    const auto host = std::make_shared<Host>(std::move(control), device, life, [weak = weak_from_this()](Host* ended) {
      if (const auto core = weak.lock()) core->hosts.erase(ended);
    });
    hosts[host.get()] = host;
    net::spawn(device.executor(), host->run(state));
  }

  Task<void> accept() {
    const auto self = shared_from_this();
    while (listener->is_open()) {
      Descriptor control(::accept4(listener->native_handle(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
      if (control) {
        add(std::move(control));
      } else if (errno == EAGAIN) {
        co_await listener->async_wait(stream_descriptor::wait_read, net::kUseTuple);
      } else {
        net::asio::steady_timer pause(device.executor(), kPause);
        co_await pause.async_wait(net::kUseTuple);
      }
    }
  }

  void close() {
    stopping = true;
    boost::system::error_code ignored;
    if (listener) listener->close(ignored);
    for (const auto& [key, host] : std::exchange(hosts, {})) host->close();
  }

  std::shared_ptr<void> life;
  net::HeciDevice& device;
  DeviceState state;
  bool stopping = false;
  std::optional<stream_descriptor> listener;
  std::map<Host*, std::shared_ptr<Host>> hosts;
};

Server::Server(net::HeciDevice& device, const DeviceState& state) {
  // Everything that may use the device holds a share of it; the last one to go fulfils the promise.
  auto ended = std::make_shared<std::promise<void>>();
  ended_ = ended->get_future();
  const std::shared_ptr<void> life(nullptr, [ended](void*) { ended->set_value(); });
  core_ = std::make_shared<Core>(device, state, life);
}

Server::~Server() {
  stop();
}

void Server::listen(const std::string& path) {
  auto socket = listenAt(path);
  path_ = path;
  net::asio::post(core_->device.executor(), [core = core_, fd = socket.release()] {
    core->listener.emplace(core->device.executor(), fd);
    net::spawn(core->device.executor(), core->accept());
  });
}

void Server::serve(Descriptor control) {
  net::asio::post(core_->device.executor(), [core = core_, fd = control.release()] { core->add(Descriptor(fd)); });
}

void Server::announce(const DeviceState& state) {
  net::asio::post(core_->device.executor(), [core = core_, state] {
    core->state = state;
    for (const auto& [key, host] : std::map(core->hosts)) host->tell(state);
  });
}

void Server::stop() {
  if (!core_) return;
  if (!path_.empty()) ::unlink(path_.c_str());
  const auto executor = core_->device.executor();
  net::asio::post(executor, [core = std::exchange(core_, nullptr)] { core->close(); });
  ended_.wait();
}

}  // namespace vme::devmei

#pragma once
// One open file of the device, given to a host over its own socket: messages of the host to the ME and back, as fast as
// either takes them and no faster.

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>

#include "devmei/control.hpp"
#include "devmei/descriptor.hpp"
#include "net/heci.hpp"

namespace vme::devmei {

class Session : public std::enable_shared_from_this<Session> {
 public:
  struct Parts {
    SessionId id = 0;
    net::asio::any_io_executor executor;
    Descriptor socket;
    std::unique_ptr<net::HeciFile> file;
    std::function<void(const ControlMessage&)> tell;  // to the host's control connection
    std::function<void(SessionId)> ended;             // called once, when the session is over
    std::shared_ptr<void> life;                       // kept until the file is closed
  };
  explicit Session(Parts parts);

  /// Starts to take messages. To be called once.
  void start();
  void connect(const Uuid& client);
  void hold();
  void release(std::uint32_t first);
  /// The host is gone or done: nothing goes on; the file closes when its last operation has ended.
  void close();

 private:
  enum class Phase { unconnected, connecting, connected, closed };

  net::Task<void> upwards();
  net::Task<void> downwards();
  net::Task<void> watchEnd();
  net::Task<void> finishConnect(Uuid client);
  net::Task<void> deliver(Bytes message);
  net::Task<bool> sendWhole(ByteView datagram);
  void dropQueued();
  void lose();
  net::asio::any_io_executor executor() { return socket_.get_executor(); }

  std::shared_ptr<void> life_;
  SessionId id_;
  net::asio::posix::stream_descriptor socket_;
  std::unique_ptr<net::HeciFile> file_;
  std::function<void(const ControlMessage&)> tell_;
  std::function<void(SessionId)> ended_;
  Phase phase_ = Phase::unconnected;
  wire::heci::Properties properties_;
  bool writing_ = false;  // a message waits for the ME's room
  bool held_ = false;
  std::uint32_t first_ = 0;  // of Release
  net::asio::steady_timer released_;
};

}  // namespace vme::devmei

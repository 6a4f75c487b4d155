#pragma once
// The ME's end of the control protocol: gives a HECI device of this process to others, over a named socket or over one
// that was passed on. Everything runs on the device's executor; a peer that breaks the protocol loses its connection.

#include <future>
#include <memory>
#include <string>

#include "devmei/control.hpp"
#include "devmei/descriptor.hpp"
#include "net/heci.hpp"

namespace vme::devmei {

class Server {
 public:
  /// `device` outlives stop(). `state` is what every host is told at first.
  Server(net::HeciDevice& device, const DeviceState& state);
  /// stop().
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Serves all who connect at `path`, until stop(). Throws EnvironmentError.
  void listen(const std::string& path);
  /// Serves the host at the other end of a control socket.
  void serve(Descriptor control);
  /// Tells every host, now and later, of a state.
  void announce(const DeviceState& state);
  /// Closes everything, and returns when no file of the device is open any more. From any thread but the executor's,
  /// which must run meanwhile.
  void stop();

  struct Core;

 private:
  std::shared_ptr<Core> core_;
  std::future<void> ended_;
  std::string path_;
};

}  // namespace vme::devmei

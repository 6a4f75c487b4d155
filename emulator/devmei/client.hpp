#pragma once
// The HECI device of a virtual ME in another process, over its control socket: for tools that need no /dev/mei0.

#include <memory>
#include <string>

#include "net/heci.hpp"

namespace vme::devmei {

class SocketDevice final : public net::HeciDevice {
 public:
  /// Throws EnvironmentError when nobody serves `path`.
  SocketDevice(net::asio::any_io_executor executor, const std::string& path);
  /// On the executor. Files that are still open find the device gone.
  ~SocketDevice() override;

  net::Task<net::Heci<std::unique_ptr<net::HeciFile>>> open() override;
  net::asio::any_io_executor executor() override;

 private:
  struct Link;
  class File;
  std::shared_ptr<Link> link_;
};

}  // namespace vme::devmei

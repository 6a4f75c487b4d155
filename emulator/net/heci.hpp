#pragma once
// A HECI device as a host program uses it: opened any number of times, each open file connected to one firmware client,
// one write or read a message (heci.md 1.1). Implemented by a virtual ME in this process and by a socket to one.

#include <chrono>
#include <expected>
#include <memory>

#include "net/channel.hpp"
#include "wire/heci.hpp"

namespace vme::net {

template <typename T>
using Heci = std::expected<T, wire::heci::Error>;

/// Used on its executor only. Dropping it closes it: the ME sees the disconnect, and nothing may be pending then.
class HeciFile {
 public:
  virtual ~HeciFile() = default;

  /// busy, unknownClient, noDevice. An unconnected file after an error.
  virtual Task<Heci<wire::heci::Properties>> connect(const Uuid& client) = 0;
  /// One message; waits while the ME has no room. tooLong, noDevice.
  virtual Task<Heci<void>> write(ByteView message) = 0;
  /// One message, whole. Empty: the ME answers with nothing, as one without AMT does. noDevice once the ME was reset
  /// or dropped the connection.
  virtual Task<Heci<Bytes>> read() = 0;
  /// Each call that is not done by then fails with timedOut. time_point::max(): none.
  virtual void setDeadline(std::chrono::steady_clock::time_point deadline) = 0;
};

class HeciDevice {
 public:
  virtual ~HeciDevice() = default;
  /// noEntry without a driver, noDevice while the ME is not up.
  virtual Task<Heci<std::unique_ptr<HeciFile>>> open() = 0;
  virtual asio::any_io_executor executor() = 0;
};

}  // namespace vme::net

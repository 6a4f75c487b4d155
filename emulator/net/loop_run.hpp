#pragma once
// An event loop on its thread, whose handlers may throw: that is our own fault, never a peer's, and must neither end
// the program nor stay unknown.

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <exception>

#include "net/channel.hpp"

namespace vme::net {

class LoopRun {
 public:
  /// Until the context stops. The first exception of a handler is kept, and the others are served on.
  void run(asio::io_context& context);
  /// Throws what was kept; from any thread. Whoever waits for the loop's work calls it now and then.
  void check() const;

 private:
  std::exception_ptr failure_;  // written before `failed_` is set, read after
  std::atomic<bool> failed_{false};
};

/// CPU time that the calling thread has used.
double threadCpuSeconds();

}  // namespace vme::net

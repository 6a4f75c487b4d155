#pragma once
// Channel: the one virtual I/O interface. A connection is a coroutine over a Channel, whether TCP, TLS inside another
// channel, or memory in a test.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <span>

#include "base/bytes.hpp"
#include "base/error.hpp"

namespace vme::net {

namespace asio = boost::asio;
template <typename T>
using Task = asio::awaitable<T>;
/// Errors of the system come as values.
inline constexpr auto kUseTuple = asio::as_tuple(asio::use_awaitable);

/// The text of an Error that a channel returns when its deadline has passed, its peer has reset it, or it was
/// cancelled.
inline constexpr const char* kTimedOut = "timed out";
inline constexpr const char* kReset = "connection reset by peer";
inline constexpr const char* kCancelled = "cancelled";

class Channel {
 public:
  virtual ~Channel() = default;

  /// At least one byte, or 0 when the peer has ended its direction in order.
  virtual Task<Result<std::size_t>> read(std::span<std::uint8_t> into) = 0;
  /// All of it.
  virtual Task<Result<void>> write(ByteView bytes) = 0;
  /// Ends in order: what was written arrives, then the end. The channel is closed afterwards.
  virtual Task<void> close() = 0;
  /// Ends at once with a reset; pending reads and writes fail with kCancelled. Safe to call at any time, from the
  /// channel's own executor.
  virtual void reset() = 0;
  /// Every read or write that is not done by then fails with kTimedOut. time_point::max(): none.
  virtual void setDeadline(std::chrono::steady_clock::time_point deadline) = 0;
  virtual asio::any_io_executor executor() = 0;
  /// The fatal TLS alert by which the peer has ended it; nothing where there is none, and without TLS.
  virtual std::optional<std::uint8_t> alertReceived() const { return std::nullopt; }
};

}  // namespace vme::net

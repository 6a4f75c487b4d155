#pragma once
// Two ends of a connection in memory, for tests. The n-th operation of a pair can be made to fail, so that every error
// path of a conversation runs; and reads can be cut to a size, so that no parser relies on where bytes end.

#include <limits>
#include <memory>
#include <utility>

#include "net/channel.hpp"

namespace vme::testing {

struct MemoryPairOptions {
  /// Reads and writes that succeed before one fails, counted over both ends.
  std::size_t failAfter = std::numeric_limits<std::size_t>::max();
  /// A read gives at most so many bytes.
  std::size_t readSize = std::numeric_limits<std::size_t>::max();
};

std::pair<std::unique_ptr<net::Channel>, std::unique_ptr<net::Channel>> makeMemoryPair(
    net::asio::any_io_executor executor, const MemoryPairOptions& options = {});

}  // namespace vme::testing

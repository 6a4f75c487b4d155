#pragma once
// Starts a coroutine that nobody waits for. What it throws reaches the LoopRun: it is our own fault, never a peer's.

#include <boost/asio/co_spawn.hpp>
#include <exception>

#include "net/channel.hpp"

namespace vme::net {

inline void spawn(const asio::any_io_executor& executor, Task<void> task) {
  asio::co_spawn(executor, std::move(task), [](const std::exception_ptr& thrown) {
    if (thrown) std::rethrow_exception(thrown);
  });
}

}  // namespace vme::net

#pragma once
// Starts coroutines.

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <exception>

#include "net/channel.hpp"

namespace vme::net {

/// One that nobody waits for. What it throws reaches the LoopRun: it is our own fault, never a peer's.
inline void spawn(const asio::any_io_executor& executor, Task<void> task) {
  asio::co_spawn(executor, std::move(task), [](const std::exception_ptr& thrown) {
    if (thrown) std::rethrow_exception(thrown);
  });
}

/// One whose result this thread waits for; another one runs the executor. Throws what it throws.
template <typename T>
T runOn(const asio::any_io_executor& executor, Task<T> task) {
  return asio::co_spawn(executor, std::move(task), asio::use_future).get();
}

}  // namespace vme::net

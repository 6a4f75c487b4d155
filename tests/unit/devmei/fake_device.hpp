#pragma once
// A HECI device for tests: one client (AMTHI's UUID) that gives back each message; commands in its first byte make it
// do otherwise.

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <deque>
#include <set>

#include "net/heci.hpp"

namespace vme::devmei {

class FakeDevice final : public net::HeciDevice {
 public:
  static constexpr std::uint8_t kEmpty = 0xE0;  // is answered with nothing
  static constexpr std::uint8_t kReset = 0xE1;  // resets the ME
  static constexpr std::uint8_t kTwice = 0xE2;  // is answered twice
  static constexpr wire::heci::Properties kProperties{4160, 1};

  explicit FakeDevice(net::asio::any_io_executor executor) : executor_(std::move(executor)) {}

  net::Task<net::Heci<std::unique_ptr<net::HeciFile>>> open() override;
  net::asio::any_io_executor executor() override { return executor_; }

  /// Room for messages before write waits.
  std::size_t room = 8;
  bool reading = true;  // false: the ME takes no message
  wire::heci::Error openError = wire::heci::Error::none;
  std::size_t openFiles = 0;
  std::size_t mostOpen = 0;
  std::size_t taken = 0;  // messages

  void reset();
  void setReading(bool on);

 private:
  class File;
  net::asio::any_io_executor executor_;
  std::set<File*> files_;
};

}  // namespace vme::devmei

#pragma once
// The events of a served fleet, taken on its shards' threads and printed on the main one: a line an event.

#include <boost/json/object.hpp>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <vector>

#include "runtime/fleet.hpp"

namespace vme::cli {

/// Holds at most a bounded number; what comes on top is counted, not kept.
class EventStream final : public runtime::Observer {
 public:
  explicit EventStream(bool wanted) : wanted_(wanted) {}
  bool wants(runtime::Happening::Kind kind) const override {
    return wanted_ && kind != runtime::Happening::Kind::exchange;  // `request` tells the same in short
  }
  void happened(const runtime::Happening& happening) override;

  struct Batch {
    std::vector<runtime::Happening> events;
    std::uint64_t dropped = 0;
  };
  /// What has come; waits up to `timeout` for the first.
  Batch take(std::chrono::milliseconds timeout);

 private:
  const bool wanted_;
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<runtime::Happening> waiting_;
  std::uint64_t dropped_ = 0;
};

/// Milliseconds since 1970 of a moment of the steady clock.
std::int64_t unixMs(std::chrono::steady_clock::time_point at);
std::string lineOf(const runtime::Fleet& fleet, const runtime::Happening& happening);
boost::json::object jsonOf(const runtime::Fleet& fleet, const runtime::Happening& happening);

}  // namespace vme::cli

#pragma once
// The outcomes of a service point, taken on its thread and printed on the main one.

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <set>
#include <vector>

#include "servicepoint/service_point.hpp"

namespace vme::cli {

class OutcomeStream {
 public:
  void add(const servicepoint::Outcome& outcome);
  /// What has come; waits up to `timeout` for the first.
  std::vector<servicepoint::Outcome> take(std::chrono::milliseconds timeout);
  /// Different machines so far.
  std::size_t machines();

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::vector<servicepoint::Outcome> waiting_;
  std::set<Uuid> seen_;
};

/// A line on standard output, or one JSON object.
void print(const servicepoint::Outcome& outcome, bool json);

}  // namespace vme::cli

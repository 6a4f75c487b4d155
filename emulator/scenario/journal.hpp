#pragma once
// What happens to each machine, one JSON object a line, while the run goes on. Bodies and headers are never in it, and
// so no password is. A thread of its own writes the file.

#include <chrono>
#include <set>

#include "net/background_file.hpp"
#include "runtime/fleet.hpp"
#include "scenario/roster.hpp"

namespace vme::scenario {

class Journal final : public runtime::Observer {
 public:
  /// EnvironmentError when the file cannot be made; ConfigError for machines that there are not.
  Journal(const JournalSpec& spec, const Roster& roster);

  /// From when the lines' `ms` count. Before the fleet starts.
  void setStart(std::chrono::steady_clock::time_point start) { start_ = start; }

  bool wants(runtime::Happening::Kind kind) const override;
  void happened(const runtime::Happening& happening) override;
  /// EnvironmentError when anything could not be written.
  void finish() { file_.finish(); }

 private:
  const Roster& roster_;
  std::set<std::uint32_t> only_;  // empty: all
  net::BackgroundFile file_;
  std::chrono::steady_clock::time_point start_;
};

}  // namespace vme::scenario

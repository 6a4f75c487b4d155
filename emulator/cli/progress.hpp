#pragma once
// What a run shows while it lasts: a view redrawn in place on a terminal, else a plain line at most every five seconds.

#include <string>
#include <vector>

#include "cli/terminal.hpp"
#include "scenario/runner.hpp"

namespace vme::cli {

class ProgressView {
 public:
  ProgressView(const scenario::Scenario& scenario, bool quiet);
  void show(const scenario::Progress& progress);
  void clear();

 private:
  std::string name_;
  bool embedded_;
  bool quiet_;
  bool live_;
  LiveView view_;
  Pace pace_;
};

/// The lines of the live view.
std::vector<std::string> liveLines(const std::string& name, bool embedded, const scenario::Progress& progress);
/// The same in one line.
std::string plainLine(const scenario::Progress& progress);
/// `850 ms`, `12.3 s`, `4 min 5 s`.
std::string duration(double ms);

}  // namespace vme::cli

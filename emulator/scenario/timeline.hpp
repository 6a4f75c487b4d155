#pragma once
// The machines' states over the run, in about a hundred points however long it takes: when there are too many, every
// second one goes, and from then on they are taken half as often.

#include <vector>

#include "report/results.hpp"

namespace vme::scenario {

class Timeline {
 public:
  bool isDue(double ms) const { return points_.empty() || ms >= points_.back().ms + everyMs_; }
  void add(const report::TimelinePoint& point);
  /// The last point is always the run's end.
  std::vector<report::TimelinePoint> finish(const report::TimelinePoint& end);

 private:
  static constexpr std::size_t kMost = 120;
  double everyMs_ = 50;
  std::vector<report::TimelinePoint> points_;
};

}  // namespace vme::scenario

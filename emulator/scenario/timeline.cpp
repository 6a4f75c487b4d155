#include "scenario/timeline.hpp"

namespace vme::scenario {

void Timeline::add(const report::TimelinePoint& point) {
  if (!isDue(point.ms)) return;
  points_.push_back(point);
  if (points_.size() < kMost) return;
  std::vector<report::TimelinePoint> fewer;
  for (std::size_t i = 0; i < points_.size(); i += 2) fewer.push_back(points_[i]);
  points_ = std::move(fewer);
  everyMs_ *= 2;
}

std::vector<report::TimelinePoint> Timeline::finish(const report::TimelinePoint& end) {
  points_.push_back(end);
  return std::move(points_);
}

}  // namespace vme::scenario

#pragma once
// Axes of drawn plots: scales, round ticks, grid lines and labels as SVG. For report/ only.

#include <string>
#include <vector>

namespace vme::report {

/// A plot of time against a count, with its frame.
class TimePlot {
 public:
  static constexpr double kWidth = 900, kHeight = 280, kLeft = 62, kRight = 20, kTop = 14, kBottom = 44;

  TimePlot(double endMs, double most) : endMs_(endMs > 0 ? endMs : 1), most_(most > 0 ? most : 1) {}

  double x(double ms) const { return kLeft + ms / endMs_ * (kWidth - kLeft - kRight); }
  double y(double count) const { return kHeight - kBottom - count / most_ * (kHeight - kTop - kBottom); }
  /// Grid, ticks and what the axes count; goes under the curves.
  std::string axes(const std::string& counted) const;
  /// The plot's element around that content.
  std::string svg(const std::string& name, const std::string& content) const;

 private:
  double endMs_, most_;
};

/// Durations on a logarithmic scale, from left to right.
class DurationScale {
 public:
  DurationScale(double leastMs, double mostMs, double left, double width);
  double x(double ms) const;
  std::string axis(double top, double bottom) const;

 private:
  double low_, high_;  // powers of ten
  double left_, width_;
};

/// Round values from 0 up to `most`, about `wanted` of them.
std::vector<double> countTicks(double most, int wanted);
std::vector<double> timeTicks(double mostMs, int wanted);
/// `20 s`, without decimals where there are none.
std::string tickText(double ms);

}  // namespace vme::report

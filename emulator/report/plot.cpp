#include "report/plot.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace vme::report {
namespace {

constexpr std::array kTimeSteps{1.0,   2.0,   5.0,    10.0,   20.0,   50.0,    100.0,   200.0,   500.0,
                                1e3,   2e3,   5e3,    10e3,   15e3,   30e3,    60e3,    120e3,   300e3,
                                600e3, 900e3, 1800e3, 3600e3, 7200e3, 14400e3, 21600e3, 43200e3, 86400e3};

std::vector<double> multiples(double step, double most) {
  std::vector<double> ticks;
  for (int i = 0; step * i <= most * 1.0001; ++i) ticks.push_back(step * i);
  return ticks;
}

}  // namespace

std::vector<double> countTicks(double most, int wanted) {
  const double raw = std::max(most / wanted, 1.0);  // machines are whole
  const double power = std::pow(10, std::floor(std::log10(raw)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * power >= raw) return multiples(factor * power, most);
  }
  return multiples(10 * power, most);
}

std::vector<double> timeTicks(double mostMs, int wanted) {
  const double raw = mostMs / wanted;
  const auto* step = std::ranges::find_if(kTimeSteps, [&](double one) { return one >= raw; });
  return multiples(step == kTimeSteps.end() ? std::ceil(raw / kTimeSteps.back()) * kTimeSteps.back() : *step, mostMs);
}

std::string tickText(double ms) {
  if (ms >= 3600e3) return fmt::format("{:g} h", ms / 3600e3);
  if (ms >= 60e3) return fmt::format("{:g} min", ms / 60e3);
  if (ms >= 1000) return fmt::format("{:g} s", ms / 1000);
  return fmt::format("{:g} ms", ms);
}

std::string TimePlot::axes(const std::string& counted) const {
  std::string out = "<g class=\"axis\">";
  for (const double tick : countTicks(most_, 5)) {
    out += fmt::format("<line class=\"grid\" x1=\"{:.1f}\" x2=\"{:.1f}\" y1=\"{:.1f}\" y2=\"{:.1f}\"/>", kLeft,
                       kWidth - kRight, y(tick), y(tick));
    out += fmt::format("<text class=\"end\" x=\"{:.1f}\" y=\"{:.1f}\">{:g}</text>", kLeft - 8, y(tick) + 4, tick);
  }
  for (const double tick : timeTicks(endMs_, 8)) {
    out += fmt::format("<line class=\"tick\" x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1:.1f}\" y2=\"{2:.1f}\"/>", x(tick),
                       kHeight - kBottom, kHeight - kBottom + 5);
    out += fmt::format("<text class=\"middle\" x=\"{:.1f}\" y=\"{:.1f}\">{}</text>", x(tick), kHeight - kBottom + 19,
                       tick == 0 ? "0" : tickText(tick));
  }
  out += fmt::format("<text class=\"soft end\" x=\"{:.1f}\" y=\"{:.1f}\">real time since the start</text>",
                     kWidth - kRight, kHeight - 6);
  out += fmt::format("<text class=\"soft middle\" transform=\"translate(13 {:.1f}) rotate(-90)\">{}</text>",
                     (kTop + kHeight - kBottom) / 2, counted);
  return out + "</g>";
}

std::string TimePlot::svg(const std::string& name, const std::string& content) const {
  return fmt::format("<svg viewBox=\"0 0 {:g} {:g}\" role=\"img\" aria-label=\"{}\">{}</svg>", kWidth, kHeight, name,
                     content);
}

DurationScale::DurationScale(double leastMs, double mostMs, double left, double width)
    : low_(std::floor(std::log10(std::max(leastMs, 0.1)))),
      high_(std::ceil(std::log10(std::max(mostMs, 1.0)) + 1e-9)),
      left_(left),
      width_(width) {
  high_ = std::max(high_, low_ + 1);
}

double DurationScale::x(double ms) const {
  const double at = (std::log10(std::max(ms, std::pow(10, low_))) - low_) / (high_ - low_);
  return left_ + std::clamp(at, 0.0, 1.0) * width_;
}

std::string DurationScale::axis(double top, double bottom) const {
  std::string out = "<g class=\"axis\">";
  const auto powers = static_cast<int>(std::floor(high_ - low_));
  for (int power = 0; power <= powers; ++power) {
    const double ms = std::pow(10, low_ + power);
    out += fmt::format("<line class=\"grid\" x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1:g}\" y2=\"{2:g}\"/>", x(ms), top,
                       bottom);
    out += fmt::format("<text class=\"middle\" x=\"{:.1f}\" y=\"{:g}\">{}</text>", x(ms), bottom + 15, tickText(ms));
  }
  return out + "</g>";
}

}  // namespace vme::report

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/draw.hpp"
#include "fleet/plan.hpp"

namespace vme::fleet {
namespace {

constexpr std::uint64_t kTries = 64;  // draws that one gamma value may take; it needs hardly ever more than two

/// Of one group's Poisson arrivals: values for node n of the tree of halves, each with draws of its own.
class GammaDraws {
 public:
  GammaDraws(std::uint64_t seed, std::uint32_t stream) : draw_(seed, stream) {}

  /// A gamma value of shape `k` >= 1 (Marsaglia and Tsang's method): the time of k exponential gaps.
  double gamma(double k, std::uint64_t node) const {
    const double d = k - 1.0 / 3, c = 1 / std::sqrt(9 * d);
    for (std::uint64_t attempt = 0; attempt < kTries; ++attempt) {
      const auto n = node * kTries + attempt;
      const double x = normal(n);
      const double v = std::pow(1 + c * x, 3);
      if (v <= 0) continue;
      const double u = 1 - draw_.unit("poisson-accept", n);
      if (std::log(u) < x * x / 2 + d - d * v + d * std::log(v)) return d * v;
    }
    return k;
  }

 private:
  double normal(std::uint64_t n) const {
    const double u = 1 - draw_.unit("poisson-radius", n);
    return std::sqrt(-2 * std::log(u)) * std::cos(2 * std::numbers::pi * draw_.unit("poisson-angle", n));
  }

  Draw draw_;
};

/// When the n-th of `count` arrivals of a Poisson process comes, in mean gaps. The last comes after `count` gaps;
/// between two that are known, the middle one divides the time by a beta value. Halving leads to any arrival in a few
/// draws, the same ones whoever asks.
double poissonTime(std::uint64_t seed, std::uint32_t stream, std::uint32_t n, std::uint32_t count) {
  const GammaDraws draws(seed, stream);
  std::uint64_t low = 0, high = count;
  const std::uint64_t wanted = std::uint64_t{n} + 1;
  double from = 0, until = draws.gamma(static_cast<double>(count), 0);
  while (wanted < high) {
    const auto middle = low + (high - low) / 2;
    if (middle == low) break;
    const double left = draws.gamma(static_cast<double>(middle - low), 2 * middle);
    const double right = draws.gamma(static_cast<double>(high - middle), 2 * middle + 1);
    const double at = from + (until - from) * left / (left + right);
    (wanted <= middle ? high : low) = middle;
    (wanted <= middle ? until : from) = at;
  }
  return until;
}

MeDuration within(const Arrival& arrival, std::uint64_t seed, std::uint32_t drawn, std::uint32_t n,
                  std::uint32_t count) {
  const double share = count == 0 ? 0.0 : static_cast<double>(n) / count;
  const auto over = static_cast<double>(arrival.over.ms);
  switch (arrival.shape) {
    case ArrivalShape::together:
      break;
    case ArrivalShape::even:
      return {static_cast<std::int64_t>(over * share)};
    case ArrivalShape::random:
      return {static_cast<std::int64_t>(over * Draw(seed, drawn).unit("arrival"))};
    case ArrivalShape::ramp:
      // A rate that grows linearly brings the share s of all machines by the time over * sqrt(s).
      return {static_cast<std::int64_t>(over * std::sqrt(share))};
  }
  return {};
}

}  // namespace

MeDuration arrivalOf(const Arrival& arrival, std::uint64_t seed, std::uint32_t n, std::uint32_t count) {
  if (arrival.traceMs) {
    // Dealt over the lines, so that a larger or smaller fleet keeps the curve.
    const auto& trace = *arrival.traceMs;
    const auto line = std::uint64_t{n} * trace.size() / std::max(1U, count);
    return {trace[std::min<std::uint64_t>(line, trace.size() - 1)]};
  }
  if (arrival.poissonRate) {
    return {std::llround(poissonTime(seed, arrival.stream, n, count) / *arrival.poissonRate * 1000)};
  }
  if (!arrival.waves) return within(arrival, seed, n, n, count);
  const std::uint64_t waves = arrival.waves->count;
  const auto wave = std::uint64_t{n} * waves / std::max(1U, count);
  const auto firstOf = [&](std::uint64_t w) { return static_cast<std::uint32_t>((w * count + waves - 1) / waves); };
  const auto first = firstOf(wave);
  const auto inWave = within(arrival, seed, n, n - first, firstOf(wave + 1) - first);
  return {static_cast<std::int64_t>(wave) * arrival.waves->every.ms + inWave.ms};
}

MeDuration lastArrivalOf(const Arrival& arrival, std::uint64_t seed, std::uint32_t count) {
  if (arrival.traceMs || arrival.poissonRate)
    return count == 0 ? MeDuration{} : arrivalOf(arrival, seed, count - 1, count);
  const auto waves = arrival.waves ? arrival.waves->every.ms * (std::int64_t{arrival.waves->count} - 1) : 0;
  return {waves + (arrival.shape == ArrivalShape::together ? 0 : arrival.over.ms)};
}

}  // namespace vme::fleet

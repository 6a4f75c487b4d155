#include "cli/progress.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace vme::cli {
namespace {

constexpr std::size_t kBarWidth = 50;

std::string left(const scenario::Progress& progress) {
  return progress.leftMs ? "about " + duration(*progress.leftMs) + " left" : "";
}

std::string bar(std::uint64_t done, std::uint64_t all) {
  const auto filled = all == 0 ? 0 : std::min<std::size_t>(kBarWidth, done * kBarWidth / all);
  return fmt::format("[{}{}] {:.0f} %", std::string(filled, '#'), std::string(kBarWidth - filled, '.'),
                     all == 0 ? 0.0 : 100.0 * static_cast<double>(done) / static_cast<double>(all));
}

}  // namespace

std::string duration(double ms) {
  if (ms < 1000) return fmt::format("{:.0f} ms", ms);
  if (ms < 60'000) return fmt::format("{:.1f} s", ms / 1000);
  const auto seconds = static_cast<long>(std::lround(ms / 1000));
  return fmt::format("{} min {} s", seconds / 60, seconds % 60);
}

std::vector<std::string> liveLines(const std::string& name, bool embedded, const scenario::Progress& progress) {
  const auto& fleet = progress.fleet;
  std::vector<std::string> lines;
  lines.push_back(fmt::format("{}   {}   {}", name, duration(progress.elapsedMs), left(progress)));
  lines.push_back(bar(fleet.operational, fleet.machines));
  const auto waiting = fleet.machines - std::min(fleet.machines, fleet.arrived);
  lines.push_back(fmt::format("machines {}: to come {}, factory {}, in set-up {}, operational {}", fleet.machines,
                              waiting, fleet.factory - std::min(fleet.factory, waiting), fleet.inSetup,
                              fleet.operational));
  lines.push_back(fmt::format("{:.1f} provisioned/s   time to provision p50 {}, p95 {}", progress.rate,
                              duration(progress.p50), duration(progress.p95)));
  lines.push_back(fmt::format("hellos {} ({:.0f}/s)   handshakes {} ({:.0f}/s, {} refused)   requests {} ({:.0f}/s)",
                              fleet.hellos, progress.hellosRate, fleet.handshakes, progress.handshakesRate,
                              fleet.refusedHandshakes, fleet.requests, progress.requestsRate));
  if (embedded) {
    const auto& point = progress.servicePoint;
    lines.push_back(fmt::format("service point: provisioned {}, refused {}, failed {}, running {}, waiting {}",
                                point.provisioned, point.refused, point.failed, point.running, point.waiting));
  }
  if (progress.fleet.faultsFired > 0) lines.push_back(fmt::format("faults fired {}", progress.fleet.faultsFired));
  for (const auto& trouble : progress.troubles) {
    lines.push_back(painted(stderr, Paint::bad, fmt::format("  {}", trouble)));
  }
  return lines;
}

std::string plainLine(const scenario::Progress& progress) {
  const auto& fleet = progress.fleet;
  auto line = fmt::format("{}: {} of {} operational, {} in set-up, {:.1f}/s, p50 {}, p95 {}",
                          duration(progress.elapsedMs), fleet.operational, fleet.machines, fleet.inSetup, progress.rate,
                          duration(progress.p50), duration(progress.p95));
  if (progress.fleet.faultsFired > 0) line += fmt::format(", {} faults fired", progress.fleet.faultsFired);
  if (progress.leftMs) line += ", " + left(progress);
  return line;
}

ProgressView::ProgressView(const scenario::Scenario& scenario, bool quiet)
    : name_(scenario.name), embedded_(scenario.servicePoint.embedded), quiet_(quiet), live_(isTerminal(stderr)) {}

void ProgressView::show(const scenario::Progress& progress) {
  if (quiet_) return;
  if (live_) {
    view_.draw(liveLines(name_, embedded_, progress));
  } else if (pace_.due(std::chrono::steady_clock::now())) {
    fmt::print(stderr, "{}\n", plainLine(progress));
  }
}

void ProgressView::clear() {
  if (live_) view_.clear();
}

}  // namespace vme::cli

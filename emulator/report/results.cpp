#include "report/results.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <map>
#include <set>
#include <system_error>
#include <utility>

#include "base/error.hpp"

namespace vme::report {
namespace {

constexpr std::array<std::string_view, 4> kVerdicts{"held", "failed", "interrupted", "error"};
constexpr std::array<std::string_view, 3> kPractices{"pass", "fail", "not-seen"};
constexpr double kBucketWidth = 1.02, kShortestMs = 0.001;

void writeFile(const std::filesystem::path& file, const std::string& text) {
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out << text;
  out.close();
  if (!out)
    throw EnvironmentError(file.string(), "cannot be written. check the disk and your permissions, or use --report");
}

}  // namespace

std::string_view wordOf(Verdict verdict) {
  return kVerdicts.at(std::to_underlying(verdict));
}

std::string_view wordOf(PracticeResult::Result result) {
  return kPractices.at(std::to_underlying(result));
}

StepResult stepOf(std::string name, std::vector<double>& ms) {
  StepResult step{.step = std::move(name), .count = ms.size()};
  step.p50 = quantile(ms, 0.50);
  step.p95 = quantile(ms, 0.95);
  step.p99 = quantile(ms, 0.99);
  step.max = quantile(ms, 1.0);
  for (const auto value : ms) ++step.buckets[durationBucket(value)];
  return step;
}

int durationBucket(double ms) {
  return static_cast<int>(std::ceil(std::log(std::max(ms, kShortestMs)) / std::log(kBucketWidth) - 1e-9));
}

double bucketLimit(int bucket) {
  return std::pow(kBucketWidth, bucket);
}

std::string notFaithful(const Results& results) {
  std::map<std::string, std::set<std::string>> groupsOf;
  for (const auto& group : results.groups) {
    if (!group.compat.empty()) groupsOf[fmt::format("{}", fmt::join(group.compat, " + "))].insert(group.name);
  }
  std::string text;
  for (const auto& [compat, groups] : groupsOf) {
    text += fmt::format("{}{} ({})", text.empty() ? "not faithful to the firmware: " : "; ", fmt::join(groups, ", "),
                        compat);
  }
  return text;
}

void write(const std::filesystem::path& folder, const Results& results) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) {
    throw EnvironmentError(folder.string(),
                           "cannot be made (" + error.message() + "). name another folder with --report");
  }
  writeFile(folder / "results.json", toJson(results));
  writeFile(folder / "machines.jsonl", toJsonLines(results));
  writeFile(folder / "junit.xml", toJunit(results));
  writeFile(folder / "report.html", toHtml(results));
}

double quantile(std::vector<double>& values, double p) {
  if (values.empty()) return 0;
  std::ranges::sort(values);
  const auto rank = static_cast<std::size_t>(std::ceil(p * static_cast<double>(values.size())));
  return values[std::clamp<std::size_t>(rank, 1, values.size()) - 1];
}

}  // namespace vme::report

#pragma once
// What changed from one run to another.

#include <cstdint>
#include <string>
#include <vector>

#include "report/results.hpp"

namespace vme::report {

struct Difference {
  struct Count {
    std::string reason;
    std::uint64_t before = 0, after = 0;
  };
  struct Step {
    std::string step;
    std::string percentile;  // p50, p95
    double before = 0, after = 0;
  };
  struct Fate {
    std::string machine;
    std::string before, after;  // `provisioned`, `failed: psk-refused`, `absent`
  };
  Verdict verdictBefore = Verdict::error, verdictAfter = Verdict::error;
  std::vector<std::string> newlyFailing, newlyHolding;  // expectations
  std::vector<std::string> practicesFailing, practicesPassing;
  std::vector<Count> outcomes;       // by reason, those that changed
  std::vector<Step> slower, faster;  // beyond the tolerance
  std::vector<Fate> fates;           // of machines that came to another end

  /// An expectation or a rule of the audit newly fails, or the verdict is a worse one.
  bool isWorse() const;
};

/// `tolerance`: the share by which a percentile may differ; less than a millisecond never counts.
Difference differenceOf(const Results& before, const Results& after, double tolerance);
std::string toJson(const Difference& difference);

}  // namespace vme::report

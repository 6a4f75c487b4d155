#pragma once
// Several runs of one scenario, such as its shards, as one.

#include <string>
#include <vector>

#include "report/results.hpp"

namespace vme::report {

/// `files` name the runs, in their order. Counts are added. Percentiles come from the added histograms and are up to 2
/// % too high; maxima are exact. An expectation holds when it holds in each run. ConfigError when they are not of one
/// scenario, or a machine is in two of them.
Results merged(const std::vector<Results>& runs, const std::vector<std::string>& files);

}  // namespace vme::report

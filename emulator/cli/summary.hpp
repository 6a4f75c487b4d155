#pragma once
// The end of a run in words: verdict, one table by profile, what did not hold, failures with their reasons.

#include <string>

#include "report/results.hpp"

namespace vme::cli {

std::string summaryOf(const report::Results& results);

}  // namespace vme::cli

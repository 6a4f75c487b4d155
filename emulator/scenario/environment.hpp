#pragma once

#include "report/results.hpp"

namespace vme::scenario {

/// What this process runs on; the command line is the caller's to add.
report::Environment environmentOfRun();

}  // namespace vme::scenario

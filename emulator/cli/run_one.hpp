#pragma once
// One scenario from its start to its report; what runs of one and of several scenarios share.

#include <atomic>
#include <filesystem>

#include "cli/run_options.hpp"
#include "report/results.hpp"

namespace vme::cli {

/// Runs it with the options that concern the run itself, shows how it goes, writes its report into `folder`.
report::Results runOne(scenario::Scenario scenario, const RunOptions& options, const std::filesystem::path& folder,
                       const Cli& cli, const std::atomic<bool>& stop);

/// The same until Ctrl-C; its results on standard output, and where the report is.
Exit runAlone(scenario::Scenario scenario, const RunOptions& options, const std::filesystem::path& folder,
              const Cli& cli);

Exit exitFor(report::Verdict verdict);

}  // namespace vme::cli

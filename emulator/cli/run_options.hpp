#pragma once
// The options of `vme run`, which `vme rerun` takes as well.

#include <string>
#include <vector>

#include "cli/app.hpp"
#include "cli/capture_options.hpp"
#include "scenario/scenario.hpp"

namespace vme::cli {

struct RunOptions {
  std::string machines, seed, servicePoint, report, timeScale, pskOut, state;
  std::vector<std::string> set;
  CaptureOptions capture;
  bool json = false, journal = false;
};

void addRunOptions(Cli& cli, CLI::App* app, RunOptions& options);
scenario::Overrides overridesFrom(const RunOptions& options, const Globals& globals);

}  // namespace vme::cli

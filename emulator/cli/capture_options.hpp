#pragma once
// --capture and what belongs to it, for commands that have machines.

#include <optional>
#include <string>
#include <vector>

#include "cli/app.hpp"
#include "scenario/scenario.hpp"

namespace vme::cli {

struct CaptureOptions {
  std::string file, limit;
  std::vector<std::string> machines;
};

void addCaptureOptions(CLI::App* app, CaptureOptions& options);
/// What the options say; they win over `ofFile`, the scenario's own.
std::optional<scenario::CaptureSpec> captureSpec(const CaptureOptions& options,
                                                 std::optional<scenario::CaptureSpec> ofFile);

}  // namespace vme::cli

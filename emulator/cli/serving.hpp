#pragma once
// Does a vme that runs here still answer? What `vme doctor --serving` asks, for health checks.

#include <chrono>
#include <vector>

#include "cli/common.hpp"
#include "cli/findings.hpp"

namespace vme::cli {

/// One finding an endpoint, each asked by a connection that ends without a word: every port of vme then ends it too, so
/// a silent one means an event loop that stands still. Bad when one stays silent, or when nobody listens at any.
std::vector<Finding> servingFindings(const std::vector<Endpoint>& endpoints, std::chrono::milliseconds patience);

}  // namespace vme::cli

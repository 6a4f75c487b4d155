#pragma once
// Runs scenarios in the process of the test, on ports that nothing else has.

#include <atomic>
#include <string>

#include "scenario/runner.hpp"
#include "unit/free_port.hpp"

namespace vme::scenario {

inline void useFreePorts(Scenario& scenario) {
  scenario.fleet.httpPort = freePort();
  scenario.fleet.httpsPort = freePort();
}

inline report::Results runOf(Scenario scenario) {
  useFreePorts(scenario);
  const std::atomic<bool> stop = false;
  return run(scenario, stop, nullptr);
}
inline report::Results runOf(const std::string& text) {
  return runOf(parse("s.yaml", text, {}));
}

}  // namespace vme::scenario

#pragma once
// The HECI devices of a fleet's machines as sockets in a folder, named by the machines' numbers.

#include <memory>
#include <string>
#include <vector>

#include "devmei/server.hpp"
#include "runtime/fleet.hpp"

namespace vme::cli {

class HeciSockets {
 public:
  /// Nothing for an empty name; the folder is made. `fleet` runs until stop(). EnvironmentError.
  HeciSockets(runtime::Fleet& fleet, const std::string& folder);
  /// While the fleet still runs.
  void stop() { servers_.clear(); }

 private:
  std::vector<std::unique_ptr<devmei::Server>> servers_;
};

}  // namespace vme::cli

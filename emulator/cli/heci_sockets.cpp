#include "cli/heci_sockets.hpp"

#include <filesystem>
#include <system_error>

#include "base/error.hpp"
#include "cli/heci_state.hpp"

namespace vme::cli {

HeciSockets::HeciSockets(runtime::Fleet& fleet, const std::string& folder) {
  if (folder.empty()) return;
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) throw EnvironmentError(folder, "cannot be made: " + error.message() + ". name another folder");
  for (std::uint32_t machine = 0; machine < fleet.size(); ++machine) {
    const auto state = heciStateOf(*fleet.groupOf(machine).profile);
    servers_.push_back(std::make_unique<devmei::Server>(fleet.heci(machine), state));
    servers_.back()->listen((std::filesystem::path(folder) / (std::to_string(machine) + ".sock")).string());
  }
}

}  // namespace vme::cli

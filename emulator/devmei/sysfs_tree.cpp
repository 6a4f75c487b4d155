#include "devmei/sysfs_tree.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <array>
#include <fstream>
#include <string_view>
#include <system_error>

#include "base/error.hpp"

namespace vme::devmei {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSys = "/sys";
constexpr const char* kDevice = "class/mei/mei0/";
constexpr unsigned kIntel = 0x8086;

/// Names of the driver, in its order.
constexpr std::array kStates{"ENABLED",  "INITIALIZING", "INIT_CLIENTS", "RESETTING",
                             "DISABLED", "POWER_DOWN",   "POWER_UP"};

bool within(std::string_view path, std::string_view folder) {
  return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
}

}  // namespace

SysfsTree::SysfsTree(const DeviceState& state) {
  std::error_code error;
  auto name = (fs::temp_directory_path(error) / "vme-host-XXXXXX").string();
  if (error || ::mkdtemp(name.data()) == nullptr) {
    throw EnvironmentError(name, "no temporary folder can be made there. set TMPDIR to a folder that may be written");
  }
  root_ = name;
  // A program may run as another user than its launcher.
  fs::permissions(root_, fs::perms::owner_all | fs::perms::group_exec | fs::perms::others_exec);
  fs::create_directories(root_ / kDevice / "device");
  write("dev", fmt::format("{}:{}\n", kMajor, kMinor));
  write("uevent", fmt::format("MAJOR={}\nMINOR={}\nDEVNAME=mei0\n", kMajor, kMinor));
  write("hbm_ver", "1.0\n");
  write("hbm_ver_drv", "2.2\n");
  write("tx_queue_limit", "50\n");
  write("kind", "mei\n");
  // Host firmware status of an ME at work: state 5 "normal", operation 1 (the register's low bits).
  write("fw_status", "00000045\n");
  write("device/vendor", fmt::format("0x{:04x}\n", kIntel));
  write("device/subsystem_vendor", fmt::format("0x{:04x}\n", kIntel));
  write("device/subsystem_device", "0x0000\n");
  write("device/revision", "0x02\n");
  const auto numbers = root_ / "dev/char";
  fs::create_directories(numbers);
  fs::create_directory_symlink("../../class/mei/mei0", numbers / fmt::format("{}:{}", kMajor, kMinor));
  show(state);
}

SysfsTree::~SysfsTree() {
  std::error_code ignored;
  fs::remove_all(root_, ignored);
}

void SysfsTree::show(const DeviceState& state) {
  const auto version = fmt::format("0:{}.{}.{}.{}\n", state.major, state.minor, state.hotfix, state.build);
  write("fw_ver", version + version + version);
  write("dev_state", kStates.at(state.state < kStates.size() ? state.state : 3));
  write("device/device", fmt::format("0x{:04x}\n", state.pciDevice));
}

void SysfsTree::write(const std::string& name, const std::string& text) const {
  std::ofstream(root_ / kDevice / name) << text;
}

std::optional<std::string> SysfsTree::fileFor(const std::string& path) const {
  static const auto kNumber = fmt::format("/sys/dev/char/{}:{}", kMajor, kMinor);
  if (within(path, "/sys/class/mei") || within(path, kNumber)) return root_.string() + path.substr(kSys.size());
  // By way of a folder of the tree that the program has opened.
  if (within(path, root_.string())) return path;
  return std::nullopt;
}

}  // namespace vme::devmei

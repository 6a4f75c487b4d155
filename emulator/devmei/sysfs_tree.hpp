#pragma once
// The entries of /sys that clients of the mei driver read, as files in a temporary folder (heci.md 1.1 and 7.4).

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "devmei/control.hpp"

namespace vme::devmei {

/// Numbers of the simulated device node.
inline constexpr unsigned kMajor = 10;
inline constexpr unsigned kMinor = 59;

class SysfsTree {
 public:
  /// Throws EnvironmentError when there is no place for it.
  explicit SysfsTree(const DeviceState& state);
  /// Removes the folder.
  ~SysfsTree();
  SysfsTree(const SysfsTree&) = delete;
  SysfsTree& operator=(const SysfsTree&) = delete;

  void show(const DeviceState& state);
  /// The file that stands for an absolute path; nothing for a path that is not of the device.
  std::optional<std::string> fileFor(const std::string& path) const;

 private:
  void write(const std::string& name, const std::string& text) const;

  std::filesystem::path root_;
};

}  // namespace vme::devmei

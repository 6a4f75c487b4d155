#include "devmei/sysfs_tree.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace vme::devmei {
namespace {

std::string textOf(const std::optional<std::string>& file) {
  std::ifstream stream(file.value_or(""));
  std::stringstream text;
  text << stream.rdbuf();
  return text.str();
}

TEST(SysfsTree, hasTheFilesOfTheDriver) {
  const SysfsTree tree({0, 3, 2, 2, 1046, 0x29B4});
  EXPECT_EQ(textOf(tree.fileFor("/sys/class/mei/mei0/fw_ver")), "0:3.2.2.1046\n0:3.2.2.1046\n0:3.2.2.1046\n");
  EXPECT_EQ(textOf(tree.fileFor("/sys/class/mei/mei0/hbm_ver")), "1.0\n");
  EXPECT_EQ(textOf(tree.fileFor("/sys/class/mei/mei0/dev_state")), "ENABLED");  // without a newline, as the driver
  EXPECT_EQ(textOf(tree.fileFor("/sys/class/mei/mei0/kind")), "mei\n");
  const auto numbers = textOf(tree.fileFor("/sys/class/mei/mei0/dev"));
  const auto byNumber = "/sys/dev/char/" + numbers.substr(0, numbers.find('\n'));
  EXPECT_EQ(textOf(tree.fileFor(byNumber + "/device/device")), "0x29b4\n");
  EXPECT_EQ(textOf(tree.fileFor(byNumber + "/device/vendor")), "0x8086\n");
}

TEST(SysfsTree, followsTheState) {
  SysfsTree tree({0, 3, 2, 2, 1046, 0x29B4});
  tree.show({3, 3, 2, 3, 1050, 0x29B4});
  EXPECT_EQ(textOf(tree.fileFor("/sys/class/mei/mei0/dev_state")), "RESETTING");
  EXPECT_TRUE(textOf(tree.fileFor("/sys/class/mei/mei0/fw_ver")).starts_with("0:3.2.3.1050\n"));
  tree.show({0xFF, 3, 2, 3, 1050, 0x29B4});  // a state that the driver has no name for
  EXPECT_EQ(textOf(tree.fileFor("/sys/class/mei/mei0/dev_state")), "RESETTING");
}

TEST(SysfsTree, standsForThePathsOfTheDeviceOnly) {
  const SysfsTree tree(DeviceState{});
  const auto root = *tree.fileFor("/sys/class/mei");
  EXPECT_EQ(tree.fileFor("/sys/class/mei/mei0"), root + "/mei0");
  EXPECT_EQ(tree.fileFor("/sys/class/mei/mei7"), root + "/mei7");  // which is not there
  EXPECT_EQ(tree.fileFor(root + "/mei0/dev"), root + "/mei0/dev");
  for (const auto* path : {"/sys/class", "/sys/class/meix", "/sys/class/net", "/dev/mei0", "/"}) {
    EXPECT_EQ(tree.fileFor(path), std::nullopt) << path;
  }
}

TEST(SysfsTree, leavesNothingBehind) {
  std::string root;
  {
    const SysfsTree tree(DeviceState{});
    root = *tree.fileFor("/sys/class/mei");
    EXPECT_TRUE(std::filesystem::exists(root));
  }
  EXPECT_FALSE(std::filesystem::exists(root));
}

}  // namespace
}  // namespace vme::devmei

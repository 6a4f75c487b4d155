#include "devmei/node_stat.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cerrno>

#include "devmei/sysfs_tree.hpp"

namespace vme::devmei {
namespace {

constexpr unsigned kMode = S_IFCHR | S_IRUSR | S_IWUSR;  // as the mei driver makes its node
constexpr int kBlock = 4096;
constexpr unsigned kInode = 0x6D6569;  // any but 0

template <typename T>
Answer give(const Target& target, std::uint64_t buffer, const T& filled) {
  const std::span bytes(reinterpret_cast<const std::uint8_t*>(&filled), sizeof filled);
  if (!target.write(buffer, bytes)) return Failed{EFAULT};
  return Value{0};
}

}  // namespace

Answer statNode(const Target& target, std::uint64_t buffer) {
  struct stat node{};
  node.st_mode = kMode;
  node.st_nlink = 1;
  node.st_ino = kInode;
  // Its owner is who may open it.
  node.st_uid = ::geteuid();
  node.st_gid = ::getegid();
  node.st_rdev = makedev(kMajor, kMinor);
  node.st_blksize = kBlock;
  return give(target, buffer, node);
}

Answer statEntry(const Target& target, std::uint64_t buffer, const std::string& file, bool follow) {
  struct stat entry{};
  if (::fstatat(AT_FDCWD, file.c_str(), &entry, follow ? 0 : AT_SYMLINK_NOFOLLOW) != 0) return Failed{errno};
  return give(target, buffer, entry);
}

Answer statxNode(const Target& target, std::uint64_t buffer) {
  struct statx node{};
  node.stx_mask = STATX_BASIC_STATS;
  node.stx_mode = static_cast<std::uint16_t>(kMode);
  node.stx_nlink = 1;
  node.stx_ino = kInode;
  node.stx_uid = ::geteuid();
  node.stx_gid = ::getegid();
  node.stx_rdev_major = kMajor;
  node.stx_rdev_minor = kMinor;
  node.stx_blksize = kBlock;
  return give(target, buffer, node);
}

Answer statxEntry(const Target& target, std::uint64_t buffer, const std::string& file, int flags, unsigned mask) {
  struct statx entry{};
  if (::statx(AT_FDCWD, file.c_str(), flags & ~AT_EMPTY_PATH, mask, &entry) != 0) return Failed{errno};
  return give(target, buffer, entry);
}

}  // namespace vme::devmei

#pragma once
// A thread of the supervised program, seen from outside: its memory, its folders and its descriptors.

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace vme::devmei {

class Target {
 public:
  explicit Target(pid_t thread) : thread_(thread) {}

  pid_t thread() const { return thread_; }

  /// Fewer bytes than asked for: the rest is not mapped.
  std::size_t read(std::uint64_t address, std::span<std::uint8_t> into) const;
  bool readAll(std::uint64_t address, std::span<std::uint8_t> into) const { return read(address, into) == into.size(); }
  bool write(std::uint64_t address, std::span<const std::uint8_t> bytes) const;
  std::optional<std::string> readPath(std::uint64_t address) const;

  /// Absolute and without `.`, `..` or double slashes; links are not followed. Relative to `folder`, which may be
  /// AT_FDCWD. Nothing when that is no longer there.
  std::optional<std::string> absolute(const std::string& path, int folder) const;
  /// The inode of the socket that a descriptor is; 0 when it is none.
  std::uint64_t socketOf(int fd) const;
  bool hasDescriptor(int fd) const;
  /// A descriptor for the same open file; -1 when it may not be had.
  int duplicate(int fd) const;

 private:
  std::string entry(const std::string& name) const;
  pid_t process() const;

  pid_t thread_;
};

}  // namespace vme::devmei

#pragma once
// What stat and statx say of the simulated device node and of its sysfs entries, in the caller's own structures.

#include <cstdint>
#include <string>

#include "devmei/notifications.hpp"

namespace vme::devmei {

/// Fills the caller's struct stat.
Answer statNode(const Target& target, std::uint64_t buffer);
Answer statEntry(const Target& target, std::uint64_t buffer, const std::string& file, bool follow);
/// The same for struct statx.
Answer statxNode(const Target& target, std::uint64_t buffer);
Answer statxEntry(const Target& target, std::uint64_t buffer, const std::string& file, int flags, unsigned mask);

}  // namespace vme::devmei

#pragma once
// How files with secrets are written: whole or not at all, and from the first byte with their mode.

#include <sys/types.h>

#include <filesystem>
#include <string_view>

namespace vme::net {

/// Writes beside the file and renames over it, so that nobody ever reads half of it. Throws EnvironmentError.
void replaceFile(const std::filesystem::path& path, std::string_view text, mode_t mode);

}  // namespace vme::net

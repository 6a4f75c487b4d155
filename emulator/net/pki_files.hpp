#pragma once
// PEM files of keys and certificates. For net/ only.

#include <sys/types.h>

#include <filesystem>
#include <string_view>

namespace vme::net {

inline constexpr std::string_view kKeyLabel = "RSA PRIVATE KEY";
inline constexpr std::string_view kCertificateLabel = "CERTIFICATE";

/// Writes beside the file and renames over it, so that nobody ever reads half of it. Throws EnvironmentError.
void replaceFile(const std::filesystem::path& path, std::string_view text, mode_t mode);

}  // namespace vme::net

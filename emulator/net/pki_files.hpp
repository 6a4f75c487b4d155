#pragma once
// PEM files of keys and certificates. For net/ only.

#include <string_view>

namespace vme::net {

inline constexpr std::string_view kKeyLabel = "RSA PRIVATE KEY";
inline constexpr std::string_view kCertificateLabel = "CERTIFICATE";

}  // namespace vme::net

#pragma once
// Store handles as they stand in InstanceIDs: `Intel(r) AMT Certificate: Handle: 3`.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace vme::firmware::wsman {

inline constexpr std::string_view kCertificateName = "Intel(r) AMT Certificate: Handle: ";
inline constexpr std::string_view kKeyName = "Intel(r) AMT Key: Handle: ";

std::string nameWithHandle(std::string_view name, std::uint32_t handle);
/// Nothing when the text is not such a name.
std::optional<std::uint32_t> handleIn(std::string_view text, std::string_view name);

}  // namespace vme::firmware::wsman

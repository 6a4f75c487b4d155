#pragma once

#include <filesystem>
#include <string>

#include "profile/yaml_cursor.hpp"

namespace vme::scenario {

/// The text of the file that the value names, from `folder`. A ConfigError at the value when it cannot be read, is no
/// regular file or is larger than `most`; `wanted` is what the error asks for.
std::string readNamedFile(const profile::YamlCursor& value, const std::filesystem::path& folder, std::uintmax_t most,
                          std::string_view wanted);

}  // namespace vme::scenario

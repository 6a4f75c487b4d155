#pragma once

#include <span>
#include <string_view>

namespace vme::profile {

struct EmbeddedFile {
  std::string_view path;  // below profiles/
  std::string_view text;
};
/// The files under profiles/firmware and profiles/compat and the list of quirks, as they were when the program was
/// built.
std::span<const EmbeddedFile> embeddedFiles();

}  // namespace vme::profile

#include "scenario/files.hpp"

#include <fmt/format.h>

#include <fstream>
#include <iterator>

namespace vme::scenario {

std::string readNamedFile(const profile::YamlCursor& value, const std::filesystem::path& folder, std::uintmax_t most,
                          std::string_view wanted) {
  const auto path = folder / value.text();
  std::error_code error;
  const bool isReadable =
      std::filesystem::is_regular_file(path, error) && std::filesystem::file_size(path, error) <= most;
  std::ifstream file(path, std::ios::binary);
  if (!isReadable || !file) {
    value.fail(fmt::format("{} cannot be read: {}. name {}", value.path(), path.string(), wanted));
  }
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace vme::scenario

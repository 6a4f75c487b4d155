#include "net/replace_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>

#include "base/error.hpp"

namespace vme::net {

void replaceFile(const std::filesystem::path& path, std::string_view text, mode_t mode) {
  if (std::filesystem::exists(path) && !std::filesystem::is_regular_file(path)) {
    throw EnvironmentError(path.string(), "is there and no ordinary file. name another");
  }
  const auto beside = path.string() + "." + std::to_string(getpid());
  unlink(beside.c_str());  // left by a process of that number that was killed
  const int handle = open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  bool good = handle >= 0;
  while (good && !text.empty()) {
    const auto put = write(handle, text.data(), text.size());
    good = put > 0;
    if (good) text.remove_prefix(static_cast<std::size_t>(put));
  }
  if (handle >= 0) good = close(handle) == 0 && good;
  if (good && std::rename(beside.c_str(), path.c_str()) == 0) return;
  const std::string why = std::strerror(errno);
  unlink(beside.c_str());
  throw EnvironmentError(path.string(), "the file cannot be written: " + why + ". check folder and permissions");
}

}  // namespace vme::net

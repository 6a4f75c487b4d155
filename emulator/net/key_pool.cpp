#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <mutex>

#include "net/pki.hpp"
#include "net/pki_files.hpp"
#include "net/replace_file.hpp"
#include "wire/certificate.hpp"

namespace vme::net {
namespace {

std::filesystem::path cacheFolder() {
  if (const char* cache = std::getenv("XDG_CACHE_HOME"); cache && *cache) return std::filesystem::path(cache) / "vme";
  if (const char* home = std::getenv("HOME"); home && *home) return std::filesystem::path(home) / ".cache" / "vme";
  return {};
}

constexpr std::size_t kMadeAtOnce = 8;  // by one process, before the others see them

/// Held while one process adds to the file.
class FileLock {
 public:
  explicit FileLock(const std::filesystem::path& path)
      : handle_(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
    if (handle_ >= 0) flock(handle_, LOCK_EX);
  }
  ~FileLock() {
    if (handle_ >= 0) close(handle_);
  }
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

 private:
  int handle_;
};

std::vector<PrivateKey> readPool(const std::filesystem::path& path, unsigned bits) {
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  std::vector<PrivateKey> keys;
  try {
    for (auto& der : fromPem(path.string(), text, kKeyLabel)) {
      const auto facts = wire::privateKeyFacts(der);
      if (facts && facts->rsaBits == bits) keys.push_back({std::move(der), bits});
    }
  } catch (const ConfigError&) {
    keys.clear();  // a damaged cache is made anew
  }
  return keys;
}

/// Of the pool in the user's cache folder; empty where none can be kept.
std::filesystem::path poolFile(unsigned bits) {
  const auto folder = cacheFolder();
  std::error_code error;
  if (folder.empty()) return {};
  std::filesystem::create_directories(folder, error);
  if (error || access(folder.c_str(), W_OK) != 0) return {};
  return folder / ("rsa-" + std::to_string(bits) + ".pem");
}

/// Has `keys` be what the file holds by now, and `made` after it; whether the file could be written.
bool addToFile(const std::filesystem::path& path, unsigned bits, std::vector<PrivateKey> made,
               std::vector<PrivateKey>& keys) {
  const FileLock lock(path.string() + ".lock");
  keys = readPool(path, bits);
  std::ranges::move(made, std::back_inserter(keys));
  std::string text;
  for (const auto& key : keys) text += toPem(kKeyLabel, key.der);
  try {
    replaceFile(path, text, 0600);
    return true;
  } catch (const EnvironmentError&) {
    return false;  // a full disk costs the next start its time, and nothing else
  }
}

/// Keys are made with nothing locked, so that a process that wants few never waits for one that makes many.
std::vector<PrivateKey> filledPool(unsigned bits, std::size_t size) {
  const auto path = poolFile(bits);
  bool kept = !path.empty();
  auto keys = kept ? readPool(path, bits) : std::vector<PrivateKey>();
  while (keys.size() < size) {
    std::vector<PrivateKey> made;
    while (made.size() < std::min(kMadeAtOnce, size - keys.size())) made.push_back(makeRsaKey(bits));
    if (kept) {
      kept = addToFile(path, bits, std::move(made), keys);
    } else {
      std::ranges::move(made, std::back_inserter(keys));
    }
  }
  return keys;
}

}  // namespace

std::vector<PrivateKey> keyPool(unsigned bits, std::size_t size) {
  static std::mutex mutex;
  static std::map<unsigned, std::vector<PrivateKey>> pools;
  const std::lock_guard guard(mutex);
  auto& pool = pools[bits];
  if (pool.size() < size) pool = filledPool(bits, size);
  return {pool.begin(), pool.begin() + static_cast<std::ptrdiff_t>(size)};
}

}  // namespace vme::net

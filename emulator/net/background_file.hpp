#pragma once
// A file that many threads append to and one thread of its own writes, so that none of them waits for the disk.

#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

namespace vme::net {

class BackgroundFile {
 public:
  /// Made anew, for its owner alone (mode 0600). EnvironmentError, which ends with `mend`.
  BackgroundFile(std::filesystem::path file, std::string mend);
  ~BackgroundFile();
  BackgroundFile(const BackgroundFile&) = delete;
  BackgroundFile& operator=(const BackgroundFile&) = delete;

  /// What one call appends stays together. Waits only when the disk is some megabytes behind.
  void append(std::string_view bytes);
  /// Writes the rest and closes. EnvironmentError when anything could not be written.
  void finish();

  const std::filesystem::path& path() const { return path_; }

 private:
  void writeLoop();
  void stop();
  bool writeAll(std::string_view bytes);

  std::filesystem::path path_;
  std::string mend_;
  int handle_ = -1;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::string waiting_;
  bool ending_ = false;
  std::string trouble_;  // why nothing is written any more
  std::thread thread_;
};

}  // namespace vme::net

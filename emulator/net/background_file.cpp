#include "net/background_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

#include "base/error.hpp"

namespace vme::net {
namespace {

constexpr std::size_t kMostWaiting = 16U << 20U;

}  // namespace

BackgroundFile::BackgroundFile(std::filesystem::path file, std::string mend)
    : path_(std::move(file)), mend_(std::move(mend)) {
  std::error_code ignored;  // opening tells what is wrong
  if (path_.has_parent_path()) std::filesystem::create_directories(path_.parent_path(), ignored);
  handle_ = open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  // The file may have been there before, readable by others.
  if (handle_ < 0 || fchmod(handle_, 0600) != 0) {
    const std::string why = std::strerror(errno);
    if (handle_ >= 0) close(handle_);
    throw EnvironmentError(path_.string(), "cannot be written: " + why + ". " + mend_);
  }
  thread_ = std::thread([this] { writeLoop(); });
}

BackgroundFile::~BackgroundFile() {
  stop();
}

void BackgroundFile::append(std::string_view bytes) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return waiting_.size() < kMostWaiting || !trouble_.empty(); });
  if (!trouble_.empty()) return;
  const bool wasEmpty = waiting_.empty();
  waiting_ += bytes;
  if (wasEmpty) changed_.notify_all();
}

void BackgroundFile::writeLoop() {
  std::string taken;
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return ending_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    taken.clear();
    taken.swap(waiting_);
    lock.unlock();
    const bool written = writeAll(taken);
    lock.lock();
    if (!written) {
      trouble_ = std::strerror(errno);
      waiting_.clear();
    }
    changed_.notify_all();
  }
}

bool BackgroundFile::writeAll(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto put = write(handle_, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return true;
}

void BackgroundFile::stop() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  thread_.join();
  if (close(handle_) != 0 && trouble_.empty()) trouble_ = std::strerror(errno);
}

void BackgroundFile::finish() {
  stop();
  if (!trouble_.empty()) throw EnvironmentError(path_.string(), "cannot be written: " + trouble_ + ". " + mend_);
}

}  // namespace vme::net

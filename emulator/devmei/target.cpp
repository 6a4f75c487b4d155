#include "devmei/target.hpp"

#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <climits>
#include <filesystem>
#include <fstream>

#include "devmei/descriptor.hpp"

namespace vme::devmei {
namespace {

constexpr std::size_t kPage = 4096;

std::optional<std::string> readLink(const std::string& path) {
  std::array<char, PATH_MAX> text{};
  const auto size = ::readlink(path.c_str(), text.data(), text.size());
  if (size < 0) return std::nullopt;
  return std::string(text.data(), static_cast<std::size_t>(size));
}

iovec remotePart(std::uint64_t address, std::size_t size) {
  return {reinterpret_cast<void*>(address), size};
}

}  // namespace

std::size_t Target::read(std::uint64_t address, std::span<std::uint8_t> into) const {
  iovec local{into.data(), into.size()};
  auto remote = remotePart(address, into.size());
  const auto size = ::process_vm_readv(thread_, &local, 1, &remote, 1, 0);
  return size < 0 ? 0 : static_cast<std::size_t>(size);
}

bool Target::write(std::uint64_t address, std::span<const std::uint8_t> bytes) const {
  iovec local{const_cast<std::uint8_t*>(bytes.data()), bytes.size()};
  auto remote = remotePart(address, bytes.size());
  return ::process_vm_writev(thread_, &local, 1, &remote, 1, 0) == static_cast<ssize_t>(bytes.size());
}

std::optional<std::string> Target::readPath(std::uint64_t address) const {
  std::array<std::uint8_t, PATH_MAX> text{};
  for (std::size_t have = 0; have < text.size();) {
    // Up to the end of the page: the next one need not be mapped, and a short path ends before it.
    const auto untilPage = kPage - (address + have) % kPage;
    const auto part = std::span(text).subspan(have, std::min(untilPage, text.size() - have));
    const auto got = read(address + have, part);
    if (got == 0) return std::nullopt;
    const auto begin = text.begin() + static_cast<std::ptrdiff_t>(have);
    const auto end = begin + static_cast<std::ptrdiff_t>(got);
    if (const auto zero = std::find(begin, end, 0); zero != end) return std::string(text.begin(), zero);
    have += got;
  }
  return std::nullopt;
}

std::string Target::entry(const std::string& name) const {
  return "/proc/" + std::to_string(thread_) + "/" + name;
}

std::optional<std::string> Target::absolute(const std::string& path, int folder) const {
  std::filesystem::path whole(path);
  if (!whole.is_absolute()) {
    const auto base = readLink(entry(folder == AT_FDCWD ? "cwd" : "fd/" + std::to_string(folder)));
    if (!base || base->empty() || base->front() != '/') return std::nullopt;
    whole = *base / whole;
  }
  auto text = whole.lexically_normal().string();
  if (text.starts_with("//")) text.erase(0, 1);
  if (text.size() > 1 && text.ends_with('/')) text.pop_back();
  return text;
}

std::uint64_t Target::socketOf(int fd) const {
  constexpr std::string_view kForm = "socket:[";
  const auto link = readLink(entry("fd/" + std::to_string(fd)));
  if (!link || !link->starts_with(kForm)) return 0;
  std::uint64_t inode = 0;
  std::from_chars(link->data() + kForm.size(), link->data() + link->size(), inode);
  return inode;
}

bool Target::hasDescriptor(int fd) const {
  return readLink(entry("fd/" + std::to_string(fd))).has_value();
}

pid_t Target::process() const {
  std::ifstream status(entry("status"));
  for (std::string word; status >> word;) {
    pid_t id = 0;
    if (word == "Tgid:" && status >> id) return id;
  }
  return thread_;
}

int Target::duplicate(int fd) const {
  const Descriptor handle(static_cast<int>(::syscall(SYS_pidfd_open, process(), 0)));
  if (!handle) return -1;
  return static_cast<int>(::syscall(SYS_pidfd_getfd, handle.get(), fd, 0));
}

}  // namespace vme::devmei

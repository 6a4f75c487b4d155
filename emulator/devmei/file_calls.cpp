// Calls on the device's open files: ioctl by any descriptor, reads and writes by those of the reserved numbers.

#include <seccomp.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <initializer_list>
#include <vector>

#include "devmei/filter.hpp"
#include "devmei/node_stat.hpp"
#include "devmei/supervisor.hpp"

namespace vme::devmei {
namespace {

bool isAny(int number, std::initializer_list<int> numbers) {
  return std::ranges::find(numbers, number) != numbers.end();
}

/// Of readv or writev: all parts together; nothing when the list is not to be had.
std::optional<std::size_t> sizeOfParts(const Call& call) {
  const auto count = static_cast<std::size_t>(call.args[2]);
  if (count > IOV_MAX) return std::nullopt;
  std::vector<iovec> parts(count);
  const std::span into(reinterpret_cast<std::uint8_t*>(parts.data()), count * sizeof(iovec));
  if (!call.target.readAll(call.args[1], into)) return std::nullopt;
  std::size_t size = 0;
  for (const auto& part : parts) size += part.iov_len;
  return size;
}

}  // namespace

Answer Supervisor::decide(const Call& call) {
  if (call.number == SCMP_SYS(ioctl)) return onIoctl(call);
  if (isAny(call.number, {SCMP_SYS(read), SCMP_SYS(readv), SCMP_SYS(write), SCMP_SYS(writev), SCMP_SYS(fstat),
                          SCMP_SYS(fsync), SCMP_SYS(fdatasync)})) {
    return onFile(call);
  }
  return onPath(call);
}

Answer Supervisor::onFile(const Call& call) {
  auto* file = files_.byInode(call.target.socketOf(static_cast<int>(call.args[0])));
  if (file == nullptr) return Proceed{};
  if (call.number == SCMP_SYS(fstat)) return statNode(call.target, call.args[1]);
  if (!file->connected() || state_.state != 0) return Failed{ENODEV};
  if (isAny(call.number, {SCMP_SYS(fsync), SCMP_SYS(fdatasync)})) return Value{0};
  const bool vector = isAny(call.number, {SCMP_SYS(readv), SCMP_SYS(writev)});
  const auto size = vector ? sizeOfParts(call) : std::optional<std::size_t>(call.args[2]);
  if (!size) return Proceed{};  // the kernel finds the same fault
  if (*size == 0) return Value{0};
  if (isAny(call.number, {SCMP_SYS(read), SCMP_SYS(readv)})) return onRead(call, *file, *size);
  return onWrite(call, *file, *size);
}

Answer Supervisor::onIoctl(const Call& call) {
  auto* file = files_.byInode(call.target.socketOf(static_cast<int>(call.args[0])));
  if (file == nullptr) return Proceed{};
  // Events and virtual tags came with later versions of the bus than these MEs speak (heci.md 1.1).
  if (static_cast<std::uint32_t>(call.args[1]) != kConnectClient) return Failed{EOPNOTSUPP};
  return connect(call, *file);
}

Answer Supervisor::connect(const Call& call, DeviceFile& file) {
  if (state_.state != 0 || file.phase == DeviceFile::Phase::gone) return Failed{ENODEV};
  if (file.phase != DeviceFile::Phase::unconnected) return Failed{EBUSY};
  Connect message{.session = file.id};
  if (!call.target.readAll(call.args[2], message.client.wire)) return Failed{EFAULT};
  if (!notifications_->valid(call.id)) return Later{};
  if (!files_.tell(message)) return Failed{ENODEV};
  file.phase = DeviceFile::Phase::connecting;
  file.waiting = call;
  return Later{};
}

}  // namespace vme::devmei

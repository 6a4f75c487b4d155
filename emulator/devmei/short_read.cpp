// A read that is shorter than the message gets its beginning, and the next one the rest (heci.md 1.1), where a datagram
// would lose it. A read with room for any message is left to the kernel at once. For a shorter one the ME holds still
// for a moment, so that what is queued can be cut without a new message coming in between; one that will wait is
// carried out by the kernel as ever, and the ME cuts the message that ends it.

#include <fcntl.h>
#include <seccomp.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>
#include <deque>

#include "devmei/seqpacket.hpp"
#include "devmei/supervisor.hpp"

namespace vme::devmei {
namespace {

bool isNonBlocking(int fd) {
  return (::fcntl(fd, F_GETFL) & O_NONBLOCK) != 0;
}

/// Into the buffer of a read, or the parts of a readv in turn.
bool fill(const Call& call, ByteView bytes) {
  if (call.number == SCMP_SYS(read)) return call.target.write(call.args[1], bytes);
  std::vector<iovec> parts(call.args[2]);
  const std::span into(reinterpret_cast<std::uint8_t*>(parts.data()), parts.size() * sizeof(iovec));
  if (!call.target.readAll(call.args[1], into)) return false;
  for (const auto& part : parts) {
    const auto piece = bytes.first(std::min(bytes.size(), part.iov_len));
    if (!piece.empty() && !call.target.write(reinterpret_cast<std::uint64_t>(part.iov_base), piece)) return false;
    bytes = bytes.subspan(piece.size());
  }
  return true;
}

/// Everything that is queued for the program.
std::deque<Bytes> takeAll(int socket, std::size_t longest) {
  std::deque<Bytes> all;
  Bytes buffer(longest);
  for (;;) {
    const auto received = receiveDatagram(socket, buffer);
    if (received.outcome != Io::done) return all;
    const auto size = std::min(received.size, buffer.size());
    all.emplace_back(buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(size));
  }
}

/// Gives the caller the beginning of the first message, and queues its rest and what follows again.
Answer cutFirst(const Call& call, const DeviceFile& file, int socket, std::size_t size) {
  auto all = takeAll(socket, file.properties.maxMessage);
  if (all.empty()) return Proceed{};
  auto& first = all.front();
  const auto head = std::min(size, first.size());
  const bool filled = fill(call, ByteView(first).first(head));
  if (filled) first.erase(first.begin(), first.begin() + static_cast<std::ptrdiff_t>(head));
  if (first.empty()) all.pop_front();
  // There is room for as much as there was.
  for (const auto& message : all) sendDatagram(file.meEnd.get(), message);
  return filled ? Answer(Value{static_cast<std::int64_t>(head)}) : Answer(Failed{EFAULT});
}

}  // namespace

Answer Supervisor::onRead(const Call& call, DeviceFile& file, std::size_t size) {
  if (size >= file.properties.maxMessage && !file.cutFor) return Proceed{};
  const Descriptor socket(call.target.duplicate(static_cast<int>(call.args[0])));
  if (!socket) return Proceed{};
  const auto next = receiveDatagram(socket.get(), {}, true);
  if (next.outcome == Io::closed || (next.outcome == Io::done && next.size <= size)) return Proceed{};
  if (next.outcome == Io::wouldBlock && isNonBlocking(socket.get())) return Failed{EAGAIN};
  return pause(call, file, size);
}

Answer Supervisor::onWrite(const Call& call, DeviceFile& file, std::size_t size) {
  if (size > file.properties.maxMessage) return Failed{EFBIG};
  // A signal has ended its read, so the answer to this message is not to be cut.
  if (file.cutFor == call.target.thread()) return pause(call, file, size);
  return Proceed{};
}

Answer Supervisor::pause(const Call& call, DeviceFile& file, std::size_t size) {
  if (file.paused.empty() && !files_.tell(Hold{file.id})) return Failed{ENODEV};
  file.paused.push_back({call, size});
  return Later{};
}

void Supervisor::on(const Held& message) {
  auto* file = files_.byId(message.session);
  if (file == nullptr || file->paused.empty()) return;
  file->cutFor.reset();
  std::size_t cut = 0;
  for (const auto& [call, size] : std::exchange(file->paused, {})) {
    if (!notifications_->valid(call.id)) continue;
    const bool reads = call.number == SCMP_SYS(read) || call.number == SCMP_SYS(readv);
    notifications_->answer(call.id, reads ? readNow(call, *file, size) : Answer(Proceed{}));
    if (file->cutFor == call.target.thread()) cut = size;
  }
  files_.tell(Release{file->id, static_cast<std::uint32_t>(cut)});
}

/// While the ME holds still.
Answer Supervisor::readNow(const Call& call, DeviceFile& file, std::size_t size) {
  const Descriptor socket(call.target.duplicate(static_cast<int>(call.args[0])));
  if (!socket) return Proceed{};
  const auto next = receiveDatagram(socket.get(), {}, true);
  if (next.outcome == Io::done && next.size > size) return cutFirst(call, file, socket.get(), size);
  if (next.outcome == Io::wouldBlock && size < file.properties.maxMessage) file.cutFor = call.target.thread();
  return Proceed{};
}

}  // namespace vme::devmei

#include "devmei/seqpacket.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "base/error.hpp"

namespace vme::devmei {
namespace {

constexpr int kBacklog = 64;
/// The kernel passes no more at once, so that none is left behind unseen.
constexpr std::size_t kMostPassed = 253;

std::string reason(int error) {
  return std::error_code(error, std::generic_category()).message();
}

sockaddr_un addressOf(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof address.sun_path) {
    throw EnvironmentError(path, "a socket's path has 1 to 107 characters. choose a shorter one");
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  return address;
}

Descriptor makeSocket() {
  Descriptor socket(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket) throw EnvironmentError("socket", reason(errno) + ". raise the limit of open descriptors (ulimit -n)");
  tellEnd(socket.get());
  return socket;
}

const sockaddr* generic(const sockaddr_un& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

/// Removes a socket that nobody serves; anything else at `path` is an error.
void clearStale(const std::string& path, const sockaddr_un& address) {
  struct stat found{};
  if (::lstat(path.c_str(), &found) != 0) return;
  if (!S_ISSOCK(found.st_mode)) throw EnvironmentError(path, "is there and no socket. choose another path");
  const auto probe = makeSocket();
  if (::connect(probe.get(), generic(address), sizeof address) == 0 || errno != ECONNREFUSED) {
    throw EnvironmentError(path, "is served by another program. end it, or choose another path");
  }
  ::unlink(path.c_str());
}

/// The one descriptor among those that came; all others are closed.
Descriptor onlyDescriptor(const cmsghdr* header, Descriptor found) {
  const std::size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
  for (std::size_t i = 0; i < count; ++i) {
    int fd = -1;
    std::memcpy(&fd, CMSG_DATA(header) + i * sizeof fd, sizeof fd);
    Descriptor one(fd);
    if (count == 1) found = std::move(one);
  }
  return found;
}

}  // namespace

std::pair<Descriptor, Descriptor> makePair() {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()) != 0) {
    throw EnvironmentError("socketpair", reason(errno) + ". raise the limit of open descriptors (ulimit -n)");
  }
  for (const auto end : ends) tellEnd(end);
  return {Descriptor(ends[0]), Descriptor(ends[1])};
}

Descriptor listenAt(const std::string& path) {
  const auto address = addressOf(path);
  clearStale(path, address);
  auto socket = makeSocket();
  // The file that bind makes has the mode of the socket, so that nobody else can connect for a moment.
  ::fchmod(socket.get(), S_IRUSR | S_IWUSR);
  if (::bind(socket.get(), generic(address), sizeof address) != 0 || ::listen(socket.get(), kBacklog) != 0) {
    throw EnvironmentError(path, "cannot listen: " + reason(errno) + ". choose a path in a folder of your own");
  }
  return socket;
}

Descriptor connectTo(const std::string& path) {
  const auto address = addressOf(path);
  auto socket = makeSocket();
  if (::connect(socket.get(), generic(address), sizeof address) != 0) {
    throw EnvironmentError(path, "no virtual ME there: " + reason(errno) + ". start one with `vme serve --heci DIR`");
  }
  return socket;
}

Io sendDatagram(int socket, ByteView datagram, int passed) {
  iovec part{const_cast<std::uint8_t*>(datagram.data()), datagram.size()};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  if (passed >= 0) {
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    auto* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    std::memcpy(CMSG_DATA(header), &passed, sizeof passed);
  }
  while (::sendmsg(socket, &message, MSG_DONTWAIT | MSG_NOSIGNAL) < 0) {
    if (errno == EINTR) continue;
    return errno == EAGAIN ? Io::wouldBlock : Io::closed;
  }
  return Io::done;
}

Received receiveDatagram(int socket, std::span<std::uint8_t> into, bool peek) {
  iovec part{into.data(), into.size()};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(kMostPassed * sizeof(int)) + CMSG_SPACE(sizeof(ucred))> control{};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  const int flags = MSG_DONTWAIT | MSG_TRUNC | MSG_CMSG_CLOEXEC | (peek ? MSG_PEEK : 0);
  ssize_t size = 0;
  while ((size = ::recvmsg(socket, &message, flags)) < 0) {
    if (errno != EINTR) return {.outcome = errno == EAGAIN ? Io::wouldBlock : Io::closed};
  }
  Received received{.size = static_cast<std::size_t>(size)};
  for (auto* header = CMSG_FIRSTHDR(&message); header != nullptr; header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_type == SCM_CREDENTIALS) received.outcome = Io::done;
    if (header->cmsg_type == SCM_RIGHTS) received.passed = onlyDescriptor(header, std::move(received.passed));
  }
  return received;
}

void tellEnd(int socket) {
  const int on = 1;
  ::setsockopt(socket, SOL_SOCKET, SO_PASSCRED, &on, sizeof on);
}

bool waitReadable(int fd, int timeoutMs) {
  pollfd waiting{.fd = fd, .events = POLLIN, .revents = 0};
  int ready = 0;
  while ((ready = ::poll(&waiting, 1, timeoutMs)) < 0 && errno == EINTR) {
  }
  return ready > 0;
}

bool isSeqpacket(int fd) {
  int type = 0;
  int domain = 0;
  socklen_t size = sizeof type;
  return ::getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_SEQPACKET &&
         ::getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size) == 0 && domain == AF_UNIX;
}

}  // namespace vme::devmei

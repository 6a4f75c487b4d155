#pragma once
// UNIX SOCK_SEQPACKET sockets: a pair, a named one, and datagrams with or without a descriptor. Nothing but
// waitReadable waits.

#include <cstdint>
#include <span>
#include <string>
#include <utility>

#include "base/bytes.hpp"
#include "devmei/descriptor.hpp"

namespace vme::devmei {

/// Both ends closed on exec and non-blocking. Throws EnvironmentError.
std::pair<Descriptor, Descriptor> makePair();

/// Listens at `path`, for its owner only (mode 0600). A socket that nobody serves any more is replaced. Throws
/// EnvironmentError when another one does, or when `path` is something else.
Descriptor listenAt(const std::string& path);
/// Throws EnvironmentError.
Descriptor connectTo(const std::string& path);

enum class Io { done, wouldBlock, closed };

/// `passed`: a descriptor that goes with it.
Io sendDatagram(int socket, ByteView datagram, int passed = -1);

struct Received {
  Io outcome = Io::closed;
  std::size_t size = 0;  // of the whole datagram; what is beyond the buffer is lost
  Descriptor passed;     // when exactly one came with it
};
/// The socket must tell an empty datagram from the end: tellEnd() was called on it.
Received receiveDatagram(int socket, std::span<std::uint8_t> into, bool peek = false);
/// Makes an empty datagram and the end of the peer two things for receiveDatagram: only datagrams bring credentials.
void tellEnd(int socket);
/// Waits for a datagram or the end.
bool waitReadable(int fd, int timeoutMs = -1);
bool isSeqpacket(int fd);

}  // namespace vme::devmei

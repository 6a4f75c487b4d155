#pragma once
// The file format pcapng (draft-ietf-opsawg-pcapng), as much of it as a capture of one Ethernet interface needs:
// section header, interface description, enhanced packets, and TLS secrets. Blocks are written in little endian.

#include <cstdint>
#include <string_view>

#include "base/bytes.hpp"

namespace vme::wire::pcapng {

/// What a file begins with: a section header that names the program, and one Ethernet interface whose times are in
/// nanoseconds.
void appendStart(Bytes& out, std::string_view application);
/// A Decryption Secrets Block with lines of a TLS key log (as NSS writes them). It precedes the packets that need it.
void appendTlsSecrets(Bytes& out, std::string_view keyLogLines);
/// A whole frame of interface 0.
void appendPacket(Bytes& out, std::uint64_t unixNs, ByteView frame);

}  // namespace vme::wire::pcapng

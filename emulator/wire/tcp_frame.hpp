#pragma once
// A TCP segment over IPv4 in an Ethernet frame, as a capture shows it. For connections whose bytes are known but whose
// packets only the kernel saw.

#include <array>
#include <cstdint>

#include "base/bytes.hpp"

namespace vme::wire {

/// What fits into one segment of an Ethernet frame.
inline constexpr std::size_t kTcpSegmentMax = 1460;

enum TcpFlag : std::uint8_t { kTcpFin = 1, kTcpSyn = 2, kTcpRst = 4, kTcpPsh = 8, kTcpAck = 16 };

struct TcpEnd {
  std::array<std::uint8_t, 6> mac{};
  std::uint32_t ipv4 = 0;  // host byte order
  std::uint16_t port = 0;
};

struct TcpSegment {
  TcpEnd from, to;
  std::uint32_t sequence = 0;
  std::uint32_t acknowledged = 0;
  std::uint8_t flags = 0;  // of TcpFlag
  std::uint16_t id = 0;    // of the IP packet
  ByteView payload;        // at most kTcpSegmentMax
};

/// With right checksums. A SYN carries the options that announce kTcpSegmentMax and a window of 8 MiB.
Bytes ethernetFrame(const TcpSegment& segment);

}  // namespace vme::wire

#include "wire/tcp_frame.hpp"

#include <span>

namespace vme::wire {
namespace {

constexpr std::uint16_t kIpv4 = 0x0800;
constexpr std::uint8_t kTcp = 6, kTimeToLive = 64;
constexpr std::uint16_t kDontFragment = 0x4000;
constexpr std::size_t kEthernetSize = 14, kIpSize = 20;

// Maximum segment size (kind 2), a no-operation (1), window scale by 2^7 (3): RFC 9293 3.2, RFC 7323 2.2.
constexpr std::array<std::uint8_t, 8> kSynOptions{2, 4, kTcpSegmentMax >> 8U, kTcpSegmentMax & 0xFFU, 1, 3, 3, 7};

/// The Internet checksum (RFC 1071) over what was added.
class Checksum {
 public:
  void add(ByteView bytes) {
    for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) sum_ += readBe16(bytes, i);
    if (bytes.size() % 2 != 0) sum_ += static_cast<std::uint32_t>(bytes.back()) << 8U;
  }
  std::uint16_t value() const {
    auto sum = sum_;
    while (sum >> 16U != 0) sum = (sum & 0xFFFFU) + (sum >> 16U);
    return static_cast<std::uint16_t>(~sum);
  }

 private:
  std::uint64_t sum_ = 0;
};

void putBe16(Bytes& out, std::size_t at, std::uint16_t value) {
  out[at] = static_cast<std::uint8_t>(value >> 8U);
  out[at + 1] = static_cast<std::uint8_t>(value);
}

void append(Bytes& out, ByteView bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}

// Offset 0: destination (6), 6: source (6), 12: type (2).
void appendEthernet(Bytes& out, const TcpSegment& segment) {
  append(out, segment.to.mac);
  append(out, segment.from.mac);
  appendBe16(out, kIpv4);
}

// Offset 0: version and header words, 1: service, 2: length (2), 4: id (2), 6: flags and fragment (2), 8: time to live,
// 9: protocol, 10: checksum (2), 12: source (4), 16: destination (4).
void appendIp(Bytes& out, const TcpSegment& segment, std::size_t tcpSize) {
  out.push_back(0x45);
  out.push_back(0);
  appendBe16(out, static_cast<std::uint16_t>(kIpSize + tcpSize));
  appendBe16(out, segment.id);
  appendBe16(out, kDontFragment);
  out.push_back(kTimeToLive);
  out.push_back(kTcp);
  appendBe16(out, 0);
  appendBe32(out, segment.from.ipv4);
  appendBe32(out, segment.to.ipv4);
  Checksum sum;
  sum.add(ByteView(out).subspan(kEthernetSize, kIpSize));
  putBe16(out, kEthernetSize + 10, sum.value());
}

// Offset 0: source (2), 2: destination (2), 4: sequence (4), 8: acknowledged (4), 12: header words, 13: flags,
// 14: window (2), 16: checksum (2), 18: urgent (2), 20: options.
void appendTcp(Bytes& out, const TcpSegment& segment, ByteView options) {
  const auto words = (20 + options.size()) / 4;
  appendBe16(out, segment.from.port);
  appendBe16(out, segment.to.port);
  appendBe32(out, segment.sequence);
  appendBe32(out, segment.acknowledged);
  out.push_back(static_cast<std::uint8_t>(words << 4U));
  out.push_back(segment.flags);
  appendBe16(out, 0xFFFF);
  appendBe16(out, 0);
  appendBe16(out, 0);
  append(out, options);
  append(out, segment.payload);
  const auto tcp = ByteView(out).subspan(kEthernetSize + kIpSize);
  Bytes pseudo;
  appendBe32(pseudo, segment.from.ipv4);
  appendBe32(pseudo, segment.to.ipv4);
  appendBe16(pseudo, kTcp);
  appendBe16(pseudo, static_cast<std::uint16_t>(tcp.size()));
  Checksum sum;
  sum.add(pseudo);
  sum.add(tcp);
  putBe16(out, kEthernetSize + kIpSize + 16, sum.value());
}

}  // namespace

Bytes ethernetFrame(const TcpSegment& segment) {
  const auto options = (segment.flags & kTcpSyn) != 0 ? ByteView(kSynOptions) : ByteView();
  Bytes out;
  out.reserve(kEthernetSize + kIpSize + 20 + options.size() + segment.payload.size());
  appendEthernet(out, segment);
  appendIp(out, segment, 20 + options.size() + segment.payload.size());
  appendTcp(out, segment, options);
  return out;
}

}  // namespace vme::wire

#include "wire/pcapng.hpp"

namespace vme::wire::pcapng {
namespace {

constexpr std::uint32_t kSectionHeader = 0x0A0D0D0A, kInterface = 1, kEnhancedPacket = 6, kSecrets = 10;
constexpr std::uint32_t kByteOrderMagic = 0x1A2B3C4D;
constexpr std::uint32_t kTlsKeyLog = 0x544C534B;  // "TLSK"
constexpr std::uint16_t kEthernet = 1;
constexpr std::uint16_t kOptionEnd = 0, kApplication = 4, kTimeResolution = 9;
constexpr std::uint8_t kNanoseconds = 9;  // ten to the minus nine

void pad(Bytes& out) {
  while (out.size() % 4 != 0) out.push_back(0);
}

/// Offset 0: type (4); 4: length of the whole block (4); 8: body, padded to 4; at the end the length again (4).
class Block {
 public:
  Block(Bytes& out, std::uint32_t type) : out_(out), start_(out.size()) {
    appendLe32(out_, type);
    appendLe32(out_, 0);
  }
  ~Block() {
    const auto length = static_cast<std::uint32_t>(out_.size() - start_ + 4);
    for (std::size_t i = 0; i < 4; ++i) out_[start_ + 4 + i] = static_cast<std::uint8_t>(length >> 8U * i);
    appendLe32(out_, length);
  }
  Block(const Block&) = delete;
  Block& operator=(const Block&) = delete;

 private:
  Bytes& out_;
  std::size_t start_;
};

void appendPadded(Bytes& out, ByteView bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
  // Every block begins at a multiple of four, so that its contents are padded to the same.
  pad(out);
}

void appendOption(Bytes& out, std::uint16_t code, ByteView value) {
  appendLe16(out, code);
  appendLe16(out, static_cast<std::uint16_t>(value.size()));
  appendPadded(out, value);
}

void endOptions(Bytes& out) {
  appendLe16(out, kOptionEnd);
  appendLe16(out, 0);
}

}  // namespace

void appendStart(Bytes& out, std::string_view application) {
  {
    const Block block(out, kSectionHeader);
    appendLe32(out, kByteOrderMagic);
    appendLe16(out, 1);  // version 1.0
    appendLe16(out, 0);
    appendLe32(out, 0xFFFFFFFF);  // length of the section: unknown
    appendLe32(out, 0xFFFFFFFF);
    appendOption(out, kApplication, asBytes(application));
    endOptions(out);
  }
  const Block block(out, kInterface);
  appendLe16(out, kEthernet);
  appendLe16(out, 0);
  appendLe32(out, 0);  // frames are never cut
  appendOption(out, kTimeResolution, {&kNanoseconds, 1});
  endOptions(out);
}

void appendTlsSecrets(Bytes& out, std::string_view keyLogLines) {
  const Block block(out, kSecrets);
  appendLe32(out, kTlsKeyLog);
  appendLe32(out, static_cast<std::uint32_t>(keyLogLines.size()));
  appendPadded(out, asBytes(keyLogLines));
}

void appendPacket(Bytes& out, std::uint64_t unixNs, ByteView frame) {
  const Block block(out, kEnhancedPacket);
  const auto size = static_cast<std::uint32_t>(frame.size());
  appendLe32(out, 0);  // interface
  appendLe32(out, static_cast<std::uint32_t>(unixNs >> 32U));
  appendLe32(out, static_cast<std::uint32_t>(unixNs));
  appendLe32(out, size);  // captured
  appendLe32(out, size);  // on the wire
  appendPadded(out, frame);
}

}  // namespace vme::wire::pcapng

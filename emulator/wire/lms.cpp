#include "wire/lms.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace vme::wire::lms {
namespace {

enum Type : std::uint8_t {
  kOpen = 0x01,
  kOpenReply = 0x02,
  kClose = 0x03,
  kSendData = 0x04,
  kIpFqdnRequest = 0x05,
  kIpFqdn = 0x06,
  kProtoVersion = 0x07,
  kProtoVersionReply = 0x08,
  kOpenEx = 0x0A,
};
constexpr std::size_t kAddress = 16;
constexpr std::size_t kName = 256;

struct Shape {
  std::uint8_t type;
  std::size_t size;  // of the whole message; of SEND_DATA, before its data
};
constexpr std::array kShapes{Shape{kOpen, 24},        Shape{kOpenReply, 4},         Shape{kClose, 3},
                             Shape{kSendData, 4},     Shape{kIpFqdnRequest, 2},     Shape{kIpFqdn, 276},
                             Shape{kProtoVersion, 3}, Shape{kProtoVersionReply, 4}, Shape{kOpenEx, 269}};

void appendAddress(Bytes& out, std::uint32_t ipv4) {
  appendBe32(out, ipv4);
  out.resize(out.size() + kAddress - 4);
}

void appendName(Bytes& out, std::string_view name) {
  const auto kept = asBytes(name.substr(0, std::min(name.size(), kName - 1)));
  out.insert(out.end(), kept.begin(), kept.end());
  out.resize(out.size() + kName - kept.size());
}

std::optional<std::string> readName(ByteView message, std::size_t offset) {
  const auto text = asText(message.subspan(offset, kName));
  const auto end = text.find('\0');
  return end == std::string_view::npos ? std::nullopt : std::optional(std::string(text.substr(0, end)));
}

struct Encoder {
  Bytes operator()(const Open& m) const {
    Bytes out;
    if (m.extended) {
      out = {kOpenEx, m.connection, m.protocol, m.flags, 0, 0, 0, 0, m.request};
      appendName(out, m.host);
    } else {
      out = {kOpen, m.connection, m.protocol, m.request};
      appendAddress(out, m.hostIpv4);
    }
    appendBe16(out, m.hostPort);
    appendBe16(out, m.mePort);
    return out;
  }
  Bytes operator()(const OpenReply& m) const {
    return {kOpenReply, m.connection, std::to_underlying(m.status), m.request};
  }
  Bytes operator()(const Close& m) const { return {kClose, m.connection, std::to_underlying(m.reason)}; }
  Bytes operator()(const SendData& m) const {
    Bytes out{kSendData, m.connection};
    appendBe16(out, static_cast<std::uint16_t>(m.data.size()));
    out.insert(out.end(), m.data.begin(), m.data.end());
    return out;
  }
  Bytes operator()(const IpFqdnRequest&) const { return {kIpFqdnRequest, 0}; }
  Bytes operator()(const IpFqdn& m) const {
    Bytes out{kIpFqdn, 0, m.ipType, 0};
    appendAddress(out, m.ipv4);
    appendName(out, m.fqdn);
    return out;
  }
  Bytes operator()(const ProtoVersion& m) const { return {kProtoVersion, 0, m.protocol}; }
  Bytes operator()(const ProtoVersionReply& m) const { return {kProtoVersionReply, 0, m.protocol, m.status}; }
};

/// The size is the type's; nothing when a name has no end.
std::optional<Message> read(ByteView m) {
  switch (m[0]) {
    case kOpen:
      return Open{.connection = m[1],
                  .protocol = m[2],
                  .request = m[3],
                  .hostIpv4 = readBe32(m, 4),
                  .hostPort = readBe16(m, 20),
                  .mePort = readBe16(m, 22)};
    case kOpenEx: {
      auto host = readName(m, 9);
      if (!host) return std::nullopt;
      return Open{.extended = true,
                  .connection = m[1],
                  .protocol = m[2],
                  .flags = m[3],
                  .request = m[8],
                  .host = std::move(*host),
                  .hostPort = readBe16(m, 265),
                  .mePort = readBe16(m, 267)};
    }
    case kOpenReply:
      return OpenReply{m[1], OpenStatus{m[2]}, m[3]};
    case kClose:
      return Close{m[1], CloseReason{m[2]}};
    case kSendData:
      return SendData{m[1], Bytes(m.begin() + 4, m.end())};
    case kIpFqdnRequest:
      return IpFqdnRequest{};
    case kIpFqdn: {
      auto fqdn = readName(m, 20);
      if (!fqdn) return std::nullopt;
      return IpFqdn{.ipType = m[2], .ipv4 = readBe32(m, 4), .fqdn = std::move(*fqdn)};
    }
    case kProtoVersion:
      return ProtoVersion{m[2]};
    default:
      return ProtoVersionReply{m[2], m[3]};
  }
}

}  // namespace

Bytes encode(const Message& message) {
  return std::visit(Encoder{}, message);
}

Result<Message> parse(ByteView message) {
  if (message.empty()) return fail("offset 0", "an LMS message is empty");
  const auto* const shape = std::ranges::find(kShapes, message[0], &Shape::type);
  if (shape == kShapes.end()) return fail("offset 0", "there is no LMS message of type " + std::to_string(message[0]));
  auto size = shape->size;
  if (message.size() >= size && shape->type == kSendData) size += readBe16(message, 2);
  if (message.size() != size) {
    return fail("offset 0", "an LMS message of type " + std::to_string(message[0]) + " has " +
                                std::to_string(message.size()) + " bytes instead of " + std::to_string(size));
  }
  auto read = lms::read(message);
  if (!read) return fail("offset 0", "the name in an LMS message has no end");
  return std::move(*read);
}

}  // namespace vme::wire::lms

#include "devmei/control.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vme::devmei {
namespace {

enum Op : std::uint8_t {
  open = 0x01,
  connect = 0x02,
  disconnected = 0x03,
  state = 0x04,
  hold = 0x05,
  release = 0x06,
  opened = 0x81,
  connected = 0x82,
  held = 0x85,
};

/// The size of each message, its op byte included; 0 for what is none.
std::size_t sizeOf(std::uint8_t op) {
  switch (op) {
    case open:
    case disconnected:
    case hold:
    case held:
      return 5;
    case opened:
      return 6;
    case release:
      return 9;
    case connected:
      return 11;
    case state:
      return 12;
    case connect:
      return kMaxControlSize;
    default:
      return 0;
  }
}

Bytes start(Op op, SessionId session) {
  Bytes out{op};
  appendLe32(out, session);
  return out;
}

struct Encoder {
  Bytes operator()(const Open& m) const { return start(open, m.session); }
  Bytes operator()(const Disconnected& m) const { return start(disconnected, m.session); }
  Bytes operator()(const Hold& m) const { return start(hold, m.session); }
  Bytes operator()(const Held& m) const { return start(held, m.session); }
  Bytes operator()(const Opened& m) const {
    auto out = start(opened, m.session);
    out.push_back(m.error);
    return out;
  }
  Bytes operator()(const Connect& m) const {
    auto out = start(connect, m.session);
    out.insert(out.end(), m.client.wire.begin(), m.client.wire.end());
    return out;
  }
  Bytes operator()(const Connected& m) const {
    auto out = start(connected, m.session);
    out.push_back(m.error);
    appendLe32(out, m.properties.maxMessage);
    out.push_back(m.properties.protocolVersion);
    return out;
  }
  Bytes operator()(const Release& m) const {
    auto out = start(release, m.session);
    appendLe32(out, m.first);
    return out;
  }
  Bytes operator()(const DeviceState& m) const {
    Bytes out{state, m.state};
    for (const auto number : {m.major, m.minor, m.hotfix, m.build, m.pciDevice}) appendLe16(out, number);
    return out;
  }
};

Uuid uuidAt(ByteView bytes, std::size_t at) {
  Uuid uuid;
  std::ranges::copy(bytes.subspan(at, uuid.wire.size()), uuid.wire.begin());
  return uuid;
}

}  // namespace

Bytes encode(const ControlMessage& message) {
  return std::visit(Encoder{}, message);
}

Result<ControlMessage> parseControl(ByteView datagram) {
  if (datagram.empty()) return fail("control", "an empty datagram");
  const auto op = datagram[0];
  const auto size = sizeOf(op);
  if (size == 0) return fail("control, offset 0", fmt::format("op {:02x} is none", op));
  if (datagram.size() != size) {
    return fail("control", fmt::format("op {:02x} has {} bytes, not {}", op, size, datagram.size()));
  }
  if (op == state) {
    return DeviceState{datagram[1],           readLe16(datagram, 2), readLe16(datagram, 4),
                       readLe16(datagram, 6), readLe16(datagram, 8), readLe16(datagram, 10)};
  }
  const auto session = readLe32(datagram, 1);
  switch (op) {
    case open:
      return Open{session};
    case opened:
      return Opened{session, datagram[5]};
    case connect:
      return Connect{session, uuidAt(datagram, 5)};
    case connected:
      return Connected{session, datagram[5], {readLe32(datagram, 6), datagram[10]}};
    case disconnected:
      return Disconnected{session};
    case hold:
      return Hold{session};
    case held:
      return Held{session};
    default:
      return Release{session, readLe32(datagram, 5)};
  }
}

}  // namespace vme::devmei

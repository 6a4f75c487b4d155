#include "wire/mkhi.hpp"

#include <utility>

namespace vme::wire::mkhi {

std::optional<Header> readHeader(ByteView message) {
  if (message.size() < kHeaderSize) return std::nullopt;
  return Header{message[0], message[1], message[3]};
}

Bytes request(std::uint8_t group, std::uint8_t command, ByteView data) {
  Bytes out{group, command, 0, 0};
  out.insert(out.end(), data.begin(), data.end());
  return out;
}

Bytes answer(const Header& request, Result result, ByteView data) {
  Bytes out{request.group, static_cast<std::uint8_t>(request.command | kAnswerBit), 0, std::to_underlying(result)};
  out.insert(out.end(), data.begin(), data.end());
  return out;
}

Bytes encode(const FwVersion& code, const FwVersion& recovery) {
  Bytes out;
  for (const auto& version : {code, recovery}) {
    for (const auto part : {version.minor, version.major, version.build, version.hotfix}) appendLe16(out, part);
  }
  return out;
}

vme::Result<FwVersion> parseFwVersion(ByteView message) {
  const auto header = readHeader(message);
  if (!header || message.size() < kHeaderSize + 16) return fail("offset 0", "the answer is too short");
  if (header->group != kGroupGeneral || header->command != (kGetFwVersion | kAnswerBit)) {
    return fail("offset 0", "the answer is to another command");
  }
  if (header->result != 0) return fail("offset 3", "the ME answers " + toHex({&header->result, 1}));
  return FwVersion{.major = readLe16(message, 6),
                   .minor = readLe16(message, 4),
                   .hotfix = readLe16(message, 10),
                   .build = readLe16(message, 8)};
}

}  // namespace vme::wire::mkhi

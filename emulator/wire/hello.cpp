#include "wire/hello.hpp"

#include <algorithm>

#include "wire/pid_pps.hpp"

namespace vme::wire {
namespace {

constexpr std::uint16_t kPskVersion = 2;
constexpr std::uint16_t kPkiVersion = 3;
constexpr std::size_t kFixedSize = 24;
constexpr std::size_t kPidSize = 8;

std::unexpected<Error> badAt(std::size_t offset, std::string text) {
  return fail("hello, offset " + std::to_string(offset), std::move(text));
}

Result<std::vector<RootHash>> parseHashes(ByteView message) {
  std::size_t at = kFixedSize;
  if (message.size() <= at) return badAt(at, "the number of root hashes is missing");
  const unsigned count = message[at++];
  std::vector<RootHash> hashes;
  hashes.reserve(count);
  for (unsigned i = 0; i < count; ++i) {
    if (message.size() < at + 2) return badAt(at, "root hash " + std::to_string(i + 1) + " is missing");
    const auto algorithm = message[at];
    const auto length = hashLength(algorithm);
    if (length == 0) return badAt(at, "hash algorithm " + std::to_string(algorithm) + " is not 1, 2 or 3");
    if (message[at + 1] != length) return badAt(at + 1, "the hash length does not fit its algorithm");
    at += 2;
    if (message.size() < at + length) return badAt(at, "the message ends within a root hash");
    const auto bytes = message.subspan(at, length);
    hashes.push_back({static_cast<HashAlgorithm>(algorithm), Bytes(bytes.begin(), bytes.end())});
    at += length;
  }
  if (message.size() != at) return badAt(at, "bytes follow the last root hash");
  return hashes;
}

Result<std::string> parsePid(ByteView message) {
  if (message.size() < kFixedSize + kPidSize) return badAt(message.size(), "the message ends within the PID");
  if (message.size() > kFixedSize + kPidSize) return badAt(kFixedSize + kPidSize, "bytes follow the PID");
  std::string pid(asText(message.subspan(kFixedSize)));
  if (!isPidAlphabet(pid)) return badAt(kFixedSize, "the PID has characters other than A-Z and 0-9");
  return pid;
}

}  // namespace

std::size_t hashLength(std::uint8_t algorithm) {
  switch (algorithm) {
    case 1:
      return 20;
    case 2:
      return 32;
    case 3:
      return 48;
    default:
      return 0;
  }
}

Bytes encode(const Hello& hello) {
  Bytes out;
  out.reserve(kFixedSize + 160);
  appendLe16(out, hello.adminCredentialsSet ? 1 : 0);
  appendLe16(out, hello.isPsk() ? kPskVersion : kPkiVersion);
  appendLe32(out, hello.retryCount);
  out.insert(out.end(), hello.uuid.wire.begin(), hello.uuid.wire.end());
  if (const auto* pid = std::get_if<std::string>(&hello.credentials)) {
    const auto bytes = asBytes(*pid);
    out.insert(out.end(), bytes.begin(), bytes.end());
    return out;
  }
  const auto& hashes = std::get<std::vector<RootHash>>(hello.credentials);
  out.push_back(static_cast<std::uint8_t>(hashes.size()));
  for (const auto& hash : hashes) {
    out.push_back(static_cast<std::uint8_t>(hash.algorithm));
    out.push_back(static_cast<std::uint8_t>(hash.hash.size()));
    out.insert(out.end(), hash.hash.begin(), hash.hash.end());
  }
  return out;
}

Result<Hello> parseHello(ByteView message) {
  if (message.size() < kFixedSize) return badAt(message.size(), "the message ends within its fixed part of 24 bytes");
  Hello hello;
  const auto flag = readLe16(message, 0);
  if (flag > 1) return badAt(0, "the admin credentials flag is " + std::to_string(flag) + ", neither 0 nor 1");
  hello.adminCredentialsSet = flag == 1;
  const auto version = readLe16(message, 2);
  hello.retryCount = readLe32(message, 4);
  std::ranges::copy(message.subspan(8, 16), hello.uuid.wire.begin());
  const auto all = [&](std::uint8_t value) {
    return std::ranges::all_of(hello.uuid.wire, [value](std::uint8_t byte) { return byte == value; });
  };
  if (all(0x00) || all(0xFF)) return badAt(8, "the UUID is blank");
  if (version == kPskVersion) {
    auto pid = parsePid(message);
    if (!pid) return std::unexpected(pid.error());
    hello.credentials = std::move(*pid);
  } else if (version == kPkiVersion) {
    auto hashes = parseHashes(message);
    if (!hashes) return std::unexpected(hashes.error());
    hello.credentials = std::move(*hashes);
  } else {
    return badAt(2, "version " + std::to_string(version) + " is neither 2 (PSK) nor 3 (PKI)");
  }
  return hello;
}

}  // namespace vme::wire

#include "wire/amthi.hpp"

#include <algorithm>
#include <utility>

namespace vme::wire::amthi {
namespace {

constexpr std::size_t kBiosSize = 65;
constexpr std::size_t kNameSize = 20;
constexpr std::size_t kMaxEntries = 50;
constexpr std::size_t kHashField = 64;
constexpr std::size_t kAccountField = 33;

/// A text in a field of fixed size: cut so that a NUL ends it, filled with NULs.
void appendField(Bytes& out, std::string_view text, std::size_t size) {
  const auto kept = asBytes(text.substr(0, std::min(text.size(), size - 1)));
  out.insert(out.end(), kept.begin(), kept.end());
  out.resize(out.size() + size - kept.size());
}

std::string readField(ByteView field) {
  const auto text = asText(field);
  return std::string(text.substr(0, text.find('\0')));
}

/// Count and field of 20 bytes; the text must be as long as the count says.
void appendName(Bytes& out, std::string_view text) {
  text = text.substr(0, std::min(text.size(), kNameSize - 1));
  appendLe16(out, static_cast<std::uint16_t>(text.size()));
  appendField(out, text, kNameSize);
}

std::optional<std::string> readName(ByteView data) {
  auto text = readField(data.subspan(2, kNameSize));
  if (text.size() != readLe16(data, 0) || text.size() == kNameSize) return std::nullopt;
  return text;
}

std::unexpected<Error> badLength(ByteView data) {
  return fail("offset 12", "the answer's data has " + std::to_string(data.size()) + " bytes, which does not fit");
}

void append(Bytes& out, ByteView bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}

Bytes message(std::uint32_t command, std::size_t length) {
  Bytes out{1, 1, 0, 0};
  out.reserve(kHeaderSize + length);
  appendLe32(out, command);
  appendLe32(out, static_cast<std::uint32_t>(length));
  return out;
}

}  // namespace

std::optional<Header> readHeader(ByteView message) {
  if (message.size() < kHeaderSize) return std::nullopt;
  return Header{message[0], message[1], readLe16(message, 2), readLe32(message, 4), readLe32(message, 8)};
}

Bytes request(Command command, ByteView data) {
  auto out = message(std::to_underlying(command), data.size());
  append(out, data);
  return out;
}

Bytes response(std::uint32_t command, AmtStatus status, ByteView data) {
  auto out = message(command | kResponseBit, 4 + data.size());
  appendLe32(out, std::to_underlying(status));
  append(out, data);
  return out;
}

Result<Response> parseResponse(Command command, ByteView message) {
  if (message.empty()) return fail("offset 0", "the answer is empty, as that of an ME without AMT");
  const auto header = readHeader(message);
  if (!header || message.size() < kHeaderSize + 4) return fail("offset 0", "the answer is too short");
  if (header->major != 1 || header->minor < 1 || header->reserved != 0) {
    return fail("offset 0", "the answer is of another version");
  }
  if (header->command != (std::to_underlying(command) | kResponseBit)) {
    return fail("offset 4", "the answer is to another command");
  }
  if (header->length != message.size() - kHeaderSize) return fail("offset 8", "the answer's length is not its own");
  const auto data = message.subspan(kHeaderSize + 4);
  return Response{AmtStatus{readLe32(message, kHeaderSize)}, Bytes(data.begin(), data.end())};
}

Bytes ansi(std::string_view text) {
  Bytes out;
  appendLe16(out, static_cast<std::uint16_t>(text.size()));
  append(out, asBytes(text));
  return out;
}

std::optional<std::string> readAnsi(ByteView data) {
  if (data.size() < 2 || readLe16(data, 0) != data.size() - 2) return std::nullopt;
  auto text = asText(data.subspan(2));
  if (text.ends_with('\0')) text.remove_suffix(1);
  return std::string(text);
}

Bytes number(std::uint32_t value) {
  Bytes out;
  appendLe32(out, value);
  return out;
}

std::optional<std::uint32_t> readNumber(ByteView data) {
  return data.size() == 4 ? std::optional(readLe32(data, 0)) : std::nullopt;
}

std::string_view CodeVersions::of(std::string_view description) const {
  const auto found = std::ranges::find(entries, description, &CodeVersion::description);
  return found == entries.end() ? std::string_view() : std::string_view(found->version);
}

Bytes encode(const CodeVersions& versions) {
  Bytes out;
  appendField(out, versions.bios, kBiosSize);
  appendLe32(out, static_cast<std::uint32_t>(versions.entries.size()));
  for (const auto& entry : versions.entries) {
    appendName(out, entry.description);
    appendName(out, entry.version);
  }
  return out;
}

Result<CodeVersions> parseCodeVersions(ByteView data) {
  constexpr std::size_t kEntry = 2 * (2 + kNameSize);
  if (data.size() < kBiosSize + 4) return badLength(data);
  const auto count = readLe32(data, kBiosSize);
  if (count > kMaxEntries || data.size() != kBiosSize + 4 + count * kEntry) return badLength(data);
  CodeVersions versions{.bios = readField(data.first(kBiosSize)), .entries = {}};
  for (std::size_t at = kBiosSize + 4; at < data.size(); at += kEntry) {
    auto description = readName(data.subspan(at));
    auto version = readName(data.subspan(at + kEntry / 2));
    if (!description || !version) {
      return fail("offset " + std::to_string(kHeaderSize + 4 + at), "a version's text is not as long as it says");
    }
    versions.entries.push_back({std::move(*description), std::move(*version)});
  }
  return versions;
}

Bytes encode(const ProvisioningMode& mode) {
  auto out = number(mode.mode);
  appendLe32(out, mode.legacy ? 1 : 0);
  return out;
}

Result<ProvisioningMode> parseProvisioningMode(ByteView data) {
  if (data.size() != 8) return badLength(data);
  return ProvisioningMode{readLe32(data, 0), readLe32(data, 4) != 0};
}

Bytes encode(const MacAddresses& addresses) {
  Bytes out(addresses.dedicated.begin(), addresses.dedicated.end());
  append(out, addresses.host);
  return out;
}

Result<MacAddresses> parseMacAddresses(ByteView data) {
  MacAddresses addresses;
  if (data.size() != addresses.dedicated.size() + addresses.host.size()) return badLength(data);
  std::ranges::copy(data.first(6), addresses.dedicated.begin());
  std::ranges::copy(data.last(6), addresses.host.begin());
  return addresses;
}

Bytes encodeHandles(const std::vector<std::uint32_t>& handles) {
  auto out = number(static_cast<std::uint32_t>(handles.size()));
  for (const auto handle : handles) appendLe32(out, handle);
  return out;
}

Result<std::vector<std::uint32_t>> parseHandles(ByteView data) {
  constexpr std::size_t kMost = 33;
  if (data.size() < 4) return badLength(data);
  const auto count = readLe32(data, 0);
  if (count > kMost || data.size() != 4 + 4 * std::size_t{count}) return badLength(data);
  std::vector<std::uint32_t> handles;
  for (std::size_t at = 4; at < data.size(); at += 4) handles.push_back(readLe32(data, at));
  return handles;
}

Bytes encode(const HashEntry& entry) {
  auto out = number(entry.isDefault ? 1 : 0);
  appendLe32(out, entry.isActive ? 1 : 0);
  append(out, entry.hash.hash);
  out.resize(8 + kHashField);
  out.push_back(static_cast<std::uint8_t>(entry.hash.algorithm));
  append(out, ansi(entry.name));
  return out;
}

Result<HashEntry> parseHashEntry(ByteView data) {
  constexpr std::size_t kAlgorithm = 8 + kHashField;
  if (data.size() < kAlgorithm + 3) return badLength(data);
  auto name = readAnsi(data.subspan(kAlgorithm + 1));
  if (!name) return badLength(data);
  const auto length = hashLength(data[kAlgorithm]);
  if (length == 0) return fail("offset 88", "the hash is of an unknown algorithm");
  HashEntry entry{.isDefault = readLe32(data, 0) != 0, .isActive = readLe32(data, 4) != 0};
  entry.hash.algorithm = HashAlgorithm{data[kAlgorithm]};
  entry.hash.hash.assign(data.begin() + 8, data.begin() + 8 + static_cast<std::ptrdiff_t>(length));
  entry.name = std::move(*name);
  return entry;
}

Bytes encode(const LanSettings& settings) {
  auto out = number(settings.enabled ? 1 : 0);
  appendLe32(out, settings.ipv4);
  appendLe32(out, settings.dhcp ? 1 : 0);
  out.push_back(settings.dhcpIpMode);
  out.push_back(settings.link ? 1 : 0);
  append(out, settings.mac);
  return out;
}

Result<LanSettings> parseLanSettings(ByteView data) {
  constexpr std::size_t kSize = 20;
  if (data.size() != kSize) return badLength(data);
  LanSettings settings{.enabled = readLe32(data, 0) != 0,
                       .ipv4 = readLe32(data, 4),
                       .dhcp = readLe32(data, 8) != 0,
                       .dhcpIpMode = data[12],
                       .link = data[13] != 0};
  std::ranges::copy(data.last(6), settings.mac.begin());
  return settings;
}

Bytes encode(const LocalAccount& account) {
  Bytes out;
  appendField(out, account.user, kAccountField);
  appendField(out, account.password, kAccountField);
  out.resize(out.size() + 2);
  return out;
}

Result<LocalAccount> parseLocalAccount(ByteView data) {
  if (data.size() != 2 * kAccountField + 2) return badLength(data);
  return LocalAccount{readField(data.first(kAccountField)), readField(data.subspan(kAccountField, kAccountField))};
}

}  // namespace vme::wire::amthi

#include "wire/setup_bin.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "wire/setup_bin_variables.hpp"

namespace vme::wire::setup_bin {
namespace {

constexpr std::size_t kModulesAt = 40;
constexpr std::size_t kEntriesAt = 24;
constexpr std::size_t kEntryHead = 8;
constexpr std::uint8_t kScramble = 0x11;
constexpr std::uint32_t kDataRecord = 1;
constexpr std::uint32_t kValid = 1, kScrambled = 2;

struct FileType {
  std::uint8_t major;
  std::uint8_t lastMinor;
  std::array<std::uint8_t, 16> uuid;
};
constexpr std::array kFileTypes{
    FileType{1, 0, {0xb5, 0x16, 0xfb, 0x71, 0x87, 0xcb, 0xf9, 0x4a, 0xb4, 0x41, 0xca, 0x7b, 0x38, 0x35, 0x78, 0xf9}},
    FileType{2, 1, {0x96, 0xb2, 0x81, 0x58, 0xcf, 0x6b, 0x72, 0x4c, 0x8b, 0x91, 0xa1, 0x5e, 0x51, 0x2e, 0x99, 0xc4}},
    FileType{3, 255, {0xa7, 0xf7, 0xf6, 0xc6, 0x89, 0xc4, 0xf6, 0x47, 0x93, 0xed, 0xe2, 0xe5, 0x02, 0x0d, 0xa5, 0x1d}},
    FileType{4, 255, {0xaa, 0xa9, 0x34, 0x52, 0xe1, 0x29, 0xa9, 0x44, 0x8d, 0x4d, 0x08, 0x1c, 0x07, 0xb9, 0x63, 0x53}},
};

std::string decimal(std::uint64_t value) {
  return std::to_string(value);
}

std::unexpected<Error> badAt(std::size_t offset, std::string text) {
  std::array<char, 20> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), offset, 16).ptr;
  return fail("offset 0x" + std::string(digits.data(), end), std::move(text));
}

Result<Version> decodeVersion(ByteView chunk) {
  const auto uuid = chunk.first(16);
  const auto type =
      std::ranges::find_if(kFileTypes, [&](const auto& one) { return std::ranges::equal(one.uuid, uuid); });
  if (type == kFileTypes.end()) {
    return badAt(0,
                 "no setup.bin begins with these 16 bytes. name a file made by `vme setup-bin make` or a USB key tool");
  }
  const Version version{chunk[24], chunk[25]};
  if (version.major != type->major) {
    return badAt(24, "the major version is " + decimal(version.major) + " in a file of type " + decimal(type->major) +
                         ". write the same number");
  }
  if (version.minor > type->lastMinor) {
    return badAt(
        25, "there is no version " + version.text() + ". write a minor version of at most " + decimal(type->lastMinor));
  }
  return version;
}

Result<void> checkModules(ByteView chunk) {
  const std::size_t headerBytes = readLe16(chunk, 18);
  std::size_t at = kModulesAt;
  for (; at + 2 <= kChunk; at += 2) {
    const auto module = readLe16(chunk, at);
    if (module == 0) break;
    if (module != kMe && module != kCm) {
      return badAt(at, "there is no module " + decimal(module) + ". list modules 1 and 2, then 0");
    }
  }
  if (at + 2 > kChunk) return badAt(kModulesAt, "the list of modules does not end. write a 0 after its last");
  if (headerBytes != at + 2) {
    return badAt(18, "the header has " + decimal(headerBytes) + " bytes, but its list of modules ends at " +
                         decimal(at + 2) + ". write that number");
  }
  return {};
}

Result<void> checkSize(const Header& header, std::uint64_t fileSize) {
  if (header.chunks == 0) return badAt(36, "a data record has 0 chunks. write 1");
  const std::uint64_t wanted = kChunk * (1 + std::uint64_t{header.records} * header.chunks);
  if (fileSize != wanted) {
    return badAt(28, decimal(header.records) + " records of " + decimal(header.chunks) + " chunks make a file of " +
                         decimal(wanted) + " bytes, but it has " + decimal(fileSize) +
                         ". copy the file again, or correct the number");
  }
  if (header.consumed > header.records) {
    return badAt(kConsumedOffset, decimal(header.consumed) + " of " + decimal(header.records) +
                                      " records are consumed. write no more than there are");
  }
  return {};
}

/// The entry at `at` of the plain record; moves `at` behind it. Nothing when the list ends there.
Result<bool> decodeEntry(ByteView record, std::size_t offset, std::size_t& at, Record& out) {
  if (record.size() - at < 4) return false;
  const auto module = readLe16(record, at), id = readLe16(record, at + 2);
  if (module == 0 || id == 0) return false;
  if (record.size() - at < kEntryHead) {
    return badAt(offset + at, "the record ends within the head of an entry. end the list with a module of 0");
  }
  const auto* variable = findVariable(module, id);
  if (!variable) {
    return badAt(offset + at, "there is no variable " + decimal(id) + " of module " + decimal(module) +
                                  ". leave it out, or end the list with a module of 0");
  }
  const std::string name(variable->name);
  const std::size_t length = readLe16(record, at + 4);
  if (length > record.size() - at - kEntryHead) {
    return badAt(offset + at + 4, name + " has " + decimal(length) + " bytes, more than the record has left. " +
                                      "write its length in bytes");
  }
  if (!isRepeatable(*variable) && out.find(module, id)) {
    return badAt(offset + at, name + " stands in the record twice. keep one of the two");
  }
  const auto value = record.subspan(at + kEntryHead, length);
  if (const auto good = checkValue(*variable, value); !good) {
    return badAt(offset + at + kEntryHead, name + " " + good.error().text);
  }
  out.entries.push_back({module, id, Bytes(value.begin(), value.end())});
  at += kEntryHead + (length + 3) / 4 * 4;
  return true;
}

Bytes encodeHeader(const Header& header, std::uint32_t records, const std::vector<std::uint16_t>& modules) {
  const auto type = std::ranges::find(kFileTypes, header.version.major, &FileType::major);
  Bytes out(type->uuid.begin(), type->uuid.end());
  appendLe16(out, 1);
  appendLe16(out, static_cast<std::uint16_t>(kModulesAt + 2 * (modules.size() + 1)));
  appendLe32(out, 0);
  out.push_back(header.version.major);
  out.push_back(header.version.minor);
  appendLe16(out, header.flags);
  appendLe32(out, records);
  appendLe32(out, header.consumed);
  appendLe16(out, header.chunks);
  appendLe16(out, 0);
  for (const auto module : modules) appendLe16(out, module);
  out.resize(kChunk);
  return out;
}

Bytes encodeRecordHead(const Record& record, std::uint32_t recordNumber, std::uint16_t chunks) {
  Bytes out;
  appendLe32(out, record.valid ? kDataRecord : 0);
  appendLe32(out, (record.valid ? kValid : 0U) | (record.scrambled ? kScrambled : 0U));
  appendLe32(out, 0);
  appendLe32(out, 0);
  appendLe16(out, chunks);
  appendLe16(out, kEntriesAt);
  appendLe32(out, recordNumber);
  return out;
}

Result<void> appendEntry(Bytes& out, const Entry& entry, const std::string& place) {
  const auto* variable = findVariable(entry.module, entry.variable);
  if (!variable)
    return fail(place, "there is no variable " + decimal(entry.variable) + " of module " + decimal(entry.module));
  if (const auto good = checkValue(*variable, entry.value); !good) {
    return fail(place, std::string(variable->name) + " " + good.error().text);
  }
  appendLe16(out, entry.module);
  appendLe16(out, entry.variable);
  appendLe16(out, static_cast<std::uint16_t>(entry.value.size()));
  appendLe16(out, 0);
  out.insert(out.end(), entry.value.begin(), entry.value.end());
  out.resize((out.size() + 3) / 4 * 4);
  return {};
}

Result<Bytes> encodeRecord(const Record& record, std::uint32_t recordNumber, const Header& header) {
  const auto place = "record " + decimal(recordNumber);
  auto out = encodeRecordHead(record, recordNumber, header.chunks);
  for (const auto& entry : record.entries) {
    if (auto done = appendEntry(out, entry, place); !done) return std::unexpected(done.error());
  }
  if (out.size() > header.recordSize()) {
    return fail(place, "its values take " + decimal(out.size() - kEntriesAt) + " bytes, but a record has room for " +
                           decimal(header.recordSize() - kEntriesAt) + ". leave some of them out");
  }
  out.resize(header.recordSize());
  if (record.scrambled) {
    for (auto& byte : std::span(out).subspan(kEntriesAt)) byte = static_cast<std::uint8_t>(byte + kScramble);
  }
  return out;
}

}  // namespace

std::string Version::text() const {
  return decimal(major) + "." + decimal(minor);
}

Result<Version> parseVersion(std::string_view text) {
  for (const auto& type : kFileTypes) {
    for (unsigned minor = 0; minor <= std::min<unsigned>(type.lastMinor, 1); ++minor) {
      const Version version{type.major, static_cast<std::uint8_t>(minor)};
      if (text == version.text() || (minor == 0 && text == decimal(type.major))) return version;
    }
  }
  return fail("", "\"" + std::string(text) + "\" is no version of setup.bin. give 1, 2, 2.1, 3 or 4");
}

const Bytes* Record::find(std::uint16_t module, std::uint16_t variable) const {
  const auto found = std::ranges::find_if(
      entries, [&](const Entry& entry) { return entry.module == module && entry.variable == variable; });
  return found == entries.end() ? nullptr : &found->value;
}

Bytes consumedBytes(std::uint32_t consumed) {
  Bytes out;
  appendLe32(out, consumed);
  return out;
}

Result<Header> decodeHeader(ByteView chunk, std::uint64_t fileSize) {
  if (chunk.size() < kChunk) {
    return badAt(chunk.size(), "the file ends within its header of 512 bytes. copy the file again");
  }
  const auto version = decodeVersion(chunk);
  if (!version) return std::unexpected(version.error());
  if (readLe16(chunk, 16) != 1) {
    return badAt(16, "the header has " + decimal(readLe16(chunk, 16)) + " chunks. write 1");
  }
  if (readLe32(chunk, 20) != 0) {
    return badAt(20, "the header is record " + decimal(readLe32(chunk, 20)) + ". write 0");
  }
  if (const auto good = checkModules(chunk); !good) return std::unexpected(good.error());
  const Header header{.version = *version,
                      .flags = readLe16(chunk, 26),
                      .records = readLe32(chunk, 28),
                      .consumed = readLe32(chunk, kConsumedOffset),
                      .chunks = readLe16(chunk, 36)};
  if (const auto good = checkSize(header, fileSize); !good) return std::unexpected(good.error());
  return header;
}

Result<Record> decodeRecord(ByteView record, std::size_t offset) {
  if (record.size() < kChunk || record.size() % kChunk != 0) {
    return badAt(offset + record.size(), "the file ends within a data record. copy the file again");
  }
  const auto type = readLe32(record, 0), flags = readLe32(record, 4);
  if (type > kDataRecord) {
    return badAt(offset, "the record's type is " + decimal(type) + ". write 1, or 0 for an invalid record");
  }
  Record out;
  out.valid = type == kDataRecord && (flags & kValid) != 0;
  out.scrambled = (flags & kScrambled) != 0;
  if (!out.valid) return out;
  Bytes plain(record.begin(), record.end());
  if (out.scrambled) {
    for (auto& byte : std::span(plain).subspan(kEntriesAt)) byte = static_cast<std::uint8_t>(byte - kScramble);
  }
  for (std::size_t at = kEntriesAt;;) {
    const auto more = decodeEntry(plain, offset, at, out);
    if (!more) return std::unexpected(more.error());
    if (!*more) return out;
  }
}

Result<File> decode(ByteView file) {
  const auto header = decodeHeader(file.first(std::min(file.size(), kChunk)), file.size());
  if (!header) return std::unexpected(header.error());
  File out{.header = *header, .records = {}};
  for (std::uint32_t index = 0; index < header->records; ++index) {
    const auto offset = header->recordOffset(index);
    auto record = decodeRecord(file.subspan(offset, header->recordSize()), offset);
    if (!record) return std::unexpected(record.error());
    out.records.push_back(std::move(*record));
  }
  return out;
}

Result<Bytes> encode(const File& file) {
  if (std::ranges::find(kFileTypes, file.header.version.major, &FileType::major) == kFileTypes.end()) {
    return fail("header", "there is no version " + file.header.version.text() + ". give 1, 2, 2.1, 3 or 4");
  }
  std::vector<std::uint16_t> modules;
  for (const auto& record : file.records) {
    for (const auto& entry : record.entries) {
      if (std::ranges::find(modules, entry.module) == modules.end()) modules.push_back(entry.module);
    }
  }
  auto out = encodeHeader(file.header, static_cast<std::uint32_t>(file.records.size()), modules);
  std::uint32_t recordNumber = 0;
  for (const auto& record : file.records) {
    const auto bytes = encodeRecord(record, ++recordNumber, file.header);
    if (!bytes) return std::unexpected(bytes.error());
    out.insert(out.end(), bytes->begin(), bytes->end());
  }
  return out;
}

}  // namespace vme::wire::setup_bin

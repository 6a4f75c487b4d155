#pragma once
// setup.bin: the file on a USB key by which a factory machine is configured without typing (provisioning.md 2.3).
// Little-endian throughout, in chunks of 512 bytes.
//
// Header, one chunk                                   Data record, chunks as the header says
//   off size field                                      off size field
//    0  16   file type UUID                              0  u32  type: 0 invalid, 1 data record
//   16  u16  chunks of the header, 1                     4  u32  flags: bit 0 valid, bit 1 scrambled
//   18  u16  header bytes, 42 + 2 a module               8  16   8 reserved, chunks, header bytes, number; or
//   20  u32  record number, 0                                    these three at 8, 10 and 12: nothing depends on them
//   24  u8   major version                              24  ..   entries; 0x11 is added to each byte when scrambled
//   25  u8   minor version
//   26  u16  flags: bit 0 do not consume              Entry, filled with zeros to a multiple of 4
//   28  u32  data records                                0  u16  module; 0 ends the record
//   32  u32  data records consumed                       2  u16  variable; 0 ends the record
//   36  u16  chunks of a data record                     4  u16  length
//   38  u16  reserved                                    6  u16  reserved
//   40  u16  modules used, ending with 0                 8  ..   value
//
// Every error has the place `offset 0x20c` and says what is wrong and how to mend it.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/error.hpp"

namespace vme::wire::setup_bin {

inline constexpr std::size_t kChunk = 512;

/// 1.0 is read by 2.x, 2.0 by 3.0 and later too, 2.1 by 4.0 and later; 3 and 4 belong to firmware after 5.x.
struct Version {
  std::uint8_t major = 1;
  std::uint8_t minor = 0;

  std::string text() const;  // 2.1
  auto operator<=>(const Version&) const = default;
};
/// `2.1`, or `2` for 2.0.
Result<Version> parseVersion(std::string_view text);

struct Header {
  Version version;
  std::uint16_t flags = 0;
  std::uint32_t records = 0;
  std::uint32_t consumed = 0;
  std::uint16_t chunks = 1;  // of a data record

  bool keepsRecords() const { return (flags & 1U) != 0; }
  /// Where the record stands in the file; counted from 0.
  std::size_t recordOffset(std::uint32_t index) const { return kChunk * (1 + std::size_t{index} * chunks); }
  std::size_t recordSize() const { return kChunk * chunks; }
  bool operator==(const Header&) const = default;
};

struct Entry {
  std::uint16_t module = 0;
  std::uint16_t variable = 0;
  Bytes value;
  bool operator==(const Entry&) const = default;
};

struct Record {
  bool valid = true;  // a record that is not has no entries here
  bool scrambled = false;
  std::vector<Entry> entries;

  /// The value of a variable that stands in a record once at most; null without it.
  const Bytes* find(std::uint16_t module, std::uint16_t variable) const;
  bool operator==(const Record&) const = default;
};

struct File {
  Header header;  // header.records is records.size()
  std::vector<Record> records;
  bool operator==(const File&) const = default;
};

/// Where in the header DataRecordsConsumed stands, and its bytes: what a machine that takes a record changes in a file.
inline constexpr std::size_t kConsumedOffset = 32;
Bytes consumedBytes(std::uint32_t consumed);

/// The whole file. Its size must be that of the header and the records that it announces.
Result<File> decode(ByteView file);
/// The first chunk alone, in a file of `fileSize` bytes.
Result<Header> decodeHeader(ByteView chunk, std::uint64_t fileSize);
/// One record alone. `offset` is where it stands in the file, for errors.
Result<Record> decodeRecord(ByteView record, std::size_t offset);

/// In the order of the entries. An error when the entries have no room in their record, or a value does not fit its
/// variable.
Result<Bytes> encode(const File& file);

}  // namespace vme::wire::setup_bin

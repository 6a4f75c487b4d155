#pragma once
// Bytes as they stand on the wire: reading and writing by width and offset, and the text forms (hex, base64).

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace vme {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

/// The bytes of a text, without copying.
ByteView asBytes(std::string_view text);
/// The text that the bytes are, without copying; no encoding is checked.
std::string_view asText(ByteView bytes);

/// Little-endian numbers at an offset. The caller has checked that they lie within `bytes`.
std::uint16_t readLe16(ByteView bytes, std::size_t offset);
std::uint32_t readLe32(ByteView bytes, std::size_t offset);
void appendLe16(Bytes& out, std::uint16_t value);
void appendLe32(Bytes& out, std::uint32_t value);
/// The same in network byte order.
std::uint16_t readBe16(ByteView bytes, std::size_t offset);
std::uint32_t readBe32(ByteView bytes, std::size_t offset);
void appendBe16(Bytes& out, std::uint16_t value);
void appendBe32(Bytes& out, std::uint32_t value);

std::string toHex(ByteView bytes);       // lower case
std::string toHexUpper(ByteView bytes);  // upper case
/// Nothing when a character is no hex digit or their number is odd.
std::optional<Bytes> fromHex(std::string_view text);

std::string toBase64(ByteView bytes);
/// Skips white space. Nothing when what remains is no padded base64.
std::optional<Bytes> fromBase64(std::string_view text);

}  // namespace vme

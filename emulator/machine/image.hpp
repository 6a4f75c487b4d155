#pragma once
// What outlives a machine's power: its NVRAM overlay and the flash part of its hot record, as one run of bytes. The
// state file keeps one image a machine; a machine is read whole or not at all.
//
// All numbers are little-endian. Texts and byte runs have their length (4) before them, lists their count (4), and what
// may be absent a byte 0 or 1. Every field has its place in the order of its declaration.
//
//   offset  size  field
//   0       2     version: 1, or 2 when the machine's firmware was updated
//   2       1     State
//   3       1     SetupMethod
//   4       1     ProvisioningMode
//   5       1     flags: 1 PSK preset, 2 admin preset, 4 MEBx changed, 8 window used, 16 RNG seeded, 32 clock set,
//                 64 recovering
//   6       8     windowEnds, milliseconds
//   14      8     flashLockedUntil, milliseconds
//   22      4     clockOffsetS
//   26      2     flashWrites
//   28      1     1: an overlay follows, with the fields of Nvram but `logins` and `host`
//   ...           version 2: the name of the profile that the machine was updated to

#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "machine/hot_record.hpp"
#include "machine/nvram.hpp"

namespace vme::machine {

inline constexpr std::uint16_t kImageVersion = 2;  // the newest

/// Of the hot record, what firmware keeps in flash. The rest is gone with the power: connections, sessions, deadlines.
struct FlashRecord {
  State state = State::factory;
  SetupMethod method = SetupMethod::none;
  ProvisioningMode mode = ProvisioningMode::none;
  std::uint8_t flags = 0;
  MeTime windowEnds;
  MeTime flashLockedUntil;
  std::int32_t clockOffsetS = 0;
  std::uint16_t flashWrites = 0;
  bool operator==(const FlashRecord&) const = default;
};
FlashRecord flashOf(const HotRecord& hot);

struct Image {
  HotRecord hot;
  std::unique_ptr<Nvram> overlay;
  std::string profile;  // after an update of the firmware; empty: the one that it came with
};

/// `overlay` may be null.
Bytes encodeImage(const HotRecord& hot, const Nvram* overlay, std::string_view profile = {});
/// The error's place is an offset. Refused: another version, a value outside its range, a length or count beyond the
/// end, bytes behind the end, and what no lifecycle leads to (a window outside set-up, TLS without its key).
Result<Image> decodeImage(ByteView bytes);

}  // namespace vme::machine

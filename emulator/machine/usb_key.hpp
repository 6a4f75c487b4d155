#pragma once
// One-touch configuration: what a machine does with the record of a setup.bin that it finds on a USB key at boot
// (provisioning.md 2.3). The caller reads the key and marks the record as consumed; set-up goes on by the lifecycle.

#include <cstdint>
#include <optional>

#include "machine/me.hpp"
#include "wire/setup_bin.hpp"

namespace vme::machine {

/// What a key has for the next machine.
struct UsbOffer {
  wire::setup_bin::Version version;
  std::uint32_t number = 0;                       // of the record, counted from 1
  std::uint32_t records = 0;                      // on the key
  std::optional<wire::setup_bin::Record> record;  // none: all are consumed
};

/// Why the machine leaves the key alone, as BIOS and MEBx would tell; nothing when it takes the record. Keys are for
/// machines in factory state, of versions that the firmware reads; a record needs the current MEBx password, a new one
/// in place of the default, and a pair whose checksums are right.
std::optional<Note> refusalOf(const Me& me, const UsbOffer& offer);

/// Takes over the record, for which refusalOf() has nothing to say. Values that the firmware does not know or the
/// machine has no place for are noted by name.
void takeRecord(Me& me, const UsbOffer& offer, Effects& effects);

}  // namespace vme::machine

#pragma once
// The PSK pair of TLS-PSK set-up: PID (8 characters) and PPS (32 characters), upper-case letters and digits. Each PID,
// and each group of four of a PPS, ends in a checksum character. Source: IRG pidppschecksum (provisioning.md 2.1).

#include <array>
#include <string>
#include <string_view>

#include "base/draw.hpp"
#include "base/error.hpp"

namespace vme::wire {

struct PskPair {
  std::array<char, 8> pid{};
  std::array<char, 32> pps{};

  std::string_view pidText() const { return {pid.data(), pid.size()}; }
  std::string_view ppsText() const { return {pps.data(), pps.size()}; }
  bool operator==(const PskPair&) const = default;
};

/// The checksum character over the ASCII codes of `text`: their sum modulo 36 as a digit or letter.
char checksumCharacter(std::string_view text);

/// From the forms a person types: dashes are optional, checksums are checked. `0000-037M`,
/// `NKLD-G5DC-RRNQ-E9YZ-ZIJL-7LFL-VJED-69XJ`. The error says which group is wrong.
Result<PskPair> parsePskPair(std::string_view pid, std::string_view pps);
/// As SetTLSPSK takes them: exact length and alphabet, no dashes, checksums not looked at.
bool isPidAlphabet(std::string_view pid);
bool isPpsAlphabet(std::string_view pps);

std::string displayPid(std::string_view pid);  // `0000-037M`
std::string displayPps(std::string_view pps);

/// A valid pair from the machine's draws; the same for equal draws.
PskPair drawPskPair(const Draw& draw);

}  // namespace vme::wire

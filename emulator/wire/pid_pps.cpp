#include "wire/pid_pps.hpp"

#include <algorithm>

namespace vme::wire {
namespace {

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

bool isAlphabet(std::string_view text, std::size_t length) {
  return text.size() == length && text.find_first_not_of(kAlphabet) == std::string_view::npos;
}

std::string withoutDashes(std::string_view text) {
  std::string packed;
  std::ranges::copy_if(text, std::back_inserter(packed), [](char c) { return c != '-'; });
  return packed;
}

Result<void> checkGroups(std::string_view what, std::string_view text, std::size_t length) {
  for (std::size_t at = 0; at < text.size(); at += length) {
    const auto group = text.substr(at, length);
    const char wanted = checksumCharacter(group.substr(0, length - 1));
    if (group.back() == wanted) continue;
    return fail(std::string(what), "group " + std::to_string(at / length + 1) + " \"" + std::string(group) +
                                       "\" ends in a wrong checksum. its last character would be " + wanted +
                                       "; look for a typing error in the group");
  }
  return {};
}

std::string inGroups(std::string_view text) {
  std::string shown;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i != 0 && i % 4 == 0) shown += '-';
    shown += text[i];
  }
  return shown;
}

template <std::size_t Size>
void drawGroups(const Draw& draw, std::string_view purpose, std::array<char, Size>& out, std::size_t length) {
  for (std::size_t at = 0; at < Size; at += length) {
    auto bits = draw.bits(purpose, at);
    for (std::size_t i = 0; i + 1 < length; ++i, bits /= kAlphabet.size())
      out[at + i] = kAlphabet[bits % kAlphabet.size()];
    out[at + length - 1] = checksumCharacter({out.data() + at, length - 1});
  }
}

}  // namespace

char checksumCharacter(std::string_view text) {
  unsigned sum = 0;
  for (const char c : text) sum += static_cast<unsigned char>(c);
  return kAlphabet[sum % kAlphabet.size()];
}

Result<PskPair> parsePskPair(std::string_view pid, std::string_view pps) {
  const auto packedPid = withoutDashes(pid);
  const auto packedPps = withoutDashes(pps);
  if (!isPidAlphabet(packedPid)) {
    return fail("PID", "\"" + std::string(pid) + "\" is no PID. give 8 characters A-Z and 0-9, as 0000-037M");
  }
  if (!isPpsAlphabet(packedPps)) {
    return fail("PPS", "\"" + std::string(pps) + "\" is no PPS. give 32 characters A-Z and 0-9 in groups of four");
  }
  if (auto checked = checkGroups("PID", packedPid, 8); !checked) return std::unexpected(checked.error());
  if (auto checked = checkGroups("PPS", packedPps, 4); !checked) return std::unexpected(checked.error());
  PskPair pair;
  std::ranges::copy(packedPid, pair.pid.begin());
  std::ranges::copy(packedPps, pair.pps.begin());
  return pair;
}

bool isPidAlphabet(std::string_view pid) {
  return isAlphabet(pid, 8);
}
bool isPpsAlphabet(std::string_view pps) {
  return isAlphabet(pps, 32);
}

std::string displayPid(std::string_view pid) {
  return inGroups(pid);
}
std::string displayPps(std::string_view pps) {
  return inGroups(pps);
}

PskPair drawPskPair(const Draw& draw) {
  PskPair pair;
  drawGroups(draw, "pid", pair.pid, 8);
  drawGroups(draw, "pps", pair.pps, 4);
  return pair;
}

}  // namespace vme::wire

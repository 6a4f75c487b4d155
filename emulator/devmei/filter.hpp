#pragma once
// The seccomp filter that a program under the launcher runs with: which system calls the supervisor is asked about.

#include <cstdint>

namespace vme::devmei {

/// Descriptors of the device get these numbers, so that a filter can tell reads of the device from all others: as many
/// as the mei driver opens, and small enough for select().
inline constexpr unsigned kFirstFile = 0x300;
inline constexpr unsigned kLastFile = 0x3FF;

/// ioctl numbers of linux/mei.h.
inline constexpr std::uint32_t kConnectClient = 0xC0104801;
inline constexpr std::uint32_t kNotifySet = 0x40044802;
inline constexpr std::uint32_t kNotifyGet = 0x80044803;
inline constexpr std::uint32_t kConnectClientVtag = 0xC0144804;

/// What went wrong, and the errno.
struct FilterFailure {
  enum class Step : int { none, privileges, build, install } step = Step::none;
  int error = 0;
};

/// Gives the calling process the filter, for good, and returns the descriptor that notifications come from.
int installFilter(FilterFailure& failure);

}  // namespace vme::devmei

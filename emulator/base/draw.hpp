#pragma once
// Random draws that do not depend on the order of events: each is a hash of (seed, machine, purpose, counter).

#include <cstdint>
#include <span>
#include <string_view>

namespace vme {

/// The draws of one machine of one fleet.
class Draw {
 public:
  constexpr Draw(std::uint64_t seed, std::uint64_t machine) : seed_(seed), machine_(machine) {}

  /// 64 even bits for the n-th draw of that purpose; the same arguments always give the same bits.
  std::uint64_t bits(std::string_view purpose, std::uint64_t n = 0) const;
  /// In [0, 1).
  double unit(std::string_view purpose, std::uint64_t n = 0) const;
  /// In [0, bound); bound > 0.
  std::uint64_t below(std::uint64_t bound, std::string_view purpose, std::uint64_t n = 0) const;
  void fill(std::span<std::uint8_t> out, std::string_view purpose, std::uint64_t n = 0) const;

 private:
  std::uint64_t seed_;
  std::uint64_t machine_;
};

}  // namespace vme

#include "base/draw.hpp"

namespace vme {
namespace {

// The finaliser of splitmix64: every input bit reaches every output bit.
constexpr std::uint64_t mix(std::uint64_t x) {
  x += 0x9E3779B97F4A7C15U;
  x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9U;
  x = (x ^ (x >> 27U)) * 0x94D049BB133111EBU;
  return x ^ (x >> 31U);
}

constexpr std::uint64_t hashOf(std::string_view text) {
  std::uint64_t hash = 0xCBF29CE484222325U;
  for (const char c : text) hash = (hash ^ static_cast<std::uint8_t>(c)) * 0x100000001B3U;
  return hash;
}

}  // namespace

std::uint64_t Draw::bits(std::string_view purpose, std::uint64_t n) const {
  return mix(mix(mix(mix(seed_) ^ machine_) ^ hashOf(purpose)) ^ n);
}

double Draw::unit(std::string_view purpose, std::uint64_t n) const {
  return static_cast<double>(bits(purpose, n) >> 11U) * 0x1.0p-53;
}

std::uint64_t Draw::below(std::uint64_t bound, std::string_view purpose, std::uint64_t n) const {
  return static_cast<std::uint64_t>(unit(purpose, n) * static_cast<double>(bound));
}

void Draw::fill(std::span<std::uint8_t> out, std::string_view purpose, std::uint64_t n) const {
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (i % 8 == 0) word = bits(purpose, mix(n) + i / 8);
    out[i] = static_cast<std::uint8_t>(word >> (i % 8 * 8));
  }
}

}  // namespace vme

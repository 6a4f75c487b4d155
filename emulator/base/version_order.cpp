#include "base/version_order.hpp"

#include <cstddef>
#include <cstdint>

namespace vme {

bool versionLess(std::string_view a, std::string_view b) {
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  std::size_t i = 0, j = 0;
  while (i < a.size() && j < b.size()) {
    if (digit(a[i]) && digit(b[j])) {
      std::uint64_t x = 0, y = 0;
      for (; i < a.size() && digit(a[i]); ++i) x = x * 10 + static_cast<std::uint64_t>(a[i] - '0');
      for (; j < b.size() && digit(b[j]); ++j) y = y * 10 + static_cast<std::uint64_t>(b[j] - '0');
      if (x != y) return x < y;
    } else if (a[i] != b[j]) {
      return a[i] < b[j];
    } else {
      ++i;
      ++j;
    }
  }
  return a.size() - i < b.size() - j;
}

}  // namespace vme

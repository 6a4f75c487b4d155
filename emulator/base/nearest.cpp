#include "base/nearest.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

namespace vme {
namespace {

std::size_t editDistance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0]++;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string didYouMean(std::string_view wrong, std::span<const std::string> names) {
  const std::string* best = nullptr;
  std::size_t bestDistance = std::max<std::size_t>(2, wrong.size() / 3) + 1;
  for (const auto& name : names) {
    const auto distance = editDistance(wrong, name);
    if (distance < bestDistance) {
      best = &name;
      bestDistance = distance;
    }
  }
  return best ? " did you mean \"" + *best + "\"?" : "";
}

}  // namespace vme

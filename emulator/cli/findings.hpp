#pragma once
// What `vme doctor` looks at. Each finding says what was tried and seen, and what to do when that is not enough.

#include <cstdint>
#include <string>
#include <vector>

namespace vme::cli {

struct Finding {
  enum class Grade : std::uint8_t { good, limited, bad };
  std::string check;
  Grade grade = Grade::good;
  std::string seen;
  std::string mend;  // empty when there is nothing to do
};

std::vector<Finding> findings();

}  // namespace vme::cli

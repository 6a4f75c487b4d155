#pragma once
// A row of the tables: a measure, its bare counterpart in the same run, their ratio, and what the ratio should be.

#include <fmt/format.h>

#include <string_view>

namespace vme::bench {

inline void printRow(std::string_view what, double own, double bare, std::string_view unit, double ratio, double aim,
                     bool atMost) {
  const bool held = atMost ? ratio <= aim : ratio >= aim;
  fmt::print("{:<46} {:>10.3f} {:>10.3f} {:<10} {:>6.2f}  {} {:<5} {}\n", what, own, bare, unit, ratio,
             atMost ? "<=" : ">=", aim, held ? "held" : "missed");
}

}  // namespace vme::bench

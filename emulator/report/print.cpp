#include "report/print.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "base/json_text.hpp"

namespace vme::report {
namespace {

namespace json = boost::json;

// Boost.JSON writes 12.5 as 1.25E1 and everything on one line; people read this file.
void print(std::string& out, const json::value& value, std::size_t depth);

template <typename Items, typename One>
void printItems(std::string& out, const Items& items, char open, char close, std::size_t depth, One&& one) {
  out += open;
  bool first = true;
  for (const auto& item : items) {
    out += first ? "\n" : ",\n";
    first = false;
    out.append(2 * (depth + 1), ' ');
    one(item);
  }
  if (!first) out += "\n" + std::string(2 * depth, ' ');
  out += close;
}

bool isNumbers(const json::array& array) {
  return !array.empty() && std::ranges::all_of(array, [](const json::value& item) { return item.is_int64(); });
}

void print(std::string& out, const json::value& value, std::size_t depth) {
  if (const auto* object = value.if_object()) {
    printItems(out, *object, '{', '}', depth, [&](const json::key_value_pair& item) {
      out += jsonLine(item.key()) + ": ";
      print(out, item.value(), depth + 1);
    });
  } else if (const auto* array = value.if_array(); array && isNumbers(*array)) {
    out += jsonLine(*array);
  } else if (array) {
    printItems(out, *array, '[', ']', depth, [&](const json::value& item) { print(out, item, depth + 1); });
  } else if (const auto* number = value.if_double()) {
    out += std::isfinite(*number) ? fmt::format("{}", *number) : "null";
  } else {
    out += jsonLine(value);
  }
}

}  // namespace

std::string printed(const json::value& value) {
  std::string out;
  print(out, value, 0);
  return out + "\n";
}

}  // namespace vme::report

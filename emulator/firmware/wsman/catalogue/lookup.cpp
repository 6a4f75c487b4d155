#include <algorithm>

#include "firmware/wsman/catalogue/model.hpp"

namespace vme::firmware::wsman {
namespace {

template <typename Row>
const Row* findIn(std::span<const Row> rows, std::string_view name) {
  const auto found = std::ranges::lower_bound(rows, name, {}, &Row::name);
  return found != rows.end() && found->name == name ? &*found : nullptr;
}

}  // namespace

const Class* findClass(std::string_view name) {
  return findIn(catalogue(), name);
}

const Enumerable* findEnumerable(std::string_view name) {
  return findIn(enumerables(), name);
}

}  // namespace vme::firmware::wsman

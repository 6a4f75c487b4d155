#include "firmware/wsman/reference.hpp"

#include <algorithm>

namespace vme::firmware::wsman {
namespace {

bool sameSelector(const Selector& a, const Selector& b) {
  if (a.name != b.name || a.text != b.text || a.nested.size() != b.nested.size()) return false;
  return a.nested.empty() || same(a.nested.front(), b.nested.front());
}

}  // namespace

std::string_view Reference::selector(std::string_view name) const {
  const auto found = std::ranges::find(selectors, name, &Selector::name);
  return found == selectors.end() ? std::string_view() : std::string_view(found->text);
}

bool same(const Reference& a, const Reference& b) {
  return a.className == b.className && std::ranges::is_permutation(a.selectors, b.selectors, sameSelector);
}

Reference toReference(const ConstantReference& constant) {
  Reference reference{std::string(constant.className), {}};
  for (const auto& [name, text] : constant.selectors) {
    reference.selectors.push_back({std::string(name), std::string(text), {}});
  }
  return reference;
}

}  // namespace vme::firmware::wsman

#pragma once
// Endpoint references: how an instance is named, in selectors, in reference properties and in parameters.

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace vme::firmware::wsman {

struct Reference;

struct Selector {
  std::string name;
  std::string text;
  std::vector<Reference> nested;  // one: the value is itself a reference, and `text` is empty
};

struct Reference {
  std::string className;
  std::vector<Selector> selectors;

  /// The text of the selector of that name, or an empty text.
  std::string_view selector(std::string_view name) const;
};

/// Same class and the same selectors in any order; addresses play no part (wsman.md 3.3).
bool same(const Reference& a, const Reference& b);

/// A reference written down in the catalogue.
struct ConstantSelector {
  std::string_view name;
  std::string_view text;
};
struct ConstantReference {
  std::string_view className;
  std::span<const ConstantSelector> selectors;
};
Reference toReference(const ConstantReference& constant);

}  // namespace vme::firmware::wsman

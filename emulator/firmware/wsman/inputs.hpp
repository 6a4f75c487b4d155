#pragma once
// What a request's body says: the parameters of a method, or the properties of an instance. Elements count by their
// local name, with or without the class's namespace (wsman.md 3.3).

#include <cstdint>
#include <optional>
#include <pugixml.hpp>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "firmware/wsman/reference.hpp"

namespace vme::firmware::wsman {

enum class Type : std::uint8_t;

class Inputs {
 public:
  explicit Inputs(const pugi::xml_node& parent) : parent_(parent) {}

  bool has(std::string_view name) const;
  /// Nothing when the element is absent.
  std::optional<std::string_view> text(std::string_view name) const;
  std::vector<std::string_view> texts(std::string_view name) const;
  // Nothing when absent or not of the type.
  std::optional<std::uint64_t> number(std::string_view name) const;
  std::optional<bool> boolean(std::string_view name) const;
  std::optional<Bytes> bytes(std::string_view name) const;
  std::optional<Reference> reference(std::string_view name) const;
  /// A number of at most 32 bits that was checked before; 0 when absent.
  std::uint32_t uint32(std::string_view name) const { return static_cast<std::uint32_t>(number(name).value_or(0)); }

  /// Every element of the name fits the type. An element that is nil or absent does.
  bool fits(std::string_view name, Type type) const;

 private:
  pugi::xml_node parent_;
};

/// The endpoint reference within an element; nothing when it names no class.
std::optional<Reference> readReference(const pugi::xml_node& element);
/// The Selector elements within a SelectorSet; nothing when one has no name or a name stands twice.
std::optional<std::vector<Selector>> readSelectors(const pugi::xml_node& selectorSet);

}  // namespace vme::firmware::wsman

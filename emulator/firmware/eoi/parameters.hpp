#pragma once
// What a request says, read leniently: by local name, in any order and at any depth (eoi.md 2.1 and 4). Views point
// into the request's tree.

#include <charconv>
#include <concepts>
#include <optional>
#include <pugixml.hpp>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"

namespace vme::firmware::eoi {

class Parameters {
 public:
  explicit Parameters(const pugi::xml_node& element) : element_(element) {}

  bool has(std::string_view name) const { return !find(name).empty(); }
  /// What lies inside the element of that name; without any parameter when there is none.
  Parameters within(std::string_view name) const { return Parameters(find(name)); }
  /// Every element of that name.
  std::vector<Parameters> all(std::string_view name) const;

  /// This element's own text, and its name.
  std::string_view text() const;
  std::string_view name() const;
  /// Every element without children.
  std::vector<Parameters> leaves() const;

  // Nothing when the element is missing, or its text is not of the type.
  std::optional<std::string_view> text(std::string_view name) const;
  std::optional<bool> flag(std::string_view name) const;
  std::optional<Bytes> base64(std::string_view name) const;
  template <std::unsigned_integral T>
  std::optional<T> number(std::string_view name) const;

  // False when the element is there and its text is not of the type.
  bool optional(std::string_view name, std::optional<bool>& out) const;
  template <std::unsigned_integral T>
  bool optional(std::string_view name, std::optional<T>& out) const;

 private:
  pugi::xml_node find(std::string_view name) const;

  pugi::xml_node element_;
};

template <std::unsigned_integral T>
std::optional<T> Parameters::number(std::string_view name) const {
  const auto digits = text(name);
  if (!digits) return std::nullopt;
  T value = 0;
  const auto* const last = digits->data() + digits->size();
  const auto [end, error] = std::from_chars(digits->data(), last, value);
  if (error != std::errc() || end != last) return std::nullopt;
  return value;
}

template <std::unsigned_integral T>
bool Parameters::optional(std::string_view name, std::optional<T>& out) const {
  out = number<T>(name);
  return out || !has(name);
}

}  // namespace vme::firmware::eoi

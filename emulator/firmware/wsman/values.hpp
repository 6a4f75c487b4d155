#pragma once
// What a value provider gives for a property of an instance: no value (null), one, or several (an array).

#include <concepts>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/bytes.hpp"
#include "firmware/wsman/reference.hpp"

namespace vme::firmware::wsman {

using Value = std::variant<std::string, Reference>;

class Values {
 public:
  void add(std::string_view text) { values_.emplace_back(std::string(text)); }
  void add(std::string text) { values_.emplace_back(std::move(text)); }
  void add(const char* text) { add(std::string_view(text)); }
  void add(Reference reference) { values_.emplace_back(std::move(reference)); }
  void add(bool value) { add(std::string_view(value ? "true" : "false")); }
  template <std::integral Number>
    requires(!std::same_as<Number, bool>)
  void add(Number number) {
    values_.emplace_back(std::to_string(number));
  }
  void addBase64(ByteView bytes) { values_.emplace_back(toBase64(bytes)); }

  const std::vector<Value>& all() const { return values_; }
  void clear() { values_.clear(); }

 private:
  std::vector<Value> values_;
};

}  // namespace vme::firmware::wsman

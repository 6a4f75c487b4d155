#pragma once
// Boost.JSON has a string view of its own.

#include <boost/json/string_view.hpp>
#include <string_view>

namespace vme {

inline boost::json::string_view jsonText(std::string_view text) {
  return {text.data(), text.size()};
}

}  // namespace vme

#pragma once
// Boost.JSON has a string view of its own, and writes whatever bytes a string holds.

#include <boost/json/serialize.hpp>
#include <boost/json/string_view.hpp>
#include <boost/json/value.hpp>
#include <string>
#include <string_view>

#include "base/utf8.hpp"

namespace vme {

inline boost::json::string_view jsonText(std::string_view text) {
  return {text.data(), text.size()};
}

/// On one line, and JSON whatever came from outside.
inline std::string jsonLine(const boost::json::value& value) {
  return wellFormed(boost::json::serialize(value));
}

}  // namespace vme

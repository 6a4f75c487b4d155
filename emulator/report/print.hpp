#pragma once

#include <boost/json/value.hpp>
#include <string>

namespace vme::report {

/// JSON over several lines, with numbers as people write them.
std::string printed(const boost::json::value& value);

}  // namespace vme::report

#pragma once

#include <string>
#include <string_view>

namespace vme::report {

/// For text and attribute values of XML and HTML. Characters that XML 1.0 cannot hold become U+FFFD.
std::string escaped(std::string_view text);

}  // namespace vme::report

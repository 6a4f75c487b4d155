#pragma once
// What XML text must be before a tree is built from it. pugixml passes over in silence what stands here: document
// types, bytes that are no UTF-8, references to no character, text and further elements outside the root element.

#include <string_view>

#include "base/error.hpp"
#include "wire/xml.hpp"

namespace vme::wire {

/// Looks at every byte once and allocates nothing unless it refuses. `text` starts with its first markup. Whether tags
/// match and attributes are well formed is left to pugixml.
Result<void> checkXml(std::string_view text, const XmlLimits& limits);

}  // namespace vme::wire

#pragma once

#include <optional>
#include <string_view>

namespace vme::wire {

/// The AMT status that an answer of EOI (`Status`) or of a WS-Man method (`ReturnValue`) tells; nothing for others.
std::optional<unsigned> soapStatus(std::string_view body);

}  // namespace vme::wire

#pragma once

#include <string>
#include <string_view>

namespace vme::scenario {

/// The Body of a SOAP message as a report may show it: without what elements named after passwords, keys, digests and
/// other secrets hold, and no longer than `most` bytes. Takes messages that are cut.
std::string shownBody(std::string_view message, std::size_t most);

}  // namespace vme::scenario

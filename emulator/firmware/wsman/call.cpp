#include "firmware/wsman/call.hpp"

#include <algorithm>
#include <cassert>

namespace vme::firmware::wsman {

Values& MethodCall::out(std::string_view name) {
  const auto found = std::ranges::find(method_.outputs, name, &Parameter::name);
  assert(found != method_.outputs.end() && "the catalogue declares every output of a handler");
  return outputs_.at(static_cast<std::size_t>(found - method_.outputs.begin()));
}

}  // namespace vme::firmware::wsman

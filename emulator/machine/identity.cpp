#include "machine/identity.hpp"

#include "base/bytes.hpp"

namespace vme::machine {

std::string Identity::macText() const {
  std::string text;
  for (const auto byte : mac) {
    if (!text.empty()) text += '-';
    text += toHexUpper({&byte, 1});
  }
  return text;
}

std::string Identity::serialText() const {
  return "VM" + toHexUpper(ByteView(uuid.wire).subspan(12));
}

}  // namespace vme::machine

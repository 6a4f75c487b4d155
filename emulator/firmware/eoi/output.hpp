#pragma once
// The outputs of an operation, as elements in the service's namespace (eoi.md 2.2): no white space between them, the
// payload prefix by profile.

#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "wire/xml.hpp"

namespace vme::firmware::eoi {

class Output {
 public:
  Output(std::string& body, std::string_view prefix) : writer_(body), prefix_(prefix) {}

  Output& open(std::string_view name) {
    writer_.open(prefix_, name);
    return *this;
  }
  Output& close(std::string_view name) {
    writer_.close(prefix_, name);
    return *this;
  }
  Output& text(std::string_view name, std::string_view value) {
    writer_.element(prefix_, name, value);
    return *this;
  }
  Output& number(std::string_view name, std::uint64_t value) {
    writer_.element(prefix_, name, value);
    return *this;
  }
  Output& flag(std::string_view name, bool value) { return text(name, value ? "true" : "false"); }
  Output& base64(std::string_view name, ByteView value) { return text(name, toBase64(value)); }

 private:
  wire::XmlWriter writer_;
  std::string_view prefix_;
};

}  // namespace vme::firmware::eoi

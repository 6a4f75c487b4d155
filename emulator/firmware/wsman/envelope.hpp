#pragma once
// The envelope of an answer: its fixed order of namespaces and headers (wsman.md 2.3).

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include "firmware/wsman/request.hpp"

namespace vme::firmware::wsman {

/// Prefixes that every answer binds: a SOAP, b addressing, c WS-Man, d trust, e security, f CIM binding, then g, h, ...
/// for the namespaces of the body in the order given here.
class Namespaces {
 public:
  /// The prefix of that namespace, bound on first use: g, h, ... z, then n20, n21 ...
  std::string_view bind(std::string space);
  void append(std::string& out) const;

 private:
  struct Bound {
    std::string space;
    std::string prefix;
  };
  std::deque<Bound> bound_;  // prefixes stay where they are
};

/// Everything up to and including `<a:Body>`. `action` is written as it is.
void appendHead(std::string& out, const Namespaces& namespaces, const Request& request, std::string_view action,
                std::uint32_t messageNumber);
void appendTail(std::string& out);
/// `uuid:00000000-8086-8086-8086-00000000001B`
void appendMessageId(std::string& out, std::uint32_t messageNumber);

}  // namespace vme::firmware::wsman

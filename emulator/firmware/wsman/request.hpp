#pragma once
// A WS-Management request, decoded as far as the envelope goes (wsman.md 2.1, 2.4).

#include <cstdint>
#include <optional>
#include <pugixml.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "firmware/wsman/fault.hpp"
#include "firmware/wsman/reference.hpp"

namespace vme::firmware::wsman {

struct Request {
  std::string messageId;
  bool hasMessageId = false;
  std::string_view action;       // the texts live as long as the document
  std::string_view resourceUri;  // as sent
  std::vector<Selector> selectors;
  std::uint64_t maxEnvelopeSize = 0;  // 0: none given
  pugi::xml_node body;                // the first element of Body, or null
  bool isIdentify = false;            // then nothing else is filled
};

/// `request` is filled as far as it goes even when the result is a fault, so that the fault can relate to it.
std::optional<Fault> readRequest(const pugi::xml_document& document, Request& request);

}  // namespace vme::firmware::wsman

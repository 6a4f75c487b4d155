#include "firmware/wsman/envelope.hpp"

#include <algorithm>

#include "firmware/wsman/uris.hpp"
#include "wire/xml.hpp"

namespace vme::firmware::wsman {
namespace {

constexpr std::string_view kRoot =
    R"(<?xml version="1.0" encoding="UTF-8"?><a:Envelope xmlns:a="http://www.w3.org/2003/05/soap-envelope")"
    R"( xmlns:b="http://schemas.xmlsoap.org/ws/2004/08/addressing")"
    R"( xmlns:c="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd")"
    R"( xmlns:d="http://schemas.xmlsoap.org/ws/2005/02/trust")"
    R"( xmlns:e="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd")"
    R"( xmlns:f="http://schemas.dmtf.org/wbem/wsman/1/cimbinding.xsd")";
constexpr std::string_view kToRelates =
    R"( xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><a:Header><b:To>)"
    R"(http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</b:To><b:RelatesTo>)";
constexpr std::string_view kAction = R"(</b:RelatesTo><b:Action a:mustUnderstand="true">)";

}  // namespace

std::string_view Namespaces::bind(std::string space) {
  const auto found = std::ranges::find(bound_, space, &Bound::space);
  if (found != bound_.end()) return found->prefix;
  constexpr std::size_t kLetters = 'z' - 'g' + 1;
  auto prefix = bound_.size() < kLetters ? std::string(1, static_cast<char>('g' + static_cast<int>(bound_.size())))
                                         : "n" + std::to_string(bound_.size());
  return bound_.emplace_back(std::move(space), std::move(prefix)).prefix;
}

void Namespaces::append(std::string& out) const {
  for (const auto& [space, prefix] : bound_) {
    out.append(" xmlns:").append(prefix).append("=\"").append(space).append("\"");
  }
}

void appendHead(std::string& out, const Namespaces& namespaces, const Request& request, std::string_view action,
                std::uint32_t messageNumber) {
  wire::XmlWriter writer(out);
  writer.raw(kRoot);
  namespaces.append(out);
  writer.raw(kToRelates).text(request.messageId).raw(kAction).raw(action).raw("</b:Action><b:MessageID>");
  appendMessageId(out, messageNumber);
  writer.raw("</b:MessageID><c:ResourceURI>").text(request.resourceUri).raw("</c:ResourceURI></a:Header><a:Body>");
}

void appendTail(std::string& out) {
  out += "</a:Body></a:Envelope>";
}

void appendMessageId(std::string& out, std::uint32_t messageNumber) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  out += "uuid:00000000-8086-8086-8086-0000";
  for (unsigned shift = 32; shift > 0;) {
    shift -= 4;
    out += kDigits[messageNumber >> shift & 0xFU];
  }
}

}  // namespace vme::firmware::wsman

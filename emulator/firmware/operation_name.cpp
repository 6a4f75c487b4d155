#include "firmware/operation_name.hpp"

#include "firmware/wsman/uris.hpp"
#include "wire/xml.hpp"

namespace vme::firmware {
namespace {

std::string_view afterLast(std::string_view text, char separator) {
  const auto at = text.rfind(separator);
  return at == std::string_view::npos ? text : text.substr(at + 1);
}

std::string_view headerText(pugi::xml_node header, std::string_view name) {
  return wire::textOf(wire::childNamed(header, name));
}

std::string wsmanName(pugi::xml_node envelope) {
  const auto asked = wire::firstElement(wire::childNamed(envelope, "Body"));
  if (wire::localName(asked) == "Identify") return "Identify";
  const auto header = wire::childNamed(envelope, "Header");
  const auto action = headerText(header, "Action");
  const std::string resource(afterLast(headerText(header, "ResourceURI"), '/'));
  const std::string verb(afterLast(action, '/'));
  const bool standard = action.find("/ws/2004/09/") != std::string_view::npos;
  return standard ? verb + " " + resource : resource + "." + verb;
}

}  // namespace

std::string operationName(const wire::http::Request& request) {
  if (request.method != "POST") return request.method + " " + std::string(request.path());
  pugi::xml_document document;
  if (!wire::parseXml(request.body, document, {})) return {};
  const auto envelope = wire::firstElement(document);
  if (wire::localName(envelope) != "Envelope") return {};
  if (request.path() == kWsmanPath) return wsmanName(envelope);
  return std::string(wire::localName(wire::firstElement(wire::childNamed(envelope, "Body"))));
}

}  // namespace vme::firmware

#include "firmware/wsman/request.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "firmware/wsman/inputs.hpp"
#include "firmware/wsman/uris.hpp"
#include "wire/xml.hpp"

namespace vme::firmware::wsman {
namespace {

using Check = std::optional<Fault>;

/// What the headers said, before it is known whether they are complete.
struct Headers {
  Request& request;
  bool to = false;
  bool action = false;
  bool resource = false;
};

Check bad(FaultId id) {
  return Fault{id};
}

bool isMandatory(const pugi::xml_node& header) {
  return std::ranges::any_of(header.attributes(), [](const pugi::xml_attribute& attribute) {
    const std::string_view value = attribute.value();
    return wire::localName(attribute) == "mustUnderstand" && (value == "true" || value == "1");
  });
}

Check onAction(Headers& headers, const pugi::xml_node& node) {
  headers.request.action = wire::textOf(node);
  headers.action = true;
  return headers.request.action.empty() ? bad(FaultId::invalidMessageInformationHeader) : std::nullopt;
}

Check onTo(Headers& headers, const pugi::xml_node& node) {
  headers.to = true;
  return wire::textOf(node).empty() ? bad(FaultId::invalidMessageInformationHeader) : std::nullopt;
}

Check onMessageId(Headers& headers, const pugi::xml_node& node) {
  headers.request.messageId = wire::textOf(node);
  headers.request.hasMessageId = true;
  return std::nullopt;
}

Check onResourceUri(Headers& headers, const pugi::xml_node& node) {
  headers.request.resourceUri = wire::textOf(node);
  headers.resource = true;
  return std::nullopt;
}

Check onSelectorSet(Headers& headers, const pugi::xml_node& node) {
  auto selectors = readSelectors(node);
  if (!selectors) return bad(FaultId::invalidSelectors);
  headers.request.selectors = std::move(*selectors);
  return std::nullopt;
}

Check onMaxEnvelopeSize(Headers& headers, const pugi::xml_node& node) {
  const auto text = wire::textOf(node);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), headers.request.maxEnvelopeSize);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  return whole && headers.request.maxEnvelopeSize > 0 ? std::nullopt : bad(FaultId::schemaValidationError);
}

/// The ME speaks English only; another language is refused when the client insists.
Check onLocale(Headers&, const pugi::xml_node& node) {
  const std::string_view language = node.attribute("xml:lang").value();
  const bool english = language.empty() || language.starts_with("en");
  return english || !isMandatory(node) ? std::nullopt : bad(FaultId::unsupportedFeature);
}

Check onOptionSet(Headers&, const pugi::xml_node& node) {
  return isMandatory(node) ? bad(FaultId::mustUnderstand) : std::nullopt;
}

Check onFragment(Headers&, const pugi::xml_node&) {
  return bad(FaultId::unsupportedFeature);
}

Check onPolymorphism(Headers&, const pugi::xml_node& node) {
  const auto mode = wire::textOf(node);
  return mode.empty() || mode == "IncludeSubClassProperties" ? std::nullopt : bad(FaultId::unsupportedFeature);
}

Check ignore(Headers&, const pugi::xml_node&) {
  return std::nullopt;
}

struct HeaderRow {
  std::string_view space;
  std::string_view name;
  Check (*read)(Headers&, const pugi::xml_node&);
};
constexpr std::array kHeaders{
    HeaderRow{uri::kAddressing, "Action", onAction},
    HeaderRow{uri::kAddressing, "To", onTo},
    HeaderRow{uri::kAddressing, "MessageID", onMessageId},
    HeaderRow{uri::kAddressing, "ReplyTo", ignore},
    HeaderRow{uri::kAddressing, "FaultTo", ignore},
    HeaderRow{uri::kAddressing, "From", ignore},
    HeaderRow{uri::kAddressing, "RelatesTo", ignore},
    HeaderRow{uri::kWsman, "ResourceURI", onResourceUri},
    HeaderRow{uri::kWsman, "SelectorSet", onSelectorSet},
    HeaderRow{uri::kWsman, "MaxEnvelopeSize", onMaxEnvelopeSize},
    HeaderRow{uri::kWsman, "OperationTimeout", ignore},
    HeaderRow{uri::kWsman, "Locale", onLocale},
    HeaderRow{uri::kWsman, "OptionSet", onOptionSet},
    HeaderRow{uri::kWsman, "FragmentTransfer", onFragment},
    HeaderRow{uri::kWsman, "RequestTotalItemsCountEstimate", ignore},
    HeaderRow{uri::kCimBinding, "PolymorphismMode", onPolymorphism},
    HeaderRow{uri::kTrust, "IssuedTokens", ignore},
    HeaderRow{uri::kSecurity, "Security", ignore},
};

Check onHeader(Headers& headers, const pugi::xml_node& node) {
  const auto name = wire::localName(node);
  for (const auto& row : kHeaders) {
    if (row.name == name && wire::namespaceOf(node) == row.space) return row.read(headers, node);
  }
  return isMandatory(node) ? bad(FaultId::mustUnderstand) : std::nullopt;
}

bool isSoap(const pugi::xml_node& node, std::string_view name) {
  return wire::localName(node) == name && wire::namespaceOf(node) == uri::kSoap;
}

pugi::xml_node soapChild(const pugi::xml_node& envelope, std::string_view name) {
  const auto child = wire::childNamed(envelope, name);
  return isSoap(child, name) ? child : pugi::xml_node();
}

}  // namespace

std::optional<Fault> readRequest(const pugi::xml_document& document, Request& request) {
  const auto envelope = wire::firstElement(document);
  if (!isSoap(envelope, "Envelope")) return bad(FaultId::schemaValidationError);
  const auto body = soapChild(envelope, "Body");
  if (!body) return bad(FaultId::schemaValidationError);
  request.body = wire::firstElement(body);
  if (wire::localName(request.body) == "Identify" && wire::namespaceOf(request.body) == uri::kIdentity) {
    request.isIdentify = true;
    return std::nullopt;
  }
  Headers headers{request};
  Check first;
  const auto header = soapChild(envelope, "Header");
  for (auto node = wire::firstElement(header); node; node = wire::nextElement(node)) {
    auto check = onHeader(headers, node);
    if (check && !first) first = check;
  }
  const bool complete = headers.action && headers.to && headers.resource && request.hasMessageId;
  if (!complete) return bad(FaultId::messageInformationHeaderRequired);
  return first;
}

}  // namespace vme::firmware::wsman

#include "firmware/wsman/fault.hpp"

#include <algorithm>
#include <array>

#include "firmware/wsman/envelope.hpp"
#include "wire/xml.hpp"

namespace vme::firmware::wsman {
namespace {

enum class Code : std::uint8_t { sender, receiver, mustUnderstand };

struct Row {
  FaultId id;
  char prefix;  // as the fault envelope binds it: b addressing, c enumeration, d transfer, e wsman, f eventing
  std::string_view name;
  Code code;
  Reason reason;
  std::string_view text;
};

constexpr std::array kRows{
    Row{FaultId::destinationUnreachable, 'b', "DestinationUnreachable", Code::sender, Reason::unknownOperation,
        "No route can be determined to reach the destination role defined by the WSAddressing To."},
    Row{FaultId::actionNotSupported, 'b', "ActionNotSupported", Code::sender, Reason::unknownOperation,
        "The action is not supported by the service."},
    Row{FaultId::messageInformationHeaderRequired, 'b', "MessageInformationHeaderRequired", Code::sender,
        Reason::malformedSoap, "A required header is missing."},
    Row{FaultId::invalidMessageInformationHeader, 'b', "InvalidMessageInformationHeader", Code::sender,
        Reason::malformedSoap, "A message information header is not valid and the message cannot be processed."},
    Row{FaultId::endpointUnavailable, 'b', "EndpointUnavailable", Code::receiver, Reason::none,
        "The specified endpoint is currently unavailable."},
    Row{FaultId::mustUnderstand, 'a', "MustUnderstand", Code::mustUnderstand, Reason::unknownOperation,
        "The WS-Management service cannot process a SOAP header in the request that is marked as mandatory by the "
        "client."},
    Row{FaultId::accessDenied, 'e', "AccessDenied", Code::sender, Reason::realmMissing,
        "The sender was not authorized to access the resource."},
    Row{FaultId::alreadyExists, 'e', "AlreadyExists", Code::sender, Reason::none,
        "The sender attempted to create a resource which already exists."},
    Row{FaultId::concurrency, 'e', "Concurrency", Code::sender, Reason::none,
        "The action could not be completed due to concurrency or locking problems."},
    Row{FaultId::encodingLimit, 'e', "EncodingLimit", Code::sender, Reason::malformedSoap,
        "An internal encoding limit was exceeded in a request or would be violated if the message were processed."},
    Row{FaultId::internalError, 'e', "InternalError", Code::receiver, Reason::none,
        "The service cannot comply with the request due to internal processing errors."},
    Row{FaultId::invalidParameter, 'e', "InvalidParameter", Code::sender, Reason::malformedSoap,
        "An operation parameter is not valid."},
    Row{FaultId::invalidSelectors, 'e', "InvalidSelectors", Code::sender, Reason::none,
        "The Selectors for the resource are not valid."},
    Row{FaultId::schemaValidationError, 'e', "SchemaValidationError", Code::sender, Reason::malformedSoap,
        "The supplied SOAP violates the corresponding XML schema definition."},
    Row{FaultId::quotaLimit, 'e', "QuotaLimit", Code::sender, Reason::none,
        "The service is busy servicing other requests."},
    Row{FaultId::timedOut, 'e', "TimedOut", Code::receiver, Reason::none, "The operation has timed out."},
    Row{FaultId::unsupportedFeature, 'e', "UnsupportedFeature", Code::sender, Reason::unknownOperation,
        "The specified feature is not supported."},
    Row{FaultId::cannotProcessFilter, 'c', "CannotProcessFilter", Code::sender, Reason::unknownOperation,
        "The requested filter could not be processed."},
    Row{FaultId::filterDialectUnavailable, 'c', "FilterDialectRequestedUnavailable", Code::sender,
        Reason::unknownOperation, "The requested filtering dialect is not supported."},
    Row{FaultId::invalidEnumerationContext, 'c', "InvalidEnumerationContext", Code::receiver, Reason::none,
        "The supplied enumeration context is invalid."},
    Row{FaultId::invalidRepresentation, 'd', "InvalidRepresentation", Code::sender, Reason::malformedSoap,
        "The XML content is not valid."},
    Row{FaultId::deliveryModeUnavailable, 'f', "DeliveryModeRequestedUnavailable", Code::sender,
        Reason::unknownOperation, "The requested delivery mode is not supported."},
    Row{FaultId::invalidExpirationTime, 'f', "InvalidExpirationTime", Code::sender, Reason::none,
        "The expiration time is not valid."},
    Row{FaultId::unableToRenew, 'f', "UnableToRenew", Code::sender, Reason::none,
        "The subscription could not be renewed."},
};

constexpr bool rowsMatchIds() {
  for (std::size_t i = 0; i < kRows.size(); ++i) {
    if (static_cast<std::size_t>(kRows[i].id) != i) return false;
  }
  return kRows.size() == static_cast<std::size_t>(FaultId::unableToRenew) + 1;
}
static_assert(rowsMatchIds());

const Row& rowOf(FaultId id) {
  return kRows[static_cast<std::size_t>(id)];
}

constexpr std::string_view kFaultHead =
    R"(<?xml version="1.0" encoding="UTF-8"?><a:Envelope)"
    R"( xmlns:g="http://schemas.dmtf.org/wbem/wsman/1/cimbinding.xsd")"
    R"( xmlns:f="http://schemas.xmlsoap.org/ws/2004/08/eventing")"
    R"( xmlns:e="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd")"
    R"( xmlns:d="http://schemas.xmlsoap.org/ws/2004/09/transfer")"
    R"( xmlns:c="http://schemas.xmlsoap.org/ws/2004/09/enumeration")"
    R"( xmlns:b="http://schemas.xmlsoap.org/ws/2004/08/addressing")"
    R"( xmlns:a="http://www.w3.org/2003/05/soap-envelope")"
    R"( xmlns:h="http://schemas.xmlsoap.org/ws/2005/02/trust")"
    R"( xmlns:i="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd")"
    R"( xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><a:Header><b:To>)"
    R"(http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</b:To>)";

std::string_view actionOf(char prefix) {
  switch (prefix) {
    case 'b':
      return "http://schemas.xmlsoap.org/ws/2004/08/addressing/fault";
    case 'c':
      return "http://schemas.xmlsoap.org/ws/2004/09/enumeration/fault";
    case 'd':
      return "http://schemas.xmlsoap.org/ws/2004/09/transfer/fault";
    case 'f':
      return "http://schemas.xmlsoap.org/ws/2004/08/eventing/fault";
    default:
      return "http://schemas.dmtf.org/wbem/wsman/1/wsman/fault";
  }
}

void writeCode(wire::XmlWriter& writer, const Row& row) {
  writer.raw("<a:Code><a:Value>");
  if (row.code == Code::mustUnderstand) {
    writer.raw("a:MustUnderstand</a:Value></a:Code>");
    return;
  }
  const std::string_view prefix(&row.prefix, 1);
  writer.raw(row.code == Code::sender ? "a:Sender" : "a:Receiver").raw("</a:Value><a:Subcode><a:Value>");
  writer.raw(prefix).raw(":").raw(row.name).raw("</a:Value></a:Subcode></a:Code>");
}

}  // namespace

std::optional<Fault> faultOf(wire::AmtStatus status) {
  if (status == wire::AmtStatus::success) return std::nullopt;
  return Fault{FaultId::internalError, status};
}

unsigned httpStatus(FaultId id) {
  return rowOf(id).code == Code::sender ? 400 : 500;
}

std::string_view nameOf(FaultId id) {
  return rowOf(id).name;
}

std::optional<FaultId> faultNamed(std::string_view subcode) {
  const auto* const row = std::ranges::find(kRows, subcode, &Row::name);
  return row == kRows.end() ? std::nullopt : std::optional(row->id);
}

Reason reasonOf(FaultId id) {
  return rowOf(id).reason;
}

std::string writeFault(const Fault& fault, const std::string* relatesTo, std::uint32_t messageNumber) {
  const auto& row = rowOf(fault.id);
  std::string out;
  out.reserve(1800);
  wire::XmlWriter writer(out);
  writer.raw(kFaultHead);
  if (relatesTo) writer.element("b", "RelatesTo", *relatesTo);
  writer.raw(R"(<b:Action a:mustUnderstand="true">)").raw(actionOf(row.prefix)).raw("</b:Action><b:MessageID>");
  appendMessageId(out, messageNumber);
  writer.raw("</b:MessageID></a:Header><a:Body><a:Fault>");
  writeCode(writer, row);
  writer.raw(R"(<a:Reason><a:Text xml:lang="en-US">)").raw(row.text).raw("</a:Text></a:Reason><a:Detail>");
  if (fault.id == FaultId::internalError) {
    writer.raw(R"(<a:Text xml:lang="en-US">AMT-STATUS )").raw(std::to_string(static_cast<std::uint32_t>(fault.status)));
    writer.raw("</a:Text>");
  }
  writer.raw("</a:Detail></a:Fault></a:Body></a:Envelope>");
  return out;
}

}  // namespace vme::firmware::wsman

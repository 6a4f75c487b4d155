#include "firmware/eoi/eoi.hpp"

#include <algorithm>
#include <expected>

#include "firmware/eoi/operation.hpp"
#include "firmware/http_date.hpp"
#include "firmware/web_ui.hpp"
#include "machine/clock.hpp"
#include "profile/check.hpp"
#include "wire/xml.hpp"

namespace vme::firmware::eoi {
namespace {

constexpr std::string_view kSoap = "http://schemas.xmlsoap.org/soap/envelope/";

/// Why a message is no call (eoi.md 2.3).
struct Fault {
  Reason reason = Reason::malformedSoap;
  std::string_view code = "Client";
  std::string_view text = "Malformed request";
  std::string detail;  // for the journal
};

struct Message {
  const Service* service = nullptr;
  const Operation* operation = nullptr;
  pugi::xml_node element;
};

std::expected<Message, Fault> readMessage(const Me& me, const wire::http::Request& request,
                                          pugi::xml_document& document) {
  const wire::XmlLimits limits{.bytes = me.profile.api.httpBodyMax};
  if (const auto parsed = wire::parseXml(request.body, document, limits); !parsed) {
    return std::unexpected(Fault{.detail = parsed.error().message()});
  }
  const auto envelope = wire::firstElement(document);
  if (wire::localName(envelope) != "Envelope") return std::unexpected(Fault{.detail = "the root is no Envelope"});
  if (wire::namespaceOf(envelope) != kSoap) {
    return std::unexpected(
        Fault{.code = "VersionMismatch", .text = "SOAP version mismatch", .detail = "the envelope is not of SOAP 1.1"});
  }
  Message message{.service = findService(me.profile, request.path())};
  message.element = wire::firstElement(wire::childNamed(envelope, "Body"));
  if (!message.element) return std::unexpected(Fault{.detail = "the Body is missing or empty"});
  const auto name = wire::localName(message.element);
  if (message.service && wire::namespaceOf(message.element) == message.service->xmlNamespace) {
    message.operation = findOperation(me.profile, message.service->id, name);
  }
  if (!message.operation) {
    std::string detail(request.path());
    detail.append(" ").append(name);
    return std::unexpected(
        Fault{.reason = Reason::unknownOperation, .text = "Unknown operation", .detail = std::move(detail)});
  }
  return message;
}

wire::http::Response response(const Me& me, unsigned status, std::string body) {
  wire::http::Response response;
  response.status = status;
  response.headers = {{"Content-Type", "text/xml; charset=UTF-8"},
                      {"Date", httpDate(machine::clockSeconds(me))},
                      {"Cache-Control", "no-cache"},
                      {"Expires", "Thu, 26 Oct 1995 00:00:00 GMT"},
                      {"Server", serverName(me)}};
  response.body = std::move(body);
  response.chunked = true;
  return response;
}

wire::http::Response faultResponse(const Me& me, const Fault& fault) {
  std::string body = R"(<?xml version="1.0" encoding="UTF-8"?>)";
  const std::string_view prefix = me.profile.api.eoiEnvelope;
  wire::XmlWriter writer(body);
  writer.raw("<").raw(prefix).raw(":Envelope xmlns:").raw(prefix).raw("=\"").raw(kSoap).raw("\">");
  writer.open(prefix, "Body").open(prefix, "Fault");
  writer.open("", "faultcode").raw(prefix).raw(":").raw(fault.code).close("", "faultcode");
  writer.element("", "faultstring", fault.text);
  writer.close(prefix, "Fault").close(prefix, "Body").close(prefix, "Envelope");
  auto answer = response(me, 500, std::move(body));
  answer.close = true;
  return answer;
}

/// The body of an answer; outputs count only when the status that `run` returns is success.
template <typename Run>
std::string answerBody(const Me& me, const Message& message, Run run) {
  const std::string_view soap = me.profile.api.eoiEnvelope;
  const std::string_view prefix = me.profile.api.eoiPrefix;
  std::string name(wire::localName(message.element));
  name += "Response";
  std::string body;
  body.reserve(1024);
  wire::XmlWriter writer(body);
  writer.raw(R"(<?xml version="1.0" encoding="UTF-8"?><)").raw(soap).raw(":Envelope xmlns:").raw(soap).raw("=\"");
  writer.raw(kSoap).raw("\" xmlns:").raw(prefix).raw("=\"").raw(message.service->xmlNamespace).raw("\">");
  writer.open(soap, "Body").open(prefix, name);
  const auto outputs = body.size();
  writer.element(prefix, "Status", std::uint64_t{0});
  Output out(body, prefix);
  if (const AmtStatus status = run(out); status != AmtStatus::success) {
    body.resize(outputs);
    writer.element(prefix, "Status", static_cast<std::uint64_t>(status));
  }
  writer.close(prefix, name).close(soap, "Body").close(soap, "Envelope");
  return body;
}

/// Quirk atl_acl: entries of the ACL that Microsoft's ATL client writes are answered with 500.
bool isStumbledOver(const Me& me, const Message& message, const wire::http::Request& request) {
  const std::string_view name = message.operation->name;
  const bool isEntry = name == "AddUserAclEntry" || name == "UpdateUserAclEntry" || name == "AddUserAclEntryEx" ||
                       name == "UpdateUserAclEntryEx";
  return isEntry && request.header("User-Agent").starts_with("Microsoft-ATL-Native") &&
         profile::hasQuirk(me.profile, "atl_acl");
}

}  // namespace

wire::http::Response answerStatus(const Me& me, const wire::http::Request& request, std::uint32_t status) {
  pugi::xml_document document;
  const auto message = readMessage(me, request, document);
  if (!message) return faultResponse(me, message.error());
  return response(me, 200, answerBody(me, *message, [&](Output&) { return static_cast<AmtStatus>(status); }));
}

wire::http::Response answerFault(const Me& me, std::string_view text) {
  return faultResponse(me, {.code = "Server", .text = text});
}

bool isServicePath(const Me& me, std::string_view path) {
  return findService(me.profile, path) != nullptr;
}

Answer handle(Me& me, const machine::Login& login, const wire::http::Request& request, machine::Effects& effects) {
  pugi::xml_document document;
  const auto message = readMessage(me, request, document);
  if (!message) {
    effects.emplace_back(machine::Note{message.error().reason, "EOI: " + message.error().detail});
    return {faultResponse(me, message.error())};
  }
  if (isStumbledOver(me, *message, request)) {
    effects.emplace_back(machine::Note{Reason::malformedSoap, "EOI: the quirk atl_acl"});
    return {faultResponse(me, Fault{.reason = Reason::malformedSoap, .detail = "the entry cannot be read"})};
  }
  const auto writes = me.hot.flashWrites;
  auto body = answerBody(me, *message, [&](Output& out) {
    if (!machine::hasAnyRealm(login, message->operation->realms)) {
      effects.emplace_back(machine::Note{Reason::realmMissing, "EOI: " + std::string(message->operation->name)});
      return AmtStatus::notPermitted;
    }
    Call call{me, effects, Parameters(message->element), out};
    return message->operation->handler(call);
  });
  return {response(me, 200, std::move(body)), me.hot.flashWrites != writes};
}

}  // namespace vme::firmware::eoi

#include "firmware/wsman/wsman.hpp"

#include <algorithm>
#include <array>

#include "firmware/http_auth.hpp"
#include "firmware/http_date.hpp"
#include "firmware/web_ui.hpp"
#include "firmware/wsman/instances.hpp"
#include "firmware/wsman/operations.hpp"
#include "firmware/wsman/uris.hpp"
#include "machine/clock.hpp"
#include "profile/check.hpp"

namespace vme::firmware::wsman {
namespace {

struct Action {
  std::string_view uri;
  Or<std::string> (*run)(Context&);
};
constexpr std::array kActions{
    Action{"http://schemas.xmlsoap.org/ws/2004/09/transfer/Get", get},
    Action{"http://schemas.xmlsoap.org/ws/2004/09/transfer/Put", put},
    Action{"http://schemas.xmlsoap.org/ws/2004/09/transfer/Create", create},
    Action{"http://schemas.xmlsoap.org/ws/2004/09/transfer/Delete", remove},
    Action{"http://schemas.xmlsoap.org/ws/2004/09/enumeration/Enumerate", enumerate},
    Action{"http://schemas.xmlsoap.org/ws/2004/09/enumeration/Pull", pull},
    Action{"http://schemas.xmlsoap.org/ws/2004/09/enumeration/Release", release},
};

bool isUtf16(const wire::http::Request& request) {
  const std::string_view body = request.body;
  if (body.starts_with("\xFF\xFE") || body.starts_with("\xFE\xFF")) return true;
  return body.size() >= 2 && (body[0] == '\0' || body[1] == '\0');
}

Or<std::string> run(Context& context) {
  if (context.request.isIdentify) return identify(context);
  const auto known = std::ranges::find(kActions, context.request.action, &Action::uri);
  return known == kActions.end() ? invoke(context) : known->run(context);
}

std::optional<Fault> decode(const machine::Me& me, const wire::http::Request& http, pugi::xml_document& document,
                            Request& request) {
  if (isUtf16(http) || http.body.size() > me.profile.api.httpBodyMax) return Fault{FaultId::encodingLimit};
  if (!wire::parseXml(http.body, document)) return Fault{FaultId::schemaValidationError};
  if (auto fault = readRequest(document, request)) return fault;
  if (request.maxEnvelopeSize != 0 && request.maxEnvelopeSize < me.profile.api.wsmanMinEnvelope) {
    return Fault{FaultId::encodingLimit};
  }
  return std::nullopt;
}

std::vector<wire::http::Header> headers(const machine::Me& me) {
  return {{"Date", httpDate(machine::clockSeconds(me))},
          {"Server", serverName(me)},
          {"Content-Type", "application/soap+xml; charset=UTF-8"}};
}

void note(const Fault& fault, const Request& request, machine::Effects& effects) {
  if (reasonOf(fault.id) == Reason::none) return;
  std::string text("WS-Man ");
  text.append(nameOf(fault.id)).append(": ").append(request.action).append(" ").append(request.resourceUri);
  effects.emplace_back(machine::Note{reasonOf(fault.id), std::move(text)});
}

Answer rendered(const machine::Me& me, Or<std::string> body, const Request& request, std::uint32_t number) {
  Answer answer;
  answer.response.headers = headers(me);
  answer.response.chunked = true;
  if (body) {
    answer.response.body = std::move(*body);
    return answer;
  }
  answer.response.status = httpStatus(body.error().id);
  answer.response.close = true;
  answer.response.body = writeFault(body.error(), request.hasMessageId ? &request.messageId : nullptr, number);
  return answer;
}

}  // namespace

Or<const Class*> classOf(const Context& context) {
  const auto name = uri::className(context.request.resourceUri);
  const auto* row = name.empty() ? nullptr : findClass(name);
  if (!row || !row->presence.in(context.me.profile, context.level)) return failed(FaultId::destinationUnreachable);
  return row;
}

Answer handle(machine::Me& me, const machine::Login& login, const wire::http::Request& http,
              machine::Effects& effects) {
  // Quirk of 3.0: a UTF-16 body is answered as if the login were bad (provisioning.md 6.2).
  if (isUtf16(http) && profile::hasQuirk(me.profile, "utf16_401")) {
    return {.response = challenge(me, {.reason = Reason::malformedSoap})};
  }
  const auto writes = me.hot.flashWrites;
  pugi::xml_document document;
  Request request;
  Or<std::string> body = std::string();
  const auto fault = decode(me, http, document, request);
  const auto number = request.isIdentify ? me.hot.answers : ++me.hot.answers;
  if (fault) {
    body = std::unexpected(*fault);
  } else {
    Context context{me, login, effects, request, levelOf(me.profile), number};
    body = run(context);
  }
  if (!body) note(body.error(), request, effects);
  auto answer = rendered(me, std::move(body), request, number);
  answer.stores = me.hot.flashWrites != writes;
  return answer;
}

wire::http::Response answerStatus(machine::Me& me, const machine::Login& login, const wire::http::Request& http,
                                  std::uint32_t status) {
  pugi::xml_document document;
  Request request;
  const auto fault = decode(me, http, document, request);
  const auto number = ++me.hot.answers;
  machine::Effects none;
  Context context{me, login, none, request, levelOf(me.profile), number};
  if (fault) return rendered(me, std::unexpected(*fault), request, number).response;
  return rendered(me, invokeNot(context, status), request, number).response;
}

wire::http::Response answerFault(machine::Me& me, const wire::http::Request& http, std::string_view name) {
  pugi::xml_document document;
  Request request;
  const auto fault = decode(me, http, document, request);
  const auto asked = Fault{faultNamed(name).value_or(FaultId::internalError)};
  return rendered(me, std::unexpected(fault.value_or(asked)), request, ++me.hot.answers).response;
}

}  // namespace vme::firmware::wsman

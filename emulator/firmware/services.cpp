#include "firmware/services.hpp"

#include "firmware/eoi/eoi.hpp"
#include "firmware/http_auth.hpp"
#include "firmware/web_ui.hpp"
#include "firmware/wsman/wsman.hpp"
#include "machine/setup.hpp"

namespace vme::firmware {
namespace {

using wire::http::Request;
using wire::http::Response;

constexpr std::string_view kWsmanPath = "/wsman";

/// What is behind a path in this firmware.
enum class Target : std::uint8_t { page, eoi, wsman };

Target targetOf(const Me& me, std::string_view path) {
  if (path == kWsmanPath && me.profile.api.wsman) return Target::wsman;
  return eoi::isServicePath(me, path) ? Target::eoi : Target::page;
}

struct Served {
  Response response;
  bool stores = false;
  unsigned baseMs = 0;
  bool loggedIn = false;
};

machine::AccessPermission originOf(const Session& session) {
  return session.local ? machine::AccessPermission::local : machine::AccessPermission::network;
}

/// The state may have changed since the connection opened; what belongs to the old one gets no answer.
bool isStillServed(const Me& me, const Session& session) {
  switch (machine::portState(me, session.port, originOf(session))) {
    case machine::PortState::plain:
      return !session.tls;
    case machine::PortState::setupTls:
      return session.setup;
    case machine::PortState::operationalTls:
      return session.tls && !session.setup;
    case machine::PortState::closed:
      break;
  }
  return false;
}

Response notAllowed(const Me& me, std::string_view allowed) {
  auto response = errorPage(me, 405);
  response.headers.insert(response.headers.begin(), {"Allow", std::string(allowed)});
  return response;
}

/// What can be refused without knowing who asks (eoi.md 6.4).
std::optional<Response> refuseForm(const Me& me, const Request& request, Target target) {
  const bool reads = request.method == "GET" || request.method == "HEAD";
  if (!reads && request.method != "POST") {
    return notAllowed(me, target == Target::page ? "GET, HEAD, POST" : "POST");
  }
  if (reads && target != Target::page) return notAllowed(me, "POST");
  if (!reads && request.header("Content-Length").empty() && request.header("Transfer-Encoding").empty()) {
    return errorPage(me, 411);
  }
  if (reads && (isPublicPage(request.path()) || !isWebUiOn(me))) return page(me, request.path());
  return std::nullopt;
}

std::variant<Authenticated, Challenged> logIn(Me& me, const Session& session, const Request& request,
                                              Effects& effects) {
  // Newer firmware takes the accepted set-up certificate for the log-in (provisioning.md 3.7).
  const bool byCertificate = me.profile.prov.certIsAuth && session.setup && session.kind == TlsOffer::Kind::setupPki;
  if (byCertificate) {
    auto name = machine::adminName(me);
    if (auto login = machine::findLogin(me, name)) return Authenticated{*login, std::move(name)};
  }
  return authenticate(me, request, originOf(session), effects);
}

Served serve(Me& me, const Session& session, const Request& request, Effects& effects) {
  const auto& timing = me.profile.timing;
  const auto target = targetOf(me, request.path());
  if (auto refused = refuseForm(me, request, target)) return {std::move(*refused), false, timing.soapMs};
  const auto verdict = logIn(me, session, request, effects);
  if (const auto* refused = std::get_if<Challenged>(&verdict)) return {challenge(me, *refused), false, timing.soapMs};
  const auto& login = std::get<Authenticated>(verdict).login;
  switch (target) {
    case Target::wsman: {
      auto answer = wsman::handle(me, login, request, effects);
      return {std::move(answer.response), answer.stores, timing.wsmanGetMs, true};
    }
    case Target::eoi: {
      auto answer = eoi::handle(me, login, request, effects);
      return {std::move(answer.response), answer.stores, timing.soapMs, true};
    }
    case Target::page:
      break;
  }
  const bool reads = request.method != "POST";
  return {reads ? page(me, request.path()) : notFound(me, ""), false, timing.soapMs, true};
}

}  // namespace

Outcome onRequest(Me& me, const Session& session, const Request& request, Effects& effects) {
  if (!isStillServed(me, session)) return Never{};
  auto served = serve(me, session, request, effects);
  served.response.omitBody = request.method == "HEAD";
  served.response.close |= !request.keepAlive;
  const auto latency = machine::latency(me, served.baseMs, served.stores, static_cast<std::uint64_t>(me.now.ms));
  return Reply{std::move(served.response), latency, served.loggedIn};
}

Response refuseBadRequest(const Me& me, Reason reason) {
  switch (reason) {
    case Reason::bodyTooLarge:
      return errorPage(me, 413);
    case Reason::idleTimeout:
      return errorPage(me, 408);
    default:
      return errorPage(me, 400);  // an overlong header too (eoi.md 6.6)
  }
}

HttpLimits httpLimits(const profile::Profile& profile) {
  const auto& api = profile.api;
  return {api.httpHeaderMax, api.httpBodyMax, MeDuration::seconds(api.httpIdleS)};
}

void onTimer(Me& me, Effects& effects) {
  machine::onDeadline(me, effects);
}

}  // namespace vme::firmware

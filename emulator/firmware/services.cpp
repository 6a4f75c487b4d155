#include "firmware/services.hpp"

#include <algorithm>

#include "firmware/eoi/eoi.hpp"
#include "firmware/http_auth.hpp"
#include "firmware/operation_name.hpp"
#include "firmware/web_ui.hpp"
#include "firmware/wsman/wsman.hpp"
#include "machine/setup.hpp"
#include "profile/check.hpp"

namespace vme::firmware {
namespace {

using wire::http::Request;
using wire::http::Response;

// Quirk small_http: what the first HTTP server of AMT took is not known exactly.
constexpr unsigned kSmallHeader = 1024;
constexpr std::size_t kSmallNamespaces = 8;

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

bool hasManyNamespaces(std::string_view body) {
  constexpr std::string_view kDeclaration = "xmlns";
  std::size_t count = 0;
  for (auto at = body.find(kDeclaration); at != std::string_view::npos; at = body.find(kDeclaration, at + 1)) ++count;
  return count > kSmallNamespaces;
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
  if (profile::hasQuirk(me.profile, "small_http") && hasManyNamespaces(request.body)) return errorPage(me, 400);
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

Served call(Me& me, const machine::Login& login, const Request& request, Target target, Effects& effects) {
  const auto& timing = me.profile.timing;
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

/// What the call has changed is undone.
class Undo {
 public:
  explicit Undo(Me& me) : me_(me), hot_(me.hot) {
    if (me.overlay) overlay_ = std::make_unique<machine::Nvram>(*me.overlay);
  }
  void apply(Effects& effects) {
    const auto connections = me_.hot.openConnections;
    me_.hot = hot_;
    me_.hot.openConnections = connections;
    me_.overlay = std::move(overlay_);
    effects.clear();
  }

 private:
  Me& me_;
  machine::HotRecord hot_;
  std::unique_ptr<machine::Nvram> overlay_;
};

/// The answer that the fault asks for; nothing when the call is made after all.
std::optional<Response> disturbed(Me& me, const machine::Login& login, const Request& request, Target target,
                                  const Disturbance& what) {
  switch (what.kind) {
    case Disturbance::Kind::status:
      if (target == Target::wsman) return wsman::answerStatus(me, login, request, what.number);
      return target == Target::eoi ? eoi::answerStatus(me, request, what.number) : errorPage(me, 500);
    case Disturbance::Kind::soapFault:
      if (target == Target::wsman) return wsman::answerFault(me, request, what.text);
      return target == Target::eoi ? eoi::answerFault(me, what.text) : errorPage(me, 500);
    case Disturbance::Kind::httpStatus:
      return errorPage(me, what.number);
    default:
      return std::nullopt;
  }
}

/// Empty: the ME says nothing.
std::optional<Served> serve(Me& me, const Session& session, const Request& request, Effects& effects,
                            const Disturb* disturb) {
  const auto& timing = me.profile.timing;
  const auto target = targetOf(me, request.path());
  if (auto refused = refuseForm(me, request, target)) return Served{std::move(*refused), false, timing.soapMs};
  const auto verdict = logIn(me, session, request, effects);
  if (const auto* refused = std::get_if<Challenged>(&verdict)) {
    return Served{challenge(me, *refused), false, timing.soapMs};
  }
  const auto& login = std::get<Authenticated>(verdict).login;
  std::optional<Undo> undo;
  if (disturb) {
    const auto what = (*disturb)();
    if (what.kind == Disturbance::Kind::silence) return std::nullopt;
    if (auto answer = disturbed(me, login, request, target, what)) {
      return Served{std::move(*answer), false, timing.soapMs, true};
    }
    if (what.kind == Disturbance::Kind::pretend) undo.emplace(me);
  }
  auto served = call(me, login, request, target, effects);
  if (undo) undo->apply(effects);
  return served;
}

}  // namespace
Outcome onRequest(Me& me, const Session& session, const Request& request, Effects& effects, const Disturb* disturb) {
  if (!isStillServed(me, session)) return Never{};
  auto served = serve(me, session, request, effects, disturb);
  if (!served) return Never{};
  served->response.omitBody = request.method == "HEAD";
  served->response.close |= !request.keepAlive;
  const auto latency = machine::latency(me, served->baseMs, served->stores, static_cast<std::uint64_t>(me.now.ms));
  return Reply{std::move(served->response), latency, served->loggedIn};
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
  const auto header =
      profile::hasQuirk(profile, "small_http") ? std::min(api.httpHeaderMax, kSmallHeader) : api.httpHeaderMax;
  return {header, api.httpBodyMax, MeDuration::seconds(api.httpIdleS)};
}

void onTimer(Me& me, Effects& effects) {
  machine::onDeadline(me, effects);
}

}  // namespace vme::firmware

#include "firmware/http_auth.hpp"

#include <algorithm>
#include <charconv>

#include "firmware/login_guard.hpp"
#include "firmware/nonce.hpp"
#include "firmware/web_ui.hpp"
#include "machine/event_log.hpp"

namespace vme::firmware {
namespace {

using machine::Me;

constexpr std::size_t kResponseDigits = 32;
constexpr std::uint8_t kFailuresAnEvent = 5;

/// `http://host:port/path` and `/path` name the same.
std::string_view withoutAuthority(std::string_view uri) {
  const auto scheme = uri.find("://");
  if (uri.starts_with('/') || scheme == std::string_view::npos) return uri;
  const auto path = uri.find('/', scheme + 3);
  return path == std::string_view::npos ? std::string_view("/") : uri.substr(path);
}

std::uint32_t countOf(const wire::DigestAuthorization& authorization) {
  std::uint32_t count = 0;
  const auto& nc = authorization.nc;
  std::from_chars(nc.data(), nc.data() + nc.size(), count, 16);
  return count;
}

/// What can be said before it is known whose account it is; Reason::none goes on.
Reason checkForm(const wire::DigestAuthorization& authorization, const wire::http::Request& request) {
  // An empty or cut response must never be compared (CVE-2017-5689).
  if (authorization.response.size() < kResponseDigits) return Reason::digestEmpty;
  if (authorization.response.size() > kResponseDigits || !fromHex(authorization.response)) {
    return Reason::digestMalformed;
  }
  const bool sameTarget = withoutAuthority(authorization.uri) == withoutAuthority(request.target);
  return sameTarget ? Reason::none : Reason::digestMalformed;
}

bool isWornOut(const Me& me, MeTime given, const wire::DigestAuthorization& authorization) {
  const auto& auth = me.profile.auth;
  const bool old = me.now - given > MeDuration::seconds(auth.nonceLifetimeS) || given > me.now;
  return old || countOf(authorization) > auth.nonceUses;
}

/// A log-in that failed: counted, and every fifth leaves a record in the event log.
void countFailure(Me& me) {
  if (++me.hot.failedLogins < kFailuresAnEvent) return;
  me.hot.failedLogins = 0;
  machine::logAuthenticationFailure(me);
}

Challenged refuse(Me& me, Reason reason, const wire::DigestAuthorization& authorization) {
  countFailure(me);
  noteFailure(me, authorization.username);
  return {reason};
}

std::variant<Authenticated, Challenged> judge(Me& me, const wire::http::Request& request,
                                              machine::AccessPermission from,
                                              const wire::DigestAuthorization& authorization) {
  if (const auto reason = checkForm(authorization, request); reason != Reason::none) {
    return refuse(me, reason, authorization);
  }
  const auto given = nonceTime(me, authorization.nonce);
  if (!given) return Challenged{Reason::digestUnknownNonce};
  if (isLocked(me, authorization.username)) return Challenged{Reason::accountLocked};
  const auto login = machine::findLogin(me, authorization.username, from);
  if (!login || !wire::digestMatches(authorization, request.method, login->ha1)) {
    return refuse(me, Reason::digestWrong, authorization);
  }
  // The password is right, so the client may try again by itself with the next nonce.
  if (isWornOut(me, *given, authorization) || isRepeated(me, *given, countOf(authorization))) {
    return Challenged{Reason::digestStale, true};
  }
  me.hot.failedLogins = 0;
  noteSuccess(me, authorization.username);
  return Authenticated{*login, authorization.username};
}

}  // namespace

std::variant<Authenticated, Challenged> authenticate(Me& me, const wire::http::Request& request,
                                                     machine::AccessPermission from, machine::Effects& effects) {
  const auto header = request.header("Authorization");
  if (header.empty()) {
    effects.emplace_back(machine::Note{Reason::noCredentials, request.method + " " + request.target});
    return Challenged{Reason::noCredentials};
  }
  const auto authorization = wire::parseDigestAuthorization(header);
  if (!authorization) {
    countFailure(me);
    effects.emplace_back(machine::Note{Reason::digestMalformed, authorization.error().message()});
    return Challenged{Reason::digestMalformed};
  }
  auto verdict = judge(me, request, from, *authorization);
  if (const auto* refused = std::get_if<Challenged>(&verdict)) {
    effects.emplace_back(machine::Note{refused->reason, "user " + authorization->username + ", " + request.target});
  }
  return verdict;
}

wire::http::Response challenge(Me& me, const Challenged& why) {
  std::string value = "Digest realm=\"" + machine::digestRealm(me) + "\", nonce=\"" + makeNonce(me) + "\"";
  if (me.profile.auth.challenge == profile::ChallengeForm::old) {
    // The old form says nothing of staleness at first; a client must still learn that its password is not the reason.
    if (why.stale) value += ", stale=\"true\"";
    value += ", qop=\"auth\"";
  } else {
    value.append(",stale=\"").append(why.stale ? "true" : "false").append("\",qop=\"auth\"");
  }
  wire::http::Response response;
  response.status = 401;
  response.headers = {{"WWW-Authenticate", value}, {"Content-Type", "text/html"}, {"Server", serverName(me)}};
  response.body = logOnFailedPage();
  response.close = true;
  return response;
}

}  // namespace vme::firmware

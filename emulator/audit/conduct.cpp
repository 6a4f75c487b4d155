#include "audit/conduct.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

#include "wire/sha256.hpp"

namespace vme::audit {
namespace {

using Kind = runtime::Happening::Kind;
using Offer = firmware::TlsOffer::Kind;

constexpr unsigned kUnauthorized = 401;

/// The call without its class: `SetMEBxPassword` of `AMT_SetupAndConfigurationService.SetMEBxPassword`.
std::string_view methodOf(std::string_view operation) {
  const auto dot = operation.rfind('.');
  return operation.find(' ') != std::string_view::npos || dot == std::string_view::npos ? operation
                                                                                        : operation.substr(dot + 1);
}

/// The class of `Get CLASS`, `Pull CLASS`.
std::string_view classRead(std::string_view operation) {
  for (const std::string_view verb : {"Get ", "Enumerate ", "Pull "}) {
    if (operation.starts_with(verb)) return operation.substr(verb.size());
  }
  return {};
}

bool isRead(std::string_view operation) {
  static constexpr std::array<std::string_view, 9> kReads{
      "Get", "GET ", "HEAD ", "Enumerate", "Pull", "Release", "Identify", "CertStoreGet", "CertStoreEnumerate"};
  const auto method = methodOf(operation);
  return method.empty() || std::ranges::any_of(kReads, [&](auto head) { return method.starts_with(head); });
}

bool readsUuid(std::string_view operation) {
  return classRead(operation) == "CIM_ComputerSystemPackage" || methodOf(operation) == "GetUuid";
}

bool readsOtp(std::string_view operation) {
  return classRead(operation) == "AMT_SetupAndConfigurationService" || operation == "GetProvisioningServerOTP";
}

/// Which build runs is no setting.
bool readsSetting(std::string_view operation) {
  const bool page = operation.starts_with("GET ") || operation.starts_with("HEAD ");
  return isRead(operation) && !operation.empty() && !page && operation != "Identify" && operation != "GetCoreVersion" &&
         classRead(operation) != "CIM_SoftwareIdentity";
}

/// What stands in the first element of that name, up to the next tag.
std::string_view elementText(std::string_view body, std::string_view name) {
  for (auto at = body.find(name); at != std::string_view::npos; at = body.find(name, at + 1)) {
    const auto end = at + name.size();
    const bool opens = at > 0 && (body[at - 1] == '<' || body[at - 1] == ':') && end < body.size() && body[end] == '>';
    if (opens) return body.substr(end + 1, body.find('<', end) - end - 1);
  }
  return {};
}

bool succeeded(const wire::http::Response& response) {
  if (response.status != 200) return false;
  for (const std::string_view name : {"ReturnValue", "Status", "StatusCode"}) {
    const auto text = elementText(response.body, name);
    if (!text.empty()) return text == "0";
  }
  return true;
}

std::int64_t realSeconds() {
  using namespace std::chrono;
  return duration_cast<seconds>(system_clock::now().time_since_epoch()).count();
}

std::uint64_t markOf(std::string_view password, std::uint64_t salt) {
  Bytes bytes(8);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(salt >> (8 * i));
  const auto text = asBytes(password);
  bytes.insert(bytes.end(), text.begin(), text.end());
  const auto digest = wire::sha256(bytes);
  return std::uint64_t{readLe32(digest, 0)} << 32U | readLe32(digest, 4);
}

void addHandshake(Conduct& conduct, const runtime::Happening& happening) {
  const auto& handshake = *happening.handshake;
  if (handshake.kind == Offer::operational) {
    conduct.cameBack = true;
    return;
  }
  if (conduct.firstSetup == Conduct::Clock::time_point{}) conduct.firstSetup = happening.at;
  (handshake.kind == Offer::psk ? conduct.byPsk : conduct.byPki) = true;
  conduct.setupsOpenMost = std::max(conduct.setupsOpenMost, ++conduct.setupsOpen);
  if (!handshake.client) return;
  conduct.chain = handshake.client;
  conduct.chainUsedAt = realSeconds();
}

void addRefusedLogin(Conduct& conduct, const runtime::Happening& happening) {
  const auto& exchange = *happening.exchange;
  if (exchange.response->status != kUnauthorized || exchange.request.header("Authorization").empty()) return;
  if (exchange.response->header("WWW-Authenticate").find("stale=\"true\"") != std::string_view::npos) return;
  if (happening.at - conduct.loginsSince > kLoginWindow) {
    conduct.loginsSince = happening.at;
    conduct.logins = 0;
  }
  if (conduct.logins < UINT16_MAX) ++conduct.logins;
  conduct.loginsMost = std::max(conduct.loginsMost, conduct.logins);
}

void addChange(Conduct& conduct, const runtime::Exchange& exchange, std::uint64_t salt) {
  conduct.changed = true;
  const auto method = methodOf(exchange.operation);
  if (method == "CommitChanges") conduct.commitSent = true;
  if (!exchange.response || !succeeded(*exchange.response)) return;
  if (method == "SetTLSPSK") conduct.pskReplaced = true;
  if (method == "SetMEBxPassword") {
    conduct.mebxSet = true;
    conduct.mebxMark = markOf(elementText(exchange.request.body, "Password"), salt);
  }
  if (method == "SetHighAccuracyTimeSynch") {
    const auto text = elementText(exchange.request.body, "Tm2");
    std::int64_t told = 0;
    std::from_chars(text.data(), text.data() + text.size(), told);
    conduct.clockSet = true;
    conduct.clockErrorS = std::abs(told - realSeconds());
  }
}

void addExchange(Conduct& conduct, const runtime::Happening& happening, std::uint64_t salt) {
  const auto& exchange = *happening.exchange;
  if (exchange.fromHost) return;
  if (exchange.response) addRefusedLogin(conduct, happening);
  // A request that is challenged does nothing.
  if (!exchange.loggedIn) return;
  if (exchange.setup) {
    if (readsUuid(exchange.operation)) {
      conduct.uuidRead = true;
      conduct.uuidReadFirst |= !conduct.changed;
    }
    if (readsOtp(exchange.operation)) {
      conduct.otpRead = true;
      conduct.otpReadFirst |= !conduct.changed;
    }
    if (!isRead(exchange.operation)) addChange(conduct, exchange, salt);
    return;
  }
  if (!exchange.tls) return;
  conduct.loggedIn = true;
  conduct.readBack |= readsSetting(exchange.operation);
}

void addAgent(Conduct& conduct, const runtime::Happening& happening) {
  conduct.agentEnded = true;
  conduct.agentReason = happening.reason;
  if (!happening.agent) return;
  for (const auto& step : happening.agent->steps) {
    if (step.name != "request" || conduct.agentAsked) continue;
    conduct.agentAsked = true;
    conduct.agentAskedAt = step.started;
  }
}

}  // namespace

bool isOfInterest(Kind kind) {
  return kind == Kind::connected || kind == Kind::handshakeDone || kind == Kind::disconnected ||
         kind == Kind::exchange || kind == Kind::agentEnded;
}

void add(Conduct& conduct, const runtime::Happening& happening, std::uint64_t salt) {
  if (happening.fromHost) return;
  switch (happening.kind) {
    case Kind::connected:
      ++conduct.connections;
      conduct.openMost = std::max(conduct.openMost, ++conduct.open);
      conduct.lastConnected = happening.at;
      break;
    case Kind::handshakeDone:
      if (happening.handshake) addHandshake(conduct, happening);
      break;
    case Kind::disconnected:
      if (conduct.open > 0) --conduct.open;
      if (happening.handshake && happening.handshake->kind != Offer::operational && conduct.setupsOpen > 0) {
        --conduct.setupsOpen;
      }
      break;
    case Kind::exchange:
      if (happening.exchange) addExchange(conduct, happening, salt);
      break;
    case Kind::agentEnded:
      addAgent(conduct, happening);
      break;
    default:
      break;
  }
}

}  // namespace vme::audit

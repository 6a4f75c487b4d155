#pragma once
// A client of one machine that speaks to firmware::onRequest as the runtime does, without a socket.

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "firmware/services.hpp"
#include "machine/accounts.hpp"
#include "testing/machine_builder.hpp"
#include "wire/http_digest.hpp"
#include "wire/xml.hpp"

namespace vme::firmware {

inline constexpr std::string_view kClientNamespace = "http://schemas.intel.com/platform/client/";
inline constexpr const char* kPassword = "P@ssw0rd";

struct EoiTarget {
  std::string path;
  std::string xmlNamespace;

  static EoiTarget of(std::string_view service, std::string_view year = "2004/01") {
    std::string space(kClientNamespace);
    space.append(service).append("/").append(year);
    return {"/" + std::string(service) + "Service", std::move(space)};
  }
};
inline const EoiTarget kSecurity = EoiTarget::of("SecurityAdministration");
inline const EoiTarget kNetwork = EoiTarget::of("NetworkAdministration");
inline const EoiTarget kRemoteControl = EoiTarget::of("RemoteControl");
inline const EoiTarget kTime = EoiTarget::of("NetworkTime");
inline const EoiTarget kEvents = EoiTarget::of("EventManager");
inline const EoiTarget kInfo = EoiTarget::of("GeneralInfo");
inline const EoiTarget kRedirection = EoiTarget::of("Redirection");

inline std::string envelopeOf(std::string_view body) {
  std::string text = R"(<?xml version="1.0" encoding="UTF-8"?>)";
  text += R"(<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>)";
  return text.append(body).append("</soap:Body></soap:Envelope>");
}

inline std::string operationOf(const EoiTarget& target, std::string_view operation, std::string_view parameters) {
  std::string body = "<";
  body.append(operation).append(" xmlns=\"").append(target.xmlNamespace).append("\">");
  return body.append(parameters).append("</").append(operation).append(">");
}

/// What an EOI call brought: the number of Status, and the whole body.
struct EoiAnswer {
  unsigned http = 0;
  std::uint64_t status = 0;
  std::string body;

  /// The text between the first start and end tag of that name, in the payload's prefix.
  std::string text(const std::string& name) const {
    const auto open = "<s0:" + name + ">";
    const auto start = body.find(open);
    if (start == std::string::npos) return "(none)";
    const auto from = start + open.size();
    return body.substr(from, body.find("</s0:" + name + ">", from) - from);
  }
};

class Client {
 public:
  explicit Client(testing::BuiltMachine& machine, std::string user = "admin", std::string password = kPassword)
      : machine_(machine), user_(std::move(user)), password_(std::move(password)) {}

  Session session;
  machine::Effects effects;

  Client& inSetup(TlsOffer::Kind kind) {
    session = {.port = machine::kHttpsPort, .tls = true, .setup = true, .kind = kind};
    return *this;
  }

  /// One request as it is; a test failure when the ME does not answer.
  wire::http::Response send(const wire::http::Request& request) {
    auto me = machine_.me();
    auto outcome = onRequest(me, session, request, effects);
    auto* reply = std::get_if<Reply>(&outcome);
    if (!reply) {
      ADD_FAILURE() << "no answer to " << request.method << " " << request.target;
      return {};
    }
    latency = reply->latency;
    return std::move(reply->response);
  }

  /// The same, with the log-in that a challenge asks for.
  wire::http::Response ask(wire::http::Request request) {
    auto response = send(request);
    if (response.status != 401) return response;
    const auto challenge = wire::parseDigestChallenge(response.header("WWW-Authenticate"));
    EXPECT_TRUE(challenge) << response.header("WWW-Authenticate");
    if (!challenge) return response;
    request.headers.push_back({"Authorization", wire::answerChallenge(*challenge, user_, password_, request.method,
                                                                      request.target, 1, "0badcafe")});
    return send(request);
  }

  wire::http::Response get(std::string target) {
    return ask({.method = "GET", .target = std::move(target), .headers = {}, .body = {}});
  }
  wire::http::Response post(std::string target, std::string body) {
    wire::http::Request request{.method = "POST", .target = std::move(target), .headers = {}, .body = std::move(body)};
    request.headers.push_back({"Content-Length", std::to_string(request.body.size())});
    return ask(std::move(request));
  }

  EoiAnswer call(const EoiTarget& target, std::string_view operation, std::string_view parameters = {}) {
    return answerOf(post(target.path, envelopeOf(operationOf(target, operation, parameters))));
  }

  static EoiAnswer answerOf(wire::http::Response response) {
    EoiAnswer answer{response.status, 0, std::move(response.body)};
    const auto digits = answer.text("Status");
    answer.status = digits == "(none)" ? UINT64_MAX : std::stoull(digits);
    return answer;
  }

  bool noted(Reason reason) const {
    return std::ranges::any_of(effects, [reason](const machine::Effect& effect) {
      const auto* note = std::get_if<machine::Note>(&effect);
      return note && note->reason == reason;
    });
  }

  MeDuration latency;

 private:
  testing::BuiltMachine& machine_;
  std::string user_, password_;
};

/// For EXPECT_EQ on the Status of an answer.
inline std::uint64_t numberOf(wire::AmtStatus status) {
  return static_cast<std::uint64_t>(status);
}

}  // namespace vme::firmware

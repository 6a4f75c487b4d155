#include "servicepoint/agents/agent_desk.hpp"

#include <fmt/format.h>

namespace vme::servicepoint {
namespace {

using wire::agent::Refusal;
using wire::http::Request;
using wire::http::Response;

constexpr std::string_view kJson = "application/json";

Response answerOf(unsigned status, std::string body) {
  Response response;
  response.status = status;
  response.headers = {{"Content-Type", std::string(kJson)}};
  response.body = std::move(body);
  return response;
}

Response refusalOf(unsigned status, Reason reason, std::string text) {
  return answerOf(status, wire::agent::encode(Refusal{reason, std::move(text)}));
}

Response malformed(std::string text) {
  return refusalOf(400, Reason::malformedHttp, std::move(text));
}

Response wrongMethod(std::string_view allowed) {
  auto response = refusalOf(405, Reason::malformedHttp, fmt::format("the resource has the method {}", allowed));
  response.headers.push_back({"Allow", std::string(allowed)});
  return response;
}

/// What follows `prefix` in the path; nothing for other paths.
std::optional<std::string_view> restOf(std::string_view path, std::string_view prefix) {
  if (!path.starts_with(prefix)) return std::nullopt;
  return path.substr(prefix.size());
}

std::string packageAnswer(const Package& package) {
  Response response;
  response.headers = {{"Content-Type", "application/octet-stream"}};
  response.body = asText(package.content);
  return serialize(response);
}

}  // namespace

AgentDesk::AgentDesk(const PolicyOptions& options, Events events) : options_(options), events_(std::move(events)) {
  for (const auto& package : options.packages) packages_[package.facts.name] = packageAnswer(package);
}

AgentDesk::Reply AgentDesk::answer(const Request& request, Address peer) const {
  Reply reply;
  auto response = dispatch(request, peer, reply.package);
  reply.keepAlive = request.keepAlive;
  if (reply.package) return reply;
  response.close = !request.keepAlive;
  reply.bytes = serialize(response);
  return reply;
}

AgentDesk::Reply AgentDesk::refuse(Reason reason) {
  const auto status = reason == Reason::headerTooLarge ? 431U : reason == Reason::bodyTooLarge ? 413U : 400U;
  auto response = refusalOf(status, reason, std::string(meaningOf(reason)));
  response.close = true;
  return {.bytes = serialize(response), .keepAlive = false};
}

Response AgentDesk::dispatch(const Request& request, Address peer, const std::string*& found) const {
  const auto path = request.path();
  const bool get = request.method == "GET";
  const bool post = request.method == "POST";
  if (path == "/provision") return post ? provision(request, peer) : wrongMethod("POST");
  if (path == "/status") return post ? status(request, peer) : wrongMethod("POST");
  if (const auto name = restOf(path, "/packages/")) {
    if (!get) return wrongMethod("GET");
    Response refusal;
    found = package(request, *name, peer, refusal);
    return refusal;
  }
  const auto wantsPolicy = restOf(path, "/policy/");
  const auto id = wantsPolicy ? wantsPolicy : restOf(path, "/provision/");
  if (!id) return refusalOf(404, Reason::none, "no such resource");
  if (!get) return wrongMethod("GET");
  const auto uuid = Uuid::parse(*id);
  if (!uuid) return malformed("the path ends in no UUID");
  return wantsPolicy ? policy(request, *uuid, peer) : state(request, *uuid, peer);
}

std::optional<Response> AgentDesk::unproven(const Request& request, const Uuid& uuid, Address peer) const {
  constexpr std::string_view kBearer = "Bearer ";
  const auto shown = request.header("Authorization");
  if (shown.starts_with(kBearer) && isAgentToken(options_.siteSecret, uuid, shown.substr(kBearer.size()))) {
    return std::nullopt;
  }
  const Refusal refusal{Reason::agentUnknown, shown.empty() ? "no token" : "not that machine's token"};
  events_.onRefused(uuid, peer, refusal);
  auto response = answerOf(401, encode(refusal));
  response.headers.push_back({"WWW-Authenticate", "Bearer"});
  return response;
}

std::optional<Response> AgentDesk::mayNot(const Uuid& uuid, Address peer) const {
  auto refusal = events_.judge(uuid);
  if (!refusal && !collectionFor(options_, uuid)) {
    refusal = Refusal{Reason::notInCollection, "no collection with the policy holds the machine"};
  }
  if (!refusal) return std::nullopt;
  events_.onRefused(uuid, peer, *refusal);
  return answerOf(403, encode(*refusal));
}

Response AgentDesk::policy(const Request& request, const Uuid& uuid, Address peer) const {
  if (auto refused = unproven(request, uuid, peer)) return *std::move(refused);
  if (auto refused = mayNot(uuid, peer)) return *std::move(refused);
  events_.onPolicy();
  return answerOf(200, encode(policyOf(options_, *collectionFor(options_, uuid))));
}

const std::string* AgentDesk::package(const Request& request, std::string_view name, Address peer,
                                      Response& refusal) const {
  const auto uuid = Uuid::parse(request.header("X-Client-UUID"));
  if (!uuid) {
    refusal = malformed("X-Client-UUID is no UUID");
    return nullptr;
  }
  auto refused = unproven(request, *uuid, peer);
  if (!refused) refused = mayNot(*uuid, peer);
  if (refused) {
    refusal = *std::move(refused);
    return nullptr;
  }
  const auto found = packages_.find(name);
  if (found != packages_.end()) return &found->second;
  refusal = refusalOf(404, Reason::none, "no such package");
  return nullptr;
}

Response AgentDesk::provision(const Request& request, Address peer) const {
  const auto asked = wire::agent::parseProvisionRequest(request.body);
  if (!asked) return malformed(asked.error().message());
  if (auto refused = unproven(request, asked->uuid, peer)) return *std::move(refused);
  if (auto refused = mayNot(asked->uuid, peer)) return *std::move(refused);
  if (!isForAgent(options_, asked->uuid)) {
    const Refusal refusal{Reason::notInCollection, "the task sequence of the machine's collection does not provision"};
    events_.onRefused(asked->uuid, peer, refusal);
    return answerOf(403, encode(refusal));
  }
  const auto decision = events_.onRequest(*asked);
  if (decision.status < 300) return answerOf(decision.status, encode(decision.answer));
  return refusalOf(decision.status, decision.answer.reason, decision.answer.text);
}

Response AgentDesk::state(const Request& request, const Uuid& uuid, Address peer) const {
  if (auto refused = unproven(request, uuid, peer)) return *std::move(refused);
  const auto answer = events_.stateOf(uuid);
  return answer ? answerOf(200, encode(*answer)) : refusalOf(404, Reason::none, "the machine has not asked");
}

Response AgentDesk::status(const Request& request, Address peer) const {
  const auto message = wire::agent::parseStatusMessage(request.body);
  if (!message) return malformed(message.error().message());
  if (auto refused = unproven(request, message->uuid, peer)) return *std::move(refused);
  events_.onStatus(*message);
  Response response;
  response.status = 204;
  return response;
}

}  // namespace vme::servicepoint

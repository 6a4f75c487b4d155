#include "host/policy_client.hpp"

#include <fmt/format.h>

#include "net/http_io.hpp"
#include "net/tcp.hpp"
#include "wire/sha256.hpp"

namespace vme::host {
namespace {

constexpr std::size_t kMaxHeader = 8192;
constexpr std::size_t kMaxAnswer = 256UL << 10U;

template <typename T>
Attempt<T> understood(Result<T> parsed, Reason otherwise) {
  if (parsed) return *std::move(parsed);
  return stopForNow(otherwise, "the answer cannot be read: " + parsed.error().message());
}

std::unexpected<Stop> refusedBy(const wire::http::Response& response, Reason unanswered) {
  auto refusal = wire::agent::parseRefusal(response.body);
  const bool means = response.status == 401 || response.status == 403;
  if (means && refusal && refusal->reason != Reason::none) return stop(refusal->reason, std::move(refusal->text));
  const auto why = refusal ? refusal->text : std::string("no reason given");
  return stopForNow(unanswered, fmt::format("the server answers {}: {}", response.status, why));
}

}  // namespace

net::Task<Attempt<std::string>> PolicyClient::ask(wire::http::Request request, Reason unanswered,
                                                  std::size_t mostBytes) {
  const auto facts = pc_.facts();
  const auto where = fmt::format("{}:{}", server_.endpoint.address().to_string(), server_.endpoint.port());
  request.headers.push_back({"Host", where});
  request.headers.push_back({"Authorization", "Bearer " + server_.token});
  request.headers.push_back({"X-Client-UUID", facts.uuid.text()});
  if (!request.body.empty()) request.headers.push_back({"Content-Type", "application/json"});
  request.keepAlive = false;
  auto channel = co_await net::connectTcp(pc_.executor(), facts.address, server_.endpoint, server_.timeout);
  if (!channel) co_return stopForNow(unanswered, fmt::format("connect to {}: {}", where, channel.error().text));
  (*channel)->setDeadline(std::chrono::steady_clock::now() + server_.timeout);
  net::HttpClient client(**channel, {.header = kMaxHeader, .body = mostBytes});
  auto answer = co_await client.exchange(request);
  co_await (*channel)->close();
  if (!answer) co_return stopForNow(unanswered, fmt::format("{}: {}", where, answer.error().message()));
  auto& response = answer->response;
  if (response.status >= 200 && response.status < 300) co_return std::move(response.body);
  co_return refusedBy(response, unanswered);
}

net::Task<Attempt<wire::agent::Policy>> PolicyClient::policy() {
  wire::http::Request request{
      .method = "GET", .target = "/policy/" + pc_.facts().uuid.text(), .headers = {}, .body = {}};
  auto body = co_await ask(std::move(request), Reason::policyServerUnreachable, kMaxAnswer);
  if (!body) co_return std::unexpected(std::move(body.error()));
  co_return understood(wire::agent::parsePolicy(*body), Reason::policyServerUnreachable);
}

net::Task<Attempt<Bytes>> PolicyClient::package(const wire::agent::PackageFacts& facts) {
  wire::http::Request request{.method = "GET", .target = "/packages/" + facts.name, .headers = {}, .body = {}};
  auto body = co_await ask(std::move(request), Reason::policyServerUnreachable, facts.bytes);
  if (!body) co_return std::unexpected(std::move(body.error()));
  const auto bytes = asBytes(*body);
  if (body->size() != facts.bytes || toHex(wire::sha256(bytes)) != facts.sha256) {
    co_return stopForNow(Reason::updateRefused,
                         fmt::format("package {} is not what the policy says it is", facts.name));
  }
  co_return Bytes(bytes.begin(), bytes.end());
}

net::Task<Attempt<wire::agent::ProvisionAnswer>> PolicyClient::request(const wire::agent::ProvisionRequest& asked) {
  wire::http::Request request{.method = "POST", .target = "/provision", .headers = {}, .body = encode(asked)};
  auto body = co_await ask(std::move(request), Reason::requestFailed, kMaxAnswer);
  if (!body) co_return std::unexpected(std::move(body.error()));
  co_return understood(wire::agent::parseProvisionAnswer(*body), Reason::requestFailed);
}

net::Task<Attempt<wire::agent::ProvisionAnswer>> PolicyClient::state() {
  wire::http::Request request{
      .method = "GET", .target = "/provision/" + pc_.facts().uuid.text(), .headers = {}, .body = {}};
  auto body = co_await ask(std::move(request), Reason::requestFailed, kMaxAnswer);
  if (!body) co_return std::unexpected(std::move(body.error()));
  co_return understood(wire::agent::parseProvisionAnswer(*body), Reason::requestFailed);
}

net::Task<Attempt<void>> PolicyClient::report(const wire::agent::StatusMessage& message) {
  wire::http::Request request{.method = "POST", .target = "/status", .headers = {}, .body = encode(message)};
  auto body = co_await ask(std::move(request), Reason::requestFailed, kMaxAnswer);
  if (!body) co_return std::unexpected(std::move(body.error()));
  co_return Attempt<void>();
}

}  // namespace vme::host

#include "servicepoint/http_session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace vme::servicepoint {
namespace {

constexpr unsigned kUnauthorized = 401;
constexpr net::HttpReadLimits kLimits{.header = 8192, .body = 1U << 18U};

// Places in the request's list of headers.
enum HeaderPlace : std::size_t { kHostAt, kContentTypeAt, kSoapActionAt, kAuthorizationAt };

bool isDigest(std::string_view value) {
  constexpr std::string_view kScheme = "digest ";
  return value.size() > kScheme.size() &&
         std::ranges::equal(value.substr(0, kScheme.size()), kScheme,
                            [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b; });
}

bool isChallengeHeader(std::string_view name) {
  constexpr std::string_view kName = "www-authenticate";
  return std::ranges::equal(name, kName,
                            [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b; });
}

/// Little-endian behind its mark, as a client with that default encoding sends it; our messages are ASCII.
void sendAsUtf16(wire::http::Request& request) {
  std::string wide("\xFF\xFE");
  for (const char c : request.body) wide.append({c, '\0'});
  request.body = std::move(wide);
  auto& type = request.headers[kContentTypeAt].value;
  type = type.substr(0, type.find(';')) + "; charset=utf-16";
}

}  // namespace

HttpSession::HttpSession(Dialer dialer, std::string host, std::chrono::milliseconds timeout, std::string cnonce)
    : dialer_(std::move(dialer)), timeout_(timeout), cnonce_(std::move(cnonce)), passwords_{std::string()} {
  request_.method = "POST";
  request_.headers = {{"Host", std::move(host)}, {"Content-Type", ""}, {"SOAPAction", ""}, {"Authorization", ""}};
}

void HttpSession::setPasswords(std::vector<std::string> passwords) {
  passwords_ = std::move(passwords);
  account_ = 0;
  accepted_ = false;
}

void HttpSession::adopt(std::unique_ptr<net::Channel> channel) {
  client_.reset();
  channel_ = std::move(channel);
  client_.emplace(*channel_, kLimits);
}

net::Task<Attempt<void>> HttpSession::open() {
  auto channel = co_await dialer_();
  if (!channel) co_return std::unexpected(std::move(channel.error()));
  adopt(std::move(*channel));
  co_return Attempt<void>();
}

net::Task<void> HttpSession::close() {
  client_.reset();
  if (channel_) co_await channel_->close();
  channel_.reset();
}

void HttpSession::abort() {
  if (channel_) channel_->reset();
}

void HttpSession::fillRequest(const Post& call, const std::string& password) {
  request_.target = call.path;
  request_.body = call.body;
  auto& headers = request_.headers;
  headers.resize(kAuthorizationAt + 1);
  headers[kContentTypeAt].value = call.contentType;
  headers[kSoapActionAt] = {"SOAPAction", std::string(call.soapAction)};
  if (challenge_) {
    ++nc_;
    headers[kAuthorizationAt] = {
        "Authorization", wire::answerChallenge(*challenge_, "admin", password, "POST", call.path, nc_, cnonce_)};
  } else {
    headers.pop_back();
  }
  if (careless_.has(Habit::utf16)) sendAsUtf16(request_);
  if (call.soapAction.empty()) headers.erase(headers.begin() + kSoapActionAt);
}

net::Task<Attempt<wire::http::Response>> HttpSession::exchange(const Post& call, const std::string& password) {
  if (!channel_) {
    auto opened = co_await open();
    if (!opened) co_return std::unexpected(std::move(opened.error()));
  }
  fillRequest(call, password);
  channel_->setDeadline(std::chrono::steady_clock::now() + timeout_);
  auto answer = co_await client_->exchange(request_);
  if (!answer) {
    auto failure = channelFailure(answer.error(), channel_->alertReceived(), call.name);
    abort();
    client_.reset();
    channel_.reset();
    co_return std::unexpected(std::move(failure));
  }
  if (!answer->keepAlive) co_await close();
  co_return std::move(answer->response);
}

std::optional<Failure> HttpSession::takeChallenge(const wire::http::Response& response, std::string_view name) {
  const auto header = std::ranges::find_if(response.headers, [](const wire::http::Header& candidate) {
    return isChallengeHeader(candidate.name) && isDigest(candidate.value);
  });
  if (header == response.headers.end()) {
    return Failure{Reason::loginRefused, fmt::format("{}: HTTP 401 without a Digest challenge", name), true};
  }
  auto challenge = wire::parseDigestChallenge(header->value);
  if (!challenge) {
    return Failure{Reason::loginRefused, fmt::format("{}: {}", name, challenge.error().message()), true};
  }
  challenge_ = std::move(*challenge);
  nc_ = 0;
  return judgeRealm_ ? judgeRealm_(challenge_->realm) : std::nullopt;
}

net::Task<Attempt<wire::http::Response>> HttpSession::post(const Post& call) {
  bool renewed = false;  // the password was given up to a second nonce already
  for (;;) {
    auto answer = co_await exchange(call, password());
    if (!answer || answer->status != kUnauthorized) {
      if (answer && challenge_) accepted_ = true;
      co_return answer;
    }
    const bool hadNonce = challenge_.has_value();
    const bool wasFresh = nc_ == 1;
    if (auto failure = takeChallenge(*answer, call.name)) co_return std::unexpected(std::move(*failure));
    if (!hadNonce) continue;
    if (!renewed && (challenge_->stale || !wasFresh)) {
      renewed = true;
      continue;
    }
    if (accepted_ || account_ + 1 >= passwords_.size()) {
      co_return failed(Reason::loginRefused,
                       fmt::format("{}: admin refused with {} password{}", call.name, passwords_.size(),
                                   passwords_.size() == 1 ? "" : "s"),
                       true);
    }
    ++account_;
    renewed = false;
  }
}

net::Task<Attempt<bool>> HttpSession::isRefused(const Post& call, const std::string& password) {
  bool renewed = false;
  for (;;) {
    const auto answer = co_await exchange(call, password);
    if (!answer) co_return std::unexpected(answer.error());
    if (answer->status != kUnauthorized) co_return false;
    const bool hadNonce = challenge_.has_value();
    if (auto failure = takeChallenge(*answer, call.name)) co_return std::unexpected(std::move(*failure));
    if (hadNonce && (renewed || !challenge_->stale)) co_return true;
    renewed = hadNonce;
  }
}

}  // namespace vme::servicepoint

#pragma once
// Requests to an ME as the account admin, over a channel that is reused while the ME keeps it and opened anew when it
// does not. Digest login: the nonce is used on with a rising count (wsman.md 1.4).

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/channel.hpp"
#include "net/http_io.hpp"
#include "servicepoint/careless.hpp"
#include "servicepoint/failure.hpp"
#include "wire/http.hpp"
#include "wire/http_digest.hpp"

namespace vme::servicepoint {

class HttpSession {
 public:
  using Dialer = std::function<net::Task<Attempt<std::unique_ptr<net::Channel>>>()>;
  /// Sees the realm of each challenge before any credentials go out.
  using RealmJudge = std::function<std::optional<Failure>(std::string_view realm)>;

  /// `host` goes into the Host header. Each exchange must be done within `timeout`.
  HttpSession(Dialer dialer, std::string host, std::chrono::milliseconds timeout, std::string cnonce);

  void setCareless(Habits careless) { careless_ = careless; }
  Habits careless() const { return careless_; }
  void setRealmJudge(RealmJudge judge) { judgeRealm_ = std::move(judge); }
  /// The passwords to try for admin, in this order, until one is accepted.
  void setPasswords(std::vector<std::string> passwords);
  /// The one accepted, or being tried.
  const std::string& password() const { return passwords_[account_]; }
  /// Of the last challenge; empty before the first.
  std::string_view realm() const { return challenge_ ? std::string_view(challenge_->realm) : std::string_view(); }
  /// A connection that is open already.
  void adopt(std::unique_ptr<net::Channel> channel);
  net::Task<Attempt<void>> open();
  /// Ends the connection in order.
  net::Task<void> close();
  /// Ends it at once.
  void abort();

  struct Post {
    std::string_view name;  // of the call, for errors
    std::string_view path;
    std::string_view contentType;
    std::string_view soapAction;  // empty: none
    std::string_view body;
  };
  /// The answer, whatever its status but 401. loginRefused when no password is accepted.
  net::Task<Attempt<wire::http::Response>> post(const Post& call);
  /// Whether the ME refuses that password.
  net::Task<Attempt<bool>> isRefused(const Post& call, const std::string& password);

 private:
  net::Task<Attempt<wire::http::Response>> exchange(const Post& call, const std::string& password);
  std::optional<Failure> takeChallenge(const wire::http::Response& response, std::string_view name);
  void fillRequest(const Post& call, const std::string& password);

  Dialer dialer_;
  std::chrono::milliseconds timeout_;
  std::string cnonce_;
  Habits careless_;
  RealmJudge judgeRealm_;
  std::vector<std::string> passwords_;
  std::size_t account_ = 0;
  bool accepted_ = false;

  std::unique_ptr<net::Channel> channel_;
  std::optional<net::HttpClient> client_;
  wire::http::Request request_;
  std::optional<wire::DigestChallenge> challenge_;
  std::uint32_t nc_ = 0;  // uses of the nonce
};

}  // namespace vme::servicepoint

#include "servicepoint/http_session.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <deque>
#include <future>

#include "scripted_channel.hpp"

namespace vme::servicepoint {
namespace {

using ::testing::HasSubstr;

using test::Answers;
using test::kRealm;
using test::ScriptedChannel;
using test::Seen;

std::string challenge(std::string_view nonce, bool stale = false, bool close = true) {
  return fmt::format(
      "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Negotiate\r\nWWW-Authenticate: Digest realm=\"{}\", "
      "nonce=\"{}\",stale=\"{}\",qop=\"auth\"\r\nContent-Length: 4\r\n{}\r\nnope",
      kRealm, nonce, stale, close ? "Connection: close\r\n" : "");
}

std::string good(std::string_view body = "fine") {
  return fmt::format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{}", body.size(), body);
}

class HttpSessionTest : public ::testing::Test {
 protected:
  using Answer = Attempt<wire::http::Response>;

  void SetUp() override {
    session_.emplace(
        [this]() -> net::Task<Attempt<std::unique_ptr<net::Channel>>> {
          co_return std::unique_ptr<net::Channel>(
              std::make_unique<ScriptedChannel>(io_.get_executor(), answers_, seen_));
        },
        "127.0.0.1:16993", std::chrono::milliseconds(5000), "c0ffee");
    session_->setPasswords({"admin"});
  }

  template <typename T>
  T await(net::Task<T> task) {
    auto future = boost::asio::co_spawn(io_, std::move(task), boost::asio::use_future);
    io_.restart();
    io_.run();
    return future.get();
  }

  Answer post() {
    const HttpSession::Post call{
        .name = "Call", .path = "/x", .contentType = "text/xml", .soapAction = {}, .body = "<body></body>"};
    return await(session_->post(call));
  }
  Attempt<bool> isRefused(const std::string& password) {
    const HttpSession::Post call{
        .name = "Call", .path = "/x", .contentType = "text/xml", .soapAction = {}, .body = "<body></body>"};
    return await(session_->isRefused(call, password));
  }

  boost::asio::io_context io_{1};
  Answers answers_;
  Seen seen_;
  std::optional<HttpSession> session_;
};

TEST_F(HttpSessionTest, AnswersTheChallengeOnANewConnectionWhereThe401ClosesIt) {
  answers_ = {challenge("n1"), good("first"), good("second")};
  ASSERT_EQ(post()->body, "first");
  ASSERT_EQ(post()->body, "second");
  EXPECT_EQ(seen_.connections, 2U);
  ASSERT_EQ(seen_.requests.size(), 3U);
  EXPECT_FALSE(seen_.authorization(0));
  EXPECT_EQ(seen_.passwordOf(1, {"admin"}), "admin");
  EXPECT_EQ(seen_.authorization(1)->nc, "00000001");
  EXPECT_EQ(seen_.authorization(2)->nc, "00000002") << "the nonce goes on";
  EXPECT_EQ(seen_.authorization(2)->nonce, "n1");
}

TEST_F(HttpSessionTest, StaysOnAConnectionThatThe401Keeps) {
  answers_ = {challenge("n1", false, false), good()};
  ASSERT_TRUE(post());
  EXPECT_EQ(seen_.connections, 1U);
}

TEST_F(HttpSessionTest, TriesThePasswordsInOrderAndKeepsTheOneAccepted) {
  session_->setPasswords({"one", "two", "three"});
  answers_ = {challenge("n1"), challenge("n2"), good(), good()};
  ASSERT_TRUE(post());
  EXPECT_EQ(session_->password(), "two");
  ASSERT_TRUE(post());
  EXPECT_EQ(seen_.passwordOf(1, {"one", "two", "three"}), "one");
  EXPECT_EQ(seen_.passwordOf(2, {"one", "two", "three"}), "two");
  EXPECT_EQ(seen_.passwordOf(3, {"one", "two", "three"}), "two");
}

TEST_F(HttpSessionTest, EndsWhenNoPasswordIsAccepted) {
  session_->setPasswords({"one", "two"});
  answers_ = {challenge("n1"), challenge("n2"), challenge("n3"), good()};
  const auto answer = post();
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().reason, Reason::loginRefused);
  EXPECT_TRUE(answer.error().final);
  EXPECT_EQ(seen_.requests.size(), 3U);
}

TEST_F(HttpSessionTest, TakesAStaleNonceForRenewalOnce) {
  answers_ = {challenge("n1"), good(), challenge("n2", true), good("renewed")};
  ASSERT_TRUE(post());
  ASSERT_EQ(post()->body, "renewed");
  EXPECT_EQ(seen_.authorization(3)->nonce, "n2");
  EXPECT_EQ(seen_.authorization(3)->nc, "00000001");

  answers_ = {challenge("n3", true), challenge("n4", true), good()};
  const auto answer = post();
  ASSERT_FALSE(answer) << "stale for ever";
  EXPECT_EQ(answer.error().reason, Reason::loginRefused);
}

TEST_F(HttpSessionTest, RenewsAUsedNonceThatTheMeForgotWithoutSayingStale) {
  answers_ = {challenge("n1"), good(), challenge("n2"), good("renewed")};
  ASSERT_TRUE(post());
  ASSERT_EQ(post()->body, "renewed");
}

TEST_F(HttpSessionTest, A401WithoutDigestEndsTheLogin) {
  answers_ = {"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Negotiate\r\nContent-Length: 0\r\n\r\n"};
  const auto answer = post();
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().reason, Reason::loginRefused);
}

TEST_F(HttpSessionTest, TheRealmIsJudgedBeforeCredentialsGoOut) {
  session_->setRealmJudge([](std::string_view realm) -> std::optional<Failure> {
    EXPECT_EQ(realm, kRealm);
    return Failure{Reason::uuidMismatch, "other", true};
  });
  answers_ = {challenge("n1"), good()};
  const auto answer = post();
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().reason, Reason::uuidMismatch);
  EXPECT_EQ(seen_.requests.size(), 1U);
}

TEST_F(HttpSessionTest, AConnectionThatEndsInsteadOfAnAnswerIsLostAndOpenedAnewTheNextTime) {
  answers_ = {challenge("n1"), good(), ""};
  ASSERT_TRUE(post());
  const auto answer = post();
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().reason, Reason::connectionLost);
  EXPECT_THAT(answer.error().text, HasSubstr("Call"));
  answers_ = {good("again")};
  ASSERT_EQ(post()->body, "again");
  EXPECT_EQ(seen_.connections, 3U);
}

TEST_F(HttpSessionTest, SaysWhetherAPasswordIsRefused) {
  answers_ = {challenge("n1"), good(), challenge("n2")};
  ASSERT_TRUE(post());
  EXPECT_TRUE(isRefused("old").value());
  EXPECT_EQ(seen_.passwordOf(2, {"admin", "old"}), "old");

  answers_ = {challenge("n3", true), good()};
  EXPECT_FALSE(isRefused("admin").value()) << "stale first, then accepted";
}

}  // namespace
}  // namespace vme::servicepoint

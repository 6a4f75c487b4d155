#include "firmware/http_auth.hpp"

#include <gmock/gmock.h>

#include "unit/firmware/client.hpp"

namespace vme::firmware {
namespace {

using testing::MachineBuilder;
using ::testing::MatchesRegex;
using wire::http::Request;
using wire::http::Response;

constexpr const char* kTarget = "/index.htm";

/// A machine of each challenge form: 2.1 the old one, 5.2 the current one.
class HttpAuth : public ::testing::TestWithParam<const char*> {
 protected:
  void build(const std::function<void(profile::Profile&)>& change = [](profile::Profile&) {}) {
    machine_ = MachineBuilder(GetParam()).with(change).operational(kPassword).build();
  }

  Response send(std::string authorization, std::string target = kTarget) {
    auto me = machine_->me();
    effects_.clear();
    const Request request{.method = "GET",
                          .target = std::move(target),
                          .headers = {{"Authorization", std::move(authorization)}},
                          .body = {}};
    const auto verdict = authenticate(me, request, machine::AccessPermission::network, effects_);
    if (const auto* refused = std::get_if<Challenged>(&verdict)) {
      reason_ = refused->reason;
      return challenge(me, *refused);
    }
    reason_ = Reason::none;
    return {};
  }

  wire::DigestChallenge fresh() {
    auto me = machine_->me();
    return *wire::parseDigestChallenge(challenge(me, {}).header("WWW-Authenticate"));
  }

  std::string answerTo(const wire::DigestChallenge& given, std::string_view password = kPassword, std::uint32_t nc = 1,
                       std::string_view user = "admin") {
    return wire::answerChallenge(given, user, password, "GET", kTarget, nc, "c0ffee");
  }

  bool isStale(const Response& response) {
    return wire::parseDigestChallenge(response.header("WWW-Authenticate"))->stale;
  }

  std::unique_ptr<testing::BuiltMachine> machine_;
  machine::Effects effects_;
  Reason reason_ = Reason::none;
};

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

TEST_P(HttpAuth, TheRightPasswordIsAccepted) {
  build();
  send(answerTo(fresh()));
  EXPECT_EQ(reason_, Reason::none);
}

TEST_P(HttpAuth, NoHeaderIsChallenged) {
  build();
  auto me = machine_->me();
  const wire::http::Request request{.method = "GET", .target = kTarget, .headers = {}, .body = {}};
  const auto verdict = authenticate(me, request, machine::AccessPermission::network, effects_);
  EXPECT_EQ(std::get<Challenged>(verdict).reason, Reason::noCredentials);
}

TEST_P(HttpAuth, EachRefusalLeavesANoteWithItsReason) {
  build();
  send(answerTo(fresh(), "wrong"));
  ASSERT_EQ(effects_.size(), 1U);
  EXPECT_EQ(std::get<machine::Note>(effects_[0]).reason, Reason::digestWrong);
}

TEST_P(HttpAuth, WrongPasswordAndUnknownUserAreRefused) {
  build();
  send(answerTo(fresh(), "P@ssw0rD"));
  EXPECT_EQ(reason_, Reason::digestWrong);
  send(answerTo(fresh(), kPassword, 1, "nobody"));
  EXPECT_EQ(reason_, Reason::digestWrong);
}

TEST_P(HttpAuth, AnEmptyOrCutResponseIsRefused) {
  build();
  const auto good = answerTo(fresh());
  const auto start = good.find("response=\"") + 10;
  for (std::size_t digits = 0; digits < 32; ++digits) {
    auto cut = good;
    cut.erase(start + digits, 32 - digits);
    send(cut);
    EXPECT_EQ(reason_, Reason::digestEmpty) << cut;
  }
}

TEST_P(HttpAuth, AResponseThatIsNoHexIsMalformed) {
  build();
  auto bad = answerTo(fresh());
  bad[bad.find("response=\"") + 10] = 'x';
  send(bad);
  EXPECT_EQ(reason_, Reason::digestMalformed);
  send(replaced(answerTo(fresh()), "response=\"", "response=\"00"));
  EXPECT_EQ(reason_, Reason::digestMalformed);
  send("Basic YWRtaW46YWRtaW4=");
  EXPECT_EQ(reason_, Reason::digestMalformed);
}

TEST_P(HttpAuth, ANonceOfAnotherMachineOrAChangedOneIsUnknown) {
  build();
  auto given = fresh();
  given.nonce[0] = given.nonce[0] == '1' ? '2' : '1';
  EXPECT_FALSE(isStale(send(answerTo(given))));
  EXPECT_EQ(reason_, Reason::digestUnknownNonce);

  const auto other = MachineBuilder(GetParam()).seed(1, 7).operational(kPassword).build();
  auto me = other->me();
  given = *wire::parseDigestChallenge(challenge(me, {}).header("WWW-Authenticate"));
  given.realm = fresh().realm;
  send(answerTo(given));
  EXPECT_EQ(reason_, Reason::digestUnknownNonce);

  given.nonce = "abcdef0123456789";
  send(answerTo(given));
  EXPECT_EQ(reason_, Reason::digestUnknownNonce);
}

TEST_P(HttpAuth, AnOldNonceIsStaleAndTheNextOneWorks) {
  build();
  const auto given = fresh();
  machine_->pass(MeDuration::seconds(machine_->profile.auth.nonceLifetimeS));
  send(answerTo(given));
  EXPECT_EQ(reason_, Reason::none);
  machine_->pass(MeDuration::milliseconds(1));
  const auto response = send(answerTo(given));
  EXPECT_EQ(reason_, Reason::digestStale);
  EXPECT_TRUE(isStale(response));
  const auto next = *wire::parseDigestChallenge(response.header("WWW-Authenticate"));
  EXPECT_NE(next.nonce, given.nonce);
  send(answerTo(next));
  EXPECT_EQ(reason_, Reason::none);
}

TEST_P(HttpAuth, AnOldNonceWithAWrongPasswordIsNotStale) {
  build();
  const auto given = fresh();
  machine_->pass(MeDuration::hours(1));
  EXPECT_FALSE(isStale(send(answerTo(given, "wrong"))));
  EXPECT_EQ(reason_, Reason::digestWrong);
}

TEST_P(HttpAuth, ANonceWearsOut) {
  build();
  const auto given = fresh();
  send(answerTo(given, kPassword, machine_->profile.auth.nonceUses));
  EXPECT_EQ(reason_, Reason::none);
  send(answerTo(given, kPassword, machine_->profile.auth.nonceUses + 1));
  EXPECT_EQ(reason_, Reason::digestStale);
}

TEST_P(HttpAuth, ARepeatedCountIsRefusedOnlyWhereTheProfileSaysSo) {
  build();
  const auto given = fresh();
  send(answerTo(given));
  send(answerTo(given));
  EXPECT_EQ(reason_, Reason::none);

  build([](profile::Profile& profile) { profile.auth.strictNc = true; });
  const auto strict = fresh();
  send(answerTo(strict));
  EXPECT_EQ(reason_, Reason::none);
  send(answerTo(strict));
  EXPECT_EQ(reason_, Reason::digestStale);
  send(answerTo(strict, kPassword, 2));
  EXPECT_EQ(reason_, Reason::none);
  machine_->pass(MeDuration::milliseconds(5));
  send(answerTo(fresh()));
  EXPECT_EQ(reason_, Reason::none);
  send(answerTo(strict, kPassword, 3));
  EXPECT_EQ(reason_, Reason::digestStale) << "a nonce older than the latest used";
}

TEST_P(HttpAuth, TheUriMustNameTheTarget) {
  build();
  send(answerTo(fresh()), "/hw-sys.htm");
  EXPECT_EQ(reason_, Reason::digestMalformed);
  const auto full =
      wire::answerChallenge(fresh(), "admin", kPassword, "GET", "http://127.0.0.1:16992/index.htm", 1, "c0ffee");
  send(full);
  EXPECT_EQ(reason_, Reason::none);
}

TEST_P(HttpAuth, TheOlderFormWithoutQopIsAccepted) {
  build();
  auto given = fresh();
  given.qop.clear();
  send(answerTo(given));
  EXPECT_EQ(reason_, Reason::none);
}

TEST_P(HttpAuth, AUserOfTheLocalInterfaceOrADisabledOneIsRefused) {
  build();
  auto me = machine_->me();
  const auto add = [&](std::string user, machine::AccessPermission access) {
    machine::AclEntry entry{.user = user, .kerberosSid = {}};
    entry.ha1 = wire::digestHash(user, machine::digestRealm(me), kPassword);
    entry.access = access;
    std::uint32_t handle = 0;
    EXPECT_EQ(machine::addUser(me, entry, handle), wire::AmtStatus::success);
    return handle;
  };
  add("local", machine::AccessPermission::local);
  const auto handle = add("oper1", machine::AccessPermission::network);
  send(answerTo(fresh(), kPassword, 1, "local"));
  EXPECT_EQ(reason_, Reason::digestWrong);
  send(answerTo(fresh(), kPassword, 1, "oper1"));
  EXPECT_EQ(reason_, Reason::none);
  machine::setUserEnabled(me, handle, false);
  send(answerTo(fresh(), kPassword, 1, "oper1"));
  EXPECT_EQ(reason_, Reason::digestWrong);
}

TEST_P(HttpAuth, EveryFifthFailureIsInTheEventLog) {
  build();
  for (int i = 0; i < 4; ++i) send(answerTo(fresh(), "wrong"));
  EXPECT_TRUE(machine_->me().nvram().eventLog.empty());
  send(answerTo(fresh(), "wrong"));
  EXPECT_EQ(machine_->me().nvram().eventLog.size(), 1U);
  for (int i = 0; i < 5; ++i) send(answerTo(fresh(), "wrong"));
  EXPECT_EQ(machine_->me().nvram().eventLog.size(), 2U);
}

TEST_P(HttpAuth, AGoodLogInStartsTheCountAnew) {
  build();
  for (int i = 0; i < 4; ++i) send(answerTo(fresh(), "wrong"));
  send(answerTo(fresh()));
  send(answerTo(fresh(), "wrong"));
  EXPECT_TRUE(machine_->me().nvram().eventLog.empty());
}

TEST_P(HttpAuth, NothingIsLockedByDefault) {
  build();
  for (int i = 0; i < 50; ++i) send(answerTo(fresh(), "wrong"));
  send(answerTo(fresh()));
  EXPECT_EQ(reason_, Reason::none);
}

TEST_P(HttpAuth, AnAccountIsLockedWhereTheProfileSaysSo) {
  build([](profile::Profile& profile) { profile.auth.lockoutFailures = 3; });
  for (int i = 0; i < 3; ++i) send(answerTo(fresh(), "wrong"));
  send(answerTo(fresh()));
  EXPECT_EQ(reason_, Reason::accountLocked);
  machine_->pass(MeDuration::seconds(machine_->profile.auth.lockoutS));
  send(answerTo(fresh()));
  EXPECT_EQ(reason_, Reason::none);
}

INSTANTIATE_TEST_SUITE_P(BothForms, HttpAuth, ::testing::Values("amt-2.1", "amt-5.2"),
                         [](const auto& row) { return std::string(row.param) == "amt-2.1" ? "old" : "current"; });

std::string challengeOf(testing::BuiltMachine& machine, bool stale) {
  auto me = machine.me();
  return std::string(challenge(me, {Reason::noCredentials, stale}).header("WWW-Authenticate"));
}

TEST(Challenge, CurrentFormHasQuotedStaleAndOneSpace) {
  const auto machine = MachineBuilder("amt-5.2").operational(kPassword).build();
  EXPECT_THAT(
      challengeOf(*machine, false),
      MatchesRegex(R"(Digest realm="Digest:[0-9A-F]{32}", nonce="[A-Za-z0-9+/]{32}",stale="false",qop="auth")"));
  EXPECT_THAT(challengeOf(*machine, true), ::testing::HasSubstr(R"(",stale="true",qop="auth")"));
}

TEST(Challenge, OldFormHasSpacesHexAndNoStale) {
  const auto machine = MachineBuilder("amt-2.1").operational(kPassword).build();
  const auto realm = "Intel\\(R\\) AMT \\(ID:" + machine->identity.uuid.upperText() + "\\)";
  EXPECT_THAT(challengeOf(*machine, false),
              MatchesRegex("Digest realm=\"" + realm + R"(", nonce="[0-9a-f]{32}", qop="auth")"));
}

TEST(Challenge, TheAnswerClosesTheConnectionAndSaysWhy) {
  const auto machine = MachineBuilder("amt-3.2.2").operational(kPassword).build();
  auto me = machine->me();
  const auto response = challenge(me, {});
  EXPECT_EQ(response.status, 401U);
  EXPECT_TRUE(response.close);
  EXPECT_EQ(response.header("Server"), "Intel(R) Active Management Technology 3.2.2");
  EXPECT_THAT(response.body, ::testing::HasSubstr("Log on failed. Incorrect user name or password, or user account "
                                                  "temporarily locked."));
  EXPECT_THAT(response.body, ::testing::HasSubstr("Try again"));
}

}  // namespace
}  // namespace vme::firmware

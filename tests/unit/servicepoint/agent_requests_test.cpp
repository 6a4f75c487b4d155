// What agents ask of the service point, over real sockets, and what becomes of their machines.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include "service_point_fixture.hpp"
#include "wire/agent/provision.hpp"

namespace vme::servicepoint {
namespace {

using test::FakeFleet;
using test::FakeMeScript;
using test::uuidOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;
using wire::agent::ProvisionRequest;

constexpr std::int64_t kNow = 1'251'763'200;
constexpr std::string_view kOtp = "otp-of-the-agent";

struct Answer {
  unsigned status = 0;
  std::string body;
};

class AgentRequests : public test::ServicePointTest {
 protected:
  AgentRequests() {
    usePki();
    PolicyOptions policy;
    policy.siteSecret = "site secret";
    policy.clock = [this] { return now_.load(); };
    Collection all;
    all.name = "all";
    all.everyone = true;
    policy.collections.push_back(all);
    options_.policy = policy;
  }

  FakeMeScript otpScript() {
    auto script = pkiScript();
    script.otp = kOtp;
    return script;
  }

  static ProvisionRequest requestOf(unsigned index, std::string_view otp = kOtp, std::int64_t created = kNow) {
    ProvisionRequest request;
    request.uuid = uuidOf(index);
    request.fqdn = "pc.corp.example";
    request.ipv4 = FakeFleet::addressOf(index).to_uint();
    request.amtVersion = "2.2.20";
    request.otpSha1 = wire::sha1(asBytes(otp));
    request.otpCreated = created;
    return request;
  }

  /// Sends the bytes whole, ends, and reads to the end.
  std::string raw(std::string_view bytes) {
    boost::asio::io_context io;
    boost::asio::ip::tcp::socket socket(io);
    socket.connect({boost::asio::ip::address_v4::loopback(), servicePoint_->policyPort()});
    boost::system::error_code error;
    boost::asio::write(socket, boost::asio::buffer(bytes.data(), bytes.size()), error);
    socket.shutdown(boost::asio::ip::tcp::socket::shutdown_send, error);
    std::string out;
    boost::asio::read(socket, boost::asio::dynamic_buffer(out), error);
    return out;
  }

  Answer ask(wire::http::Request request, const Uuid& uuid) {
    request.keepAlive = false;
    request.headers.push_back({"Authorization", "Bearer " + agentToken("site secret", uuid)});
    const auto out = raw(serialize(request));
    if (out.size() < 12) return {};
    return {static_cast<unsigned>(std::stoul(out.substr(9, 3))), out.substr(out.find("\r\n\r\n") + 4)};
  }
  Answer get(const std::string& target, const Uuid& uuid) { return ask({"GET", target, {}, {}, true}, uuid); }
  Answer post(const ProvisionRequest& request) {
    return ask({"POST", "/provision", {}, encode(request), true}, request.uuid);
  }
  wire::agent::ProvisionAnswer stateOf(unsigned index) {
    const auto answer = get("/provision/" + uuidOf(index).text(), uuidOf(index));
    const auto parsed = wire::agent::parseProvisionAnswer(answer.body);
    EXPECT_TRUE(parsed) << answer.status << ' ' << answer.body;
    return parsed.value_or(wire::agent::ProvisionAnswer{});
  }

  std::atomic<std::int64_t> now_{kNow};
};

TEST_F(AgentRequests, ARequestWithTheOtpProvisionsTheMachine) {
  auto& me = add(otpScript());
  start();
  const auto answer = post(requestOf(0));
  EXPECT_EQ(answer.status, 202U) << answer.body;
  const auto outcomes = waitFor(1);
  ASSERT_EQ(outcomes.size(), 1U);
  EXPECT_EQ(outcomes[0].result, Result::provisioned) << outcomes[0].text;
  EXPECT_TRUE(outcomes[0].byAgent);
  EXPECT_THAT(me.operations(), Contains("GetProvisioningServerOTP"));
  EXPECT_EQ(stateOf(0).state, wire::agent::ProvisionState::provisioned);
  EXPECT_EQ(servicePoint_->counters().agentRequests, 1U);
}

TEST_F(AgentRequests, AnotherOtpThanTheMesIsRefused) {
  add(otpScript());
  start();
  EXPECT_EQ(post(requestOf(0, "another password")).status, 202U);
  EXPECT_EQ(waitFor(1).at(0).reason, Reason::otpMismatch);
  const auto state = stateOf(0);
  EXPECT_EQ(state.state, wire::agent::ProvisionState::refused);
  EXPECT_EQ(state.reason, Reason::otpMismatch);
}

TEST_F(AgentRequests, AHelloAloneStartsNothingAndItsPidIsKept) {
  auto script = otpScript();
  script.pki = false;
  add(script);
  start();
  sendHello(0);
  EXPECT_EQ(waitFor(1).at(0).reason, Reason::awaitingAgent);
  sendHello(0);
  EXPECT_TRUE(until([&] { return servicePoint_->counters().awaitingAgent == 2; }));
  EXPECT_EQ(post(requestOf(0)).status, 202U);
  const auto outcomes = waitFor(2);
  ASSERT_EQ(outcomes.size(), 2U);
  EXPECT_EQ(outcomes[1].result, Result::provisioned) << outcomes[1].text;
  EXPECT_TRUE(outcomes[1].psk);
}

TEST_F(AgentRequests, HelloAndRequestTogetherMakeOneProvisioning) {
  options_.policy->hellos = PolicyOptions::Hellos::either;
  constexpr unsigned kMachines = 8;
  const auto otpOf = [](unsigned index) { return fmt::format("the otp of machine {}", index); };
  for (unsigned i = 0; i < kMachines; ++i) {
    auto script = otpScript();
    script.otp = otpOf(i);
    add(script);
  }
  start();
  for (unsigned i = 0; i < kMachines; ++i) {
    std::thread hello([&] { sendHello(i, true); });
    const auto answer = post(requestOf(i, otpOf(i)));
    EXPECT_THAT(answer.status, ::testing::AnyOf(200U, 202U)) << answer.body;
    hello.join();
  }
  waitFor(kMachines);
  EXPECT_TRUE(until([&] { return servicePoint_->counters().hellos == kMachines; }));
  const auto outcomes = waitFor(kMachines);
  EXPECT_EQ(outcomes.size(), kMachines);
  for (const auto& outcome : outcomes) EXPECT_EQ(outcome.result, Result::provisioned) << outcome.text;
}

TEST_F(AgentRequests, AnOtpIsGoodForOneMachineAndOneProvisioning) {
  add(otpScript());
  add(otpScript());
  start();
  EXPECT_EQ(post(requestOf(0)).status, 202U);
  const auto other = post(requestOf(1));
  EXPECT_EQ(other.status, 403U);
  EXPECT_THAT(other.body, HasSubstr("otp-of-another"));
  waitFor(2);
  // The very same request is not a second use, a later one is.
  EXPECT_EQ(post(requestOf(0)).status, 200U);
  const auto replay = post(requestOf(0, kOtp, kNow + 1));
  EXPECT_EQ(replay.status, 403U);
  EXPECT_THAT(replay.body, HasSubstr("otp-reused"));
  const auto outcomes = waitFor(3);
  ASSERT_EQ(outcomes.size(), 3U);
  EXPECT_EQ(outcomes[2].reason, Reason::otpReused);
  EXPECT_EQ(servicePoint_->counters().provisioned, 1U);
}

TEST_F(AgentRequests, AnOtpHasALifetime) {
  add(otpScript());
  start();
  const auto old = post(requestOf(0, kOtp, kNow - 901));
  EXPECT_EQ(old.status, 403U);
  EXPECT_THAT(old.body, HasSubstr("otp-expired"));
  EXPECT_THAT(post(requestOf(0, kOtp, kNow + 301)).body, HasSubstr("otp-expired"));
  EXPECT_EQ(waitFor(1).at(0).reason, Reason::otpExpired);
  EXPECT_EQ(servicePoint_->counters().agentRefusals, 2U);
}

TEST_F(AgentRequests, ItsLifetimeRunsInTheQueueToo) {
  options_.concurrency = 1;
  auto busy = otpScript();
  busy.hang = true;
  options_.stepTimeout = std::chrono::milliseconds(300);
  options_.attempts = 1;
  add(busy);
  auto second = otpScript();
  second.otp = "otp-of-the-second";
  auto& me = add(second);
  start();
  EXPECT_EQ(post(requestOf(0)).status, 202U);
  EXPECT_EQ(post(requestOf(1, "otp-of-the-second")).status, 202U);
  now_ = kNow + 901;
  const auto outcomes = waitFor(2);
  ASSERT_EQ(outcomes.size(), 2U);
  EXPECT_EQ(outcomes[1].reason, Reason::otpExpired);
  EXPECT_EQ(outcomes[1].result, Result::refused);
  EXPECT_EQ(me.connections(), 0U);
}

TEST_F(AgentRequests, WhoMayNotIsToldWhy) {
  options_.policy->collections[0].everyone = false;
  options_.policy->collections[0].members = {uuidOf(1), uuidOf(2)};
  options_.approval.machines[uuidOf(1)] = Approval::Rule::block;
  options_.approval.machines[uuidOf(2)] = Approval::Rule::refuse;
  add(otpScript());
  start();
  for (const auto& [index, word] :
       std::map<unsigned, std::string>{{0, "not-in-collection"}, {1, "blocked"}, {2, "not-approved"}}) {
    const auto policy = get("/policy/" + uuidOf(index).text(), uuidOf(index));
    EXPECT_EQ(policy.status, 403U);
    EXPECT_THAT(policy.body, HasSubstr(word));
    const auto request = post(requestOf(index));
    EXPECT_EQ(request.status, 403U);
    EXPECT_THAT(request.body, HasSubstr(word));
  }
  std::map<Uuid, Reason> reasons;
  for (const auto& outcome : waitFor(3)) reasons[outcome.uuid] = outcome.reason;
  EXPECT_EQ(reasons[uuidOf(0)], Reason::notInCollection);
  EXPECT_EQ(reasons[uuidOf(1)], Reason::blocked);
  EXPECT_EQ(reasons[uuidOf(2)], Reason::notApproved);
}

TEST_F(AgentRequests, AStrangerGetsNothingAndChangesNothing) {
  add(otpScript());
  start();
  for (const auto* authorization : {"", "Authorization: Bearer 00\r\n", "Authorization: Basic YTpi\r\n"}) {
    const auto out = raw("GET /policy/" + uuidOf(0).text() + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" +
                         authorization + "\r\n");
    EXPECT_THAT(out, HasSubstr(" 401 "));
    EXPECT_THAT(out, HasSubstr("agent-unknown"));
  }
  // Another machine's token is no better.
  auto request = requestOf(0);
  const auto answer = ask({"POST", "/provision", {}, encode(request), true}, uuidOf(1));
  EXPECT_EQ(answer.status, 401U);
  EXPECT_EQ(waitFor(1).at(0).reason, Reason::agentUnknown);
  EXPECT_EQ(post(request).status, 202U);
  EXPECT_EQ(waitFor(2).at(1).result, Result::provisioned);
  EXPECT_EQ(ask({"POST", "/provision", {}, encode(request), true}, uuidOf(1)).status, 401U);
  EXPECT_EQ(stateOf(0).state, wire::agent::ProvisionState::provisioned);
  EXPECT_EQ(waitFor(2).size(), 2U) << "no outcome says that it is refused";
}

TEST_F(AgentRequests, AMachineThatLostItsConfigurationIsProvisionedAnew) {
  options_.adminPassword = "admin";  // what a reset leaves
  auto& me = add(otpScript());
  start();
  EXPECT_EQ(post(requestOf(0)).status, 202U);
  EXPECT_EQ(waitFor(1).at(0).result, Result::provisioned);
  me.resetTo("the second otp");
  EXPECT_EQ(post(requestOf(0, "the second otp", kNow + 5)).status, 202U);
  const auto outcomes = waitFor(2);
  ASSERT_EQ(outcomes.size(), 2U);
  EXPECT_EQ(outcomes[1].result, Result::provisioned) << outcomes[1].text;
  EXPECT_EQ(servicePoint_->counters().provisioned, 1U);
}

TEST_F(AgentRequests, TheNewestOtpOfAWaitingMachineCounts) {
  options_.concurrency = 1;
  auto busy = otpScript();
  busy.hang = true;
  options_.stepTimeout = std::chrono::milliseconds(300);
  options_.attempts = 1;
  add(busy);
  auto script = otpScript();
  script.otp = "the newest otp";
  add(script);
  start();
  EXPECT_EQ(post(requestOf(0)).status, 202U);
  EXPECT_EQ(post(requestOf(1, "the first otp", kNow)).status, 202U);
  EXPECT_EQ(post(requestOf(1, "the newest otp", kNow + 2)).status, 200U);
  EXPECT_EQ(post(requestOf(1, "an older otp", kNow + 1)).status, 200U);
  const auto outcomes = waitFor(2);
  ASSERT_EQ(outcomes.size(), 2U);
  EXPECT_EQ(outcomes[1].result, Result::provisioned) << outcomes[1].text;
}

TEST_F(AgentRequests, PackagesAreForMachinesWithAPolicy) {
  options_.policy->packages.push_back(
      makePackage({.name = "amt-2.2.20.fw", .profile = "amt-2.2.20", .version = "2.2.20", .chipset = "Q965"},
                  Bytes(3 << 20, 0x5A)));
  options_.policy->collections[0].everyone = false;
  options_.policy->collections[0].members = {uuidOf(0)};
  add(otpScript());
  start();
  const auto fetch = [&](unsigned index, const std::string& name) {
    return ask({"GET", "/packages/" + name, {{"X-Client-UUID", uuidOf(index).text()}}, {}, true}, uuidOf(index));
  };
  const auto answer = fetch(0, "amt-2.2.20.fw");
  EXPECT_EQ(answer.status, 200U);
  EXPECT_EQ(answer.body.size(), std::size_t{3} << 20U);
  EXPECT_EQ(fetch(1, "amt-2.2.20.fw").status, 403U);
  EXPECT_EQ(fetch(0, "../etc/passwd").status, 404U);
  const auto policy = wire::agent::parsePolicy(get("/policy/" + uuidOf(0).text(), uuidOf(0)).body);
  ASSERT_TRUE(policy);
  EXPECT_EQ(policy->packages.at(0), options_.policy->packages.at(0).facts);
}

}  // namespace
}  // namespace vme::servicepoint

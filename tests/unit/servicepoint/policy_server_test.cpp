// The policy server's port against agents that do not behave.

#include "servicepoint/agents/policy_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <thread>

namespace vme::servicepoint {
namespace {

using boost::asio::ip::tcp;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

const Uuid kUuid = *Uuid::parse("44454c4c-3100-1051-8032-b4c04f4b4d31");

class PolicyServerTest : public ::testing::Test {
 protected:
  PolicyServerTest() {
    options_.siteSecret = "secret";
    options_.collections.emplace_back().everyone = true;
    limits_.request = std::chrono::milliseconds(400);
  }
  ~PolicyServerTest() override {
    io_.stop();
    if (thread_.joinable()) thread_.join();
  }

  void start() {
    AgentDesk::Events events;
    events.judge = [](const Uuid&) { return std::nullopt; };
    events.onRequest = [](const auto&) { return AgentDesk::Decision{}; };
    events.stateOf = [](const Uuid&) { return std::nullopt; };
    events.onRefused = [this](const Uuid&, boost::asio::ip::address_v4, const wire::agent::Refusal&) { ++refused_; };
    events.onStatus = [this](const wire::agent::StatusMessage&) { ++messages_; };
    events.onPolicy = [this] { ++policies_; };
    server_.emplace(io_.get_executor(), boost::asio::ip::address_v4::loopback(), std::uint16_t{0},
                    net::Exposure::loopbackOnly, AgentDesk(options_, std::move(events)), limits_);
    server_->start();
    thread_ = std::thread([this] { io_.run(); });
  }

  tcp::socket connect() {
    tcp::socket socket(clientIo_);
    socket.connect({boost::asio::ip::address_v4::loopback(), server_->port()});
    return socket;
  }
  static void send(tcp::socket& socket, std::string_view bytes) {
    boost::system::error_code error;
    boost::asio::write(socket, boost::asio::buffer(bytes.data(), bytes.size()), error);
  }
  static std::string readAll(tcp::socket& socket) {
    std::string out;
    boost::system::error_code error;
    boost::asio::read(socket, boost::asio::dynamic_buffer(out), error);
    return out;
  }
  std::string talk(std::string_view bytes) {
    auto socket = connect();
    send(socket, bytes);
    return readAll(socket);
  }

  static std::string get(const std::string& target, const std::string& token, bool last) {
    return "GET " + target + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + token + "\r\n" +
           (last ? "Connection: close\r\n" : "") + "\r\n";
  }
  static std::string policyRequest(bool last) {
    return get("/policy/" + kUuid.text(), agentToken("secret", kUuid), last);
  }
  static std::string postRequest(const std::string& target, const std::string& body) {
    return "POST " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer " +
           agentToken("secret", kUuid) + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  }

  PolicyOptions options_;
  PolicyServer::Limits limits_;
  std::atomic<unsigned> refused_{0}, messages_{0}, policies_{0};
  boost::asio::io_context io_{1};
  boost::asio::io_context clientIo_;
  std::optional<PolicyServer> server_;
  std::thread thread_;
};

TEST_F(PolicyServerTest, PipelinedRequestsAreAnsweredInOrder) {
  start();
  std::string many;
  for (int i = 0; i < 20; ++i) many += policyRequest(i == 19);
  const auto out = talk(many);
  EXPECT_EQ(policies_, 20U);
  EXPECT_THAT(out, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(out, EndsWith("}"));
}

TEST_F(PolicyServerTest, ASlowRequestIsEndedAndOthersGoOn) {
  start();
  auto slow = connect();
  send(slow, policyRequest(true).substr(0, 30));
  EXPECT_THAT(talk(policyRequest(true)), HasSubstr(" 200 "));
  EXPECT_EQ(readAll(slow), "") << "ended when its time was over";
}

TEST_F(PolicyServerTest, WhatIsTooLargeOrNoRequestIsToldSo) {
  start();
  EXPECT_THAT(talk("POST /provision HTTP/1.1\r\nHost: x\r\nContent-Length: 20000\r\n\r\n"), StartsWith("HTTP/1.1 413"));
  EXPECT_THAT(talk("GET /policy HTTP/1.1\r\nHost: x\r\nA: " + std::string(9000, 'a') + "\r\n\r\n"),
              StartsWith("HTTP/1.1 431"));
  EXPECT_THAT(talk("hello\r\n\r\n"), StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(talk(postRequest("/provision", "{")), StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(talk(postRequest("/status", "[]")), StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(talk(postRequest("/policy/" + kUuid.text(), "{}")), StartsWith("HTTP/1.1 405"));
  EXPECT_THAT(talk(get("/policy/no-uuid", "x", true)), StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(talk(get("/packages/a", "x", true)), StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(talk(get("/", "x", true)), StartsWith("HTTP/1.1 404"));
  EXPECT_THAT(talk(get("/provision/" + kUuid.text(), agentToken("secret", kUuid), true)), StartsWith("HTTP/1.1 404"));
  EXPECT_EQ(refused_, 0U);
}

TEST_F(PolicyServerTest, AStateMessageIsNoted) {
  start();
  const auto body = encode(wire::agent::StatusMessage{.uuid = kUuid, .text = "done"});
  EXPECT_THAT(talk(postRequest("/status", body)), StartsWith("HTTP/1.1 204"));
  EXPECT_EQ(messages_, 1U);
}

TEST_F(PolicyServerTest, TheConnectionsOfOneAddressAreLimited) {
  limits_.openFromOne = 4;
  limits_.request = std::chrono::seconds(30);
  start();
  std::vector<tcp::socket> held;
  for (int i = 0; i < 4; ++i) {
    held.push_back(connect());
    send(held.back(), policyRequest(false));
    std::array<char, 16> some{};
    boost::asio::read(held.back(), boost::asio::buffer(some));
  }
  EXPECT_EQ(talk(policyRequest(true)), "");
  // From another address there is room.
  tcp::socket other(clientIo_, tcp::endpoint(boost::asio::ip::make_address_v4("127.0.0.2"), 0));
  other.connect({boost::asio::ip::address_v4::loopback(), server_->port()});
  send(other, policyRequest(true));
  EXPECT_THAT(readAll(other), HasSubstr(" 200 "));
}

TEST_F(PolicyServerTest, ConnectionsWithoutProgressMakeWay) {
  limits_.open = 8;
  limits_.patience = std::chrono::milliseconds(50);
  limits_.openFromOne = 1000;
  limits_.request = std::chrono::seconds(60);
  start();
  std::vector<tcp::socket> idle;
  for (int i = 0; i < 40; ++i) idle.push_back(connect());
  EXPECT_THAT(talk(policyRequest(true)), HasSubstr(" 200 "));
  EXPECT_EQ(readAll(idle.front()), "") << "the first of them has been ended, long before its time was over";
}

TEST_F(PolicyServerTest, AConnectionServesSoManyRequests) {
  limits_.requests = 3;
  start();
  std::string many;
  for (int i = 0; i < 5; ++i) many += policyRequest(false);
  talk(many);
  EXPECT_EQ(policies_, 3U);
}

}  // namespace
}  // namespace vme::servicepoint

#include "servicepoint/hello_listener.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/write.hpp>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "fake_me.hpp"

namespace vme::servicepoint {
namespace {

using ::testing::HasSubstr;

const Uuid kUuid = *Uuid::parse("44454c4c-3100-1051-8032-b4c04f4b4d31");

wire::Hello pkiHello() {
  wire::Hello hello;
  hello.uuid = kUuid;
  hello.credentials = std::vector{wire::RootHash{wire::HashAlgorithm::sha1, Bytes(20, 0xAB)},
                                  wire::RootHash{wire::HashAlgorithm::sha1, Bytes(20, 0xCD)}};
  return hello;
}

/// A listener on a thread, and what it said.
class HelloListenerTest : public ::testing::Test {
 protected:
  struct Heard {
    std::vector<wire::Hello> hellos;
    std::vector<std::string> malformed;
    std::vector<boost::asio::ip::address_v4> peers;
    std::size_t malformedBefore = 0;  // the last hello
    std::size_t all() const { return hellos.size() + malformed.size(); }
  };

  void start(HelloListener::Limits limits) {
    HelloListener::Events events{[this](const wire::Hello& hello, boost::asio::ip::address_v4 peer) {
                                   hear([&](Heard& heard) {
                                     heard.hellos.push_back(hello);
                                     heard.peers.push_back(peer);
                                     heard.malformedBefore = heard.malformed.size();
                                   });
                                 },
                                 [this](boost::asio::ip::address_v4, const std::string& why) {
                                   hear([&](Heard& heard) { heard.malformed.push_back(why); });
                                 }};
    listener_.emplace(io_.get_executor(), boost::asio::ip::address_v4::loopback(), std::uint16_t{0},
                      net::Exposure::loopbackOnly, std::move(events), limits);
    listener_->start();
    thread_ = std::thread([this] { io_.run(); });
  }

  void TearDown() override {
    io_.stop();
    if (thread_.joinable()) thread_.join();
    listener_.reset();
  }

  void send(ByteView bytes) {
    test::sendBytes(boost::asio::ip::make_address_v4("127.31.0.9"), listener_->port(), bytes);
  }

  Heard waitFor(std::size_t count) {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(changed_.wait_for(lock, std::chrono::seconds(20), [&] { return heard_.all() >= count; }));
    return heard_;
  }

  boost::asio::io_context io_{1};
  std::optional<HelloListener> listener_;

 private:
  template <typename Change>
  void hear(Change change) {
    const std::scoped_lock lock(mutex_);
    change(heard_);
    changed_.notify_all();
  }

  std::thread thread_;
  std::mutex mutex_;
  std::condition_variable changed_;
  Heard heard_;
};

TEST_F(HelloListenerTest, TakesAHelloWithItsSource) {
  start({});
  send(wire::encode(pkiHello()));
  const auto heard = waitFor(1);
  ASSERT_EQ(heard.hellos.size(), 1U);
  EXPECT_EQ(heard.hellos[0], pkiHello());
  EXPECT_EQ(heard.peers[0].to_string(), "127.31.0.9");
}

TEST_F(HelloListenerTest, TakesAHelloInSegmentsOfOneByte) {
  start({});
  boost::asio::io_context io;
  net::tcp::socket socket(io);
  socket.connect({boost::asio::ip::address_v4::loopback(), listener_->port()});
  socket.set_option(net::tcp::no_delay(true));
  for (const auto byte : wire::encode(pkiHello())) boost::asio::write(socket, boost::asio::buffer(&byte, 1));
  socket.close();
  EXPECT_EQ(waitFor(1).hellos.size(), 1U);
}

// The variants of provisioning.md 1.3, and what a browser sends.
TEST_F(HelloListenerTest, SurvivesEveryMalformedHello) {
  start({});
  const auto good = wire::encode(pkiHello());
  const auto with = [&](std::size_t offset, std::initializer_list<std::uint8_t> bytes) {
    auto changed = good;
    std::ranges::copy(bytes, changed.begin() + static_cast<std::ptrdiff_t>(offset));
    return changed;
  };
  std::vector<Bytes> bad;
  for (std::size_t length = 0; length < good.size(); ++length) {
    bad.emplace_back(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(length));
  }
  bad.push_back(with(2, {1, 0}));
  bad.push_back(with(2, {4, 0}));
  bad.push_back(with(2, {0xFF, 0xFF}));
  bad.push_back(with(24, {200}));  // more hashes than there are
  bad.push_back(with(25, {0}));    // algorithm
  bad.push_back(with(25, {4}));
  bad.push_back(with(26, {32}));  // length that is not the algorithm's
  bad.push_back(good);
  bad.back().push_back(0);
  bad.push_back(good);
  std::fill_n(bad.back().begin() + 8, 16, std::uint8_t{0});
  bad.push_back(good);
  std::fill_n(bad.back().begin() + 8, 16, std::uint8_t{0xFF});
  const auto http = asBytes("GET / HTTP/1.1\r\nHost: provisionserver:9971\r\n\r\n");
  bad.emplace_back(http.begin(), http.end());
  bad.emplace_back(wire::kMaxHelloSize + 1, std::uint8_t{3});
  bad.emplace_back(1U << 20U, std::uint8_t{3});
  for (const auto& bytes : bad) {
    try {
      send(bytes);
    } catch (const boost::system::system_error&) {
      // Too long: the listener resets the connection while we still write.
      EXPECT_GT(bytes.size(), wire::kMaxHelloSize);
    }
  }
  auto heard = waitFor(bad.size());
  EXPECT_EQ(heard.malformed.size(), bad.size());
  EXPECT_TRUE(heard.hellos.empty());

  auto odd = pkiHello();
  odd.retryCount = 0xFFFFFFFF;
  send(wire::encode(odd));
  heard = waitFor(bad.size() + 1);
  ASSERT_EQ(heard.hellos.size(), 1U) << "still listening; a large retry count is no fault";
}

TEST_F(HelloListenerTest, AConnectionThatNeverEndsIsMalformed) {
  start({.deadline = std::chrono::milliseconds(100), .open = 4});
  boost::asio::io_context io;
  net::tcp::socket socket(io);
  socket.connect({boost::asio::ip::address_v4::loopback(), listener_->port()});
  const auto good = wire::encode(pkiHello());
  boost::asio::write(socket, boost::asio::buffer(good));
  const auto heard = waitFor(1);
  ASSERT_EQ(heard.malformed.size(), 1U);
  EXPECT_THAT(heard.malformed[0], HasSubstr(net::kTimedOut));
}

TEST_F(HelloListenerTest, FurtherConnectionsWaitWhileTooManyAreOpen) {
  start({.deadline = std::chrono::milliseconds(300), .open = 2});
  boost::asio::io_context io;
  std::vector<net::tcp::socket> silent;
  for (int i = 0; i < 2; ++i) {
    silent.emplace_back(io).connect({boost::asio::ip::address_v4::loopback(), listener_->port()});
  }
  send(wire::encode(pkiHello()));
  // The hello waited until a silent one was given up, and is not lost.
  const auto heard = waitFor(3);
  EXPECT_EQ(heard.malformed.size(), 2U);
  EXPECT_EQ(heard.hellos.size(), 1U);
  EXPECT_GE(heard.malformedBefore, 1U);
}

}  // namespace
}  // namespace vme::servicepoint

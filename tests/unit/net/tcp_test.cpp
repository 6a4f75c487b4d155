#include "net/tcp.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

namespace vme::net {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

struct TcpTest : ::testing::Test {
  asio::io_context context;
  Listener listener{context.get_executor(), asio::ip::address_v4::any(), 0, Exposure::loopbackOnly};

  void spawn(Task<void> task) { asio::co_spawn(context, std::move(task), asio::detached); }
  Task<std::unique_ptr<TcpChannel>> connect(const char* source, const char* destination) {
    auto connected = co_await connectTcp(context.get_executor(), asio::ip::make_address(source),
                                         {asio::ip::make_address(destination), listener.port()}, 5s);
    EXPECT_TRUE(connected) << connected.error().message();
    co_return std::move(*connected);
  }
};

TEST_F(TcpTest, theListenerKnowsWhichAddressWasDialledAndByWhom) {
  std::optional<Accepted> accepted;
  spawn([](TcpTest& test, std::optional<Accepted>& got) -> Task<void> { got = co_await test.listener.accept(); }(
                                                            *this, accepted));
  spawn([](TcpTest& test) -> Task<void> {
    const auto channel = co_await test.connect("127.91.2.3", "127.90.4.5");
    co_await channel->close();
  }(*this));
  context.run();
  ASSERT_TRUE(accepted);
  EXPECT_EQ(accepted->local.to_string(), "127.90.4.5");
  EXPECT_EQ(accepted->peer.address().to_string(), "127.91.2.3");
}

TEST_F(TcpTest, readsEndWithTheirDeadlineAndWithAReset) {
  std::string timedOut, reset;
  spawn([](TcpTest& test, std::string& first, std::string& second) -> Task<void> {
    auto accepted = co_await test.listener.accept();
    TcpChannel channel(std::move(accepted->socket));
    std::array<std::uint8_t, 8> bytes{};
    channel.setDeadline(Clock::now() + 20ms);
    first = (co_await channel.read(bytes)).error().text;
    channel.setDeadline(Clock::now() + 10s);
    co_await channel.write(asBytes("now"));
    second = (co_await channel.read(bytes)).error().text;
  }(*this, timedOut, reset));
  spawn([](TcpTest& test) -> Task<void> {
    const auto channel = co_await test.connect("127.0.0.1", "127.0.0.1");
    std::array<std::uint8_t, 8> bytes{};
    co_await channel->read(bytes);
    channel->reset();
  }(*this));
  context.run();
  EXPECT_EQ(timedOut, kTimedOut);
  EXPECT_EQ(reset, kReset);
}

TEST_F(TcpTest, whatWasWrittenBeforeCloseArrives) {
  std::string got;
  const std::string sent(200'000, 's');
  spawn([](TcpTest& test, std::string& all) -> Task<void> {
    auto accepted = co_await test.listener.accept();
    TcpChannel channel(std::move(accepted->socket));
    std::array<std::uint8_t, 4096> bytes{};
    for (;;) {
      const auto count = co_await channel.read(bytes);
      if (!count || *count == 0) break;
      all += asText(ByteView(bytes).first(*count));
    }
    co_await channel.close();
  }(*this, got));
  spawn([](TcpTest& test, const std::string& all) -> Task<void> {
    const auto channel = co_await test.connect("127.0.0.1", "127.0.0.1");
    co_await channel->write(asBytes(all));
    co_await channel->close();
  }(*this, sent));
  context.run();
  EXPECT_EQ(got, sent);
}

TEST_F(TcpTest, aClosedListenerEndsItsLoopAndATakenPortIsAnEnvironmentError) {
  bool ended = false;
  spawn([](TcpTest& test, bool& done) -> Task<void> { done = !(co_await test.listener.accept()); }(*this, ended));
  context.poll();
  try {
    const Listener second(context.get_executor(), asio::ip::address_v4::any(), listener.port(), Exposure::loopbackOnly);
    FAIL();
  } catch (const EnvironmentError& error) {
    EXPECT_NE(std::string(error.what()).find("0.0.0.0:" + std::to_string(listener.port())), std::string::npos);
  }
  listener.close();
  context.restart();
  context.run();
  EXPECT_TRUE(ended);
}

TEST_F(TcpTest, acceptingGoesOnWhenThereAreDescriptorsAgain) {
  int accepted = 0;
  tcp::socket first(context), second(context);
  first.connect({asio::ip::address_v4::loopback(), listener.port()});
  second.connect({asio::ip::address_v4::loopback(), listener.port()});
  const auto acceptOne = [&] {
    spawn([](TcpTest& test, int& count) -> Task<void> { count += (co_await test.listener.accept()) ? 1 : 0; }(
                                            *this, accepted));
  };
  // Whatever needs a descriptor when it is first used has it now: so do sanitizers, for each type that they meet.
  asio::steady_timer timer(context, 1ms);
  timer.async_wait(asio::detached);
  acceptOne();
  context.run();
  context.restart();
  ASSERT_EQ(accepted, 1);
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  const int highest = dup(0);
  const rlimit none{.rlim_cur = static_cast<rlim_t>(highest), .rlim_max = before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
  close(highest);
  std::vector<int> taken;
  for (int next = dup(0); next >= 0; next = dup(0)) taken.push_back(next);
  acceptOne();
  context.poll();
  for (const int handle : taken) close(handle);
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_EQ(accepted, 1);
  context.restart();
  context.run();
  EXPECT_EQ(accepted, 2);
}

TEST_F(TcpTest, aReadKeepsItsDeadlineWhileAWriteEnds) {
  std::string first;
  spawn([](TcpTest& test, std::string& text) -> Task<void> {
    auto accepted = co_await test.listener.accept();
    TcpChannel channel(std::move(accepted->socket));
    channel.setDeadline(Clock::now() + 20ms);
    test.spawn([](TcpChannel& other) -> Task<void> { co_await other.write(asBytes("written")); }(channel));
    std::array<std::uint8_t, 8> bytes{};
    text = (co_await channel.read(bytes)).error().text;
    co_await channel.close();
  }(*this, first));
  spawn([](TcpTest& test) -> Task<void> {
    const auto channel = co_await test.connect("127.0.0.1", "127.0.0.1");
    std::array<std::uint8_t, 8> bytes{};
    while ((co_await channel->read(bytes)).value_or(0) > 0) {
    }
    co_await channel->close();
  }(*this));
  context.run_for(10s);
  EXPECT_EQ(first, kTimedOut);
}

TEST_F(TcpTest, nobodyListeningIsAnErrorAtOnce) {
  const auto port = listener.port();
  listener.close();
  std::string error;
  spawn([](TcpTest& test, std::uint16_t to, std::string& text) -> Task<void> {
    const auto connected = co_await connectTcp(test.context.get_executor(), asio::ip::address_v4(),
                                               {asio::ip::address_v4::loopback(), to}, 5s);
    text = connected ? "connected" : connected.error().text;
  }(*this, port, error));
  context.run();
  EXPECT_EQ(error, "Connection refused");
}

}  // namespace
}  // namespace vme::net

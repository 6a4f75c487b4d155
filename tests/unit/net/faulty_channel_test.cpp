#include "net/faulty_channel.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "testing/memory_channel.hpp"

namespace vme::net {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

struct FaultyChannelTest : ::testing::Test {
  asio::io_context context;
  std::unique_ptr<Channel> far;

  std::unique_ptr<FaultyChannel> faulty(const ChannelFaults& faults) {
    auto [near, other] = testing::makeMemoryPair(context.get_executor());
    far = std::move(other);
    return std::make_unique<FaultyChannel>(std::move(near), faults);
  }

  template <typename Body>
  void run(Body body) {
    bool ended = false;
    std::exception_ptr thrown;
    asio::co_spawn(
        context,
        [&]() -> Task<void> {
          co_await body();
          ended = true;
        },
        [&](std::exception_ptr error) { thrown = error; });
    context.run_for(20s);
    if (thrown) std::rethrow_exception(thrown);
    EXPECT_TRUE(ended);
  }

  /// Until the end, or what went wrong.
  static Task<std::string> readAll(Channel& channel, std::string& text) {
    std::array<std::uint8_t, 64> buffer{};
    for (;;) {
      const auto got = co_await channel.read(buffer);
      if (!got) co_return got.error().text;
      if (*got == 0) co_return "";
      text.append(asText({buffer.data(), *got}));
    }
  }
};

TEST_F(FaultyChannelTest, WithoutFaultsNothingIsDifferent) {
  auto channel = faulty({});
  run([&]() -> Task<void> {
    const std::string text = "as it is";
    EXPECT_TRUE(co_await channel->write(asBytes(text)));
    co_await channel->close();
    std::string seen;
    EXPECT_EQ(co_await readAll(*far, seen), "");
    EXPECT_EQ(seen, text);
  });
}

TEST_F(FaultyChannelTest, ResetsAfterTheLastByteThatMayPass) {
  auto channel = faulty({.resetAfter = 6});
  run([&]() -> Task<void> {
    const std::string text = "abcd", more = "efgh";
    co_await far->write(asBytes(text));
    std::array<std::uint8_t, 64> buffer{};
    const auto got = co_await channel->read(buffer);
    EXPECT_EQ(got.value_or(0), 4U);
    const auto sent = co_await channel->write(asBytes(more));
    EXPECT_EQ(sent ? "" : sent.error().text, kReset);
    std::string seen;
    EXPECT_EQ(co_await readAll(*far, seen), kReset);
    EXPECT_EQ(co_await channel->read(buffer) ? "" : "ended", "ended");
  });
}

TEST_F(FaultyChannelTest, CutsShortInOrder) {
  auto channel = faulty({.closeAfter = 3});
  run([&]() -> Task<void> {
    const std::string text = "abcdef";
    const auto sent = co_await channel->write(asBytes(text));
    EXPECT_FALSE(sent);
    std::string seen;
    EXPECT_EQ(co_await readAll(*far, seen), "");
    EXPECT_EQ(seen, "abc");
  });
}

TEST_F(FaultyChannelTest, LatencyComesBeforeEachPiece) {
  auto channel = faulty({.latency = 20ms, .piece = 2});
  run([&]() -> Task<void> {
    const std::string text = "abcdef";
    const auto from = Clock::now();
    EXPECT_TRUE(co_await channel->write(asBytes(text)));
    EXPECT_GE(Clock::now() - from, 60ms);
    co_await channel->close();
    std::string seen;
    co_await readAll(*far, seen);
    EXPECT_EQ(seen, text);
  });
}

TEST_F(FaultyChannelTest, ABandwidthTakesItsTime) {
  auto channel = faulty({.readRate = 1000});
  run([&]() -> Task<void> {
    const std::string text(100, 'x');
    co_await far->write(asBytes(text));
    co_await far->close();
    const auto from = Clock::now();
    std::string seen;
    co_await readAll(*channel, seen);
    EXPECT_EQ(seen, text);
    EXPECT_GE(Clock::now() - from, 95ms);
  });
}

TEST_F(FaultyChannelTest, LostPiecesComeLater) {
  auto channel = faulty({.loss = 1, .stall = 30ms});
  run([&]() -> Task<void> {
    const std::string text = "a";
    const auto from = Clock::now();
    EXPECT_TRUE(co_await channel->write(asBytes(text)));
    EXPECT_GE(Clock::now() - from, 30ms);
  });
}

TEST_F(FaultyChannelTest, ADeadlineEndsAWait) {
  auto channel = faulty({.latency = 1h});
  channel->setDeadline(Clock::now() + 30ms);
  run([&]() -> Task<void> {
    const std::string text = "a";
    const auto sent = co_await channel->write(asBytes(text));
    EXPECT_EQ(sent ? "" : sent.error().text, kTimedOut);
  });
}

TEST_F(FaultyChannelTest, AResetEndsAWait) {
  auto channel = faulty({.latency = 1h});
  asio::steady_timer timer(context, 20ms);
  timer.async_wait([&](boost::system::error_code) { channel->reset(); });
  run([&]() -> Task<void> {
    const std::string text = "a";
    const auto sent = co_await channel->write(asBytes(text));
    EXPECT_EQ(sent ? "" : sent.error().text, kCancelled);
  });
}

}  // namespace
}  // namespace vme::net

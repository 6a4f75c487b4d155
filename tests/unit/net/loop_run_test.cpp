#include "net/loop_run.hpp"

#include <gtest/gtest.h>

#include <boost/asio/post.hpp>
#include <stdexcept>

#include "net/spawn.hpp"

namespace vme::net {
namespace {

Task<void> fails(const char* text) {
  throw std::runtime_error(text);
  co_return;
}

TEST(LoopRun, KeepsTheFirstFailureAndServesTheOthersOn) {
  asio::io_context context;
  LoopRun loop;
  bool served = false;
  spawn(context.get_executor(), fails("first"));
  spawn(context.get_executor(), fails("second"));
  asio::post(context, [&] { served = true; });
  loop.run(context);
  EXPECT_TRUE(served);
  try {
    loop.check();
    FAIL() << "nothing was thrown";
  } catch (const std::runtime_error& error) {
    EXPECT_STREQ(error.what(), "first");
  }
}

TEST(LoopRun, HasNothingToSayOfAGoodRun) {
  asio::io_context context;
  LoopRun loop;
  asio::post(context, [] {});
  loop.run(context);
  EXPECT_NO_THROW(loop.check());
}

}  // namespace
}  // namespace vme::net

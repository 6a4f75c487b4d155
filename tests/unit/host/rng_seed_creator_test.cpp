#include "host/rng_seed_creator.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>

#include "fake_pc.hpp"

namespace vme::host {
namespace {

using wire::AmtStatus;
using wire::amthi::Command;

class RngSeedTest : public ::testing::Test {
 protected:
  Attempt<RngSeed> create() {
    AmthiClient me(pc_, std::chrono::seconds(5));
    std::optional<Attempt<RngSeed>> result;
    boost::asio::co_spawn(io_, createRngSeed(pc_, me, {}), [&](const std::exception_ptr& thrown, auto value) {
      if (thrown) std::rethrow_exception(thrown);
      result = std::move(value);
    });
    io_.run();
    return result.value();
  }

  boost::asio::io_context io_{1};
  test::FakePc pc_{io_};
};

TEST_F(RngSeedTest, LeavesASeedAlone) {
  EXPECT_EQ(create(), RngSeed::wasThere);
  EXPECT_EQ(std::ranges::count(pc_.me.calls, Command::generateRngSeed), 0);
}

TEST_F(RngSeedTest, WaitsAsLongAsTheMeTakes) {
  pc_.me.seed = 2;
  pc_.me.seedAfterS = 63;
  const auto before = pc_.clock;
  EXPECT_EQ(create(), RngSeed::made);
  EXPECT_EQ(pc_.clock - before, 65);
}

TEST_F(RngSeedTest, ASeedInTheMakingIsWaitedFor) {
  pc_.me.seed = 1;
  pc_.me.status[Command::generateRngSeed] = AmtStatus::rngGenerationInProgress;
  pc_.onWait = [this] { pc_.me.seed = 0; };
  EXPECT_EQ(create(), RngSeed::made);
}

TEST_F(RngSeedTest, FirmwareWithoutTheCommandNeedsNone) {
  pc_.me.status[Command::getRngSeedStatus] = AmtStatus::unsupported;
  EXPECT_EQ(create(), RngSeed::wasThere);
}

TEST_F(RngSeedTest, ARefusalAndAMeThatNeverGetsThereAreTold) {
  pc_.me.seed = 2;
  pc_.me.status[Command::generateRngSeed] = static_cast<AmtStatus>(3);
  const auto refused = create();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, Reason::rngSeedMissing);
  pc_.me.status.clear();
  pc_.me.seedAfterS = 1'000'000;
  io_.restart();
  const auto late = create();
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().text, "no seed after 1800 s");
}

}  // namespace
}  // namespace vme::host

#include "machine/lifecycle.hpp"

#include <gtest/gtest.h>

#include <map>
#include <utility>

namespace vme::machine {
namespace {

using E = LifecycleEvent;
using Arrow = std::pair<State, E>;

// The legal arrows of provisioning.md 4.2, written down apart from the table in the code.
const std::map<Arrow, State> kLegal{
    {{State::factory, E::pskEntered}, State::inSetup},
    {{State::factory, E::zeroTouchOpened}, State::inSetup},
    {{State::factory, E::configurationStarted}, State::inSetup},
    {{State::factory, E::manualSetup}, State::operational},
    {{State::factory, E::deskUnprovisioned}, State::factory},
    {{State::factory, E::cleared}, State::factory},
    {{State::inSetup, E::committed}, State::operational},
    {{State::inSetup, E::windowExpired}, State::quiet},
    {{State::inSetup, E::deskUnprovisioned}, State::factory},
    {{State::inSetup, E::cleared}, State::factory},
    {{State::inSetup, E::configurationStopped}, State::factory},
    {{State::quiet, E::configurationStarted}, State::inSetup},
    {{State::quiet, E::deskUnprovisioned}, State::factory},
    {{State::quiet, E::deskPartially}, State::inSetup},
    {{State::quiet, E::cleared}, State::factory},
    {{State::operational, E::committed}, State::operational},
    {{State::operational, E::unprovisioned}, State::factory},
    {{State::operational, E::partiallyUnprovisioned}, State::inSetup},
    {{State::operational, E::deskUnprovisioned}, State::factory},
    {{State::operational, E::deskPartially}, State::inSetup},
    {{State::operational, E::cleared}, State::factory},
};

class Lifecycle : public ::testing::TestWithParam<std::tuple<State, std::size_t>> {};

TEST_P(Lifecycle, everyArrowIsAsDocumented) {
  const auto [state, number] = GetParam();
  const auto event = static_cast<E>(number);
  const auto legal = kLegal.find({state, event});
  const auto target = next(state, event);
  ASSERT_EQ(target.has_value(), legal != kLegal.end());
  if (target) {
    EXPECT_EQ(*target, legal->second);
  }
}

INSTANTIATE_TEST_SUITE_P(AllArrows, Lifecycle,
                         ::testing::Combine(::testing::ValuesIn(kStates),
                                            ::testing::Range<std::size_t>(0, kLifecycleEvents)));

TEST(LifecycleNames, quietIsInSetupForEveryoneOutside) {
  EXPECT_EQ(nameOf(State::factory), "factory");
  EXPECT_EQ(nameOf(State::inSetup), "in-setup");
  EXPECT_EQ(nameOf(State::quiet), "in-setup");
  EXPECT_EQ(nameOf(State::operational), "operational");
  EXPECT_EQ(heciNumber(State::factory), 0U);
  EXPECT_EQ(heciNumber(State::quiet), 1U);
  EXPECT_EQ(heciNumber(State::operational), 2U);
}

}  // namespace
}  // namespace vme::machine

#include "servicepoint/agents/policy.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.hpp"

namespace vme::servicepoint {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using wire::agent::TaskStep;

const Uuid kMachine = *Uuid::parse("44454c4c-3100-1051-8032-b4c04f4b4d31");
const Uuid kOther = *Uuid::parse("44454c4c-3100-1051-8032-b4c04f4b4d32");

std::string errorOf(std::string_view text) {
  try {
    readCollections("collections.txt", text);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "none";
}

TEST(Collections, AreReadInTheirOrder) {
  const auto collections = readCollections("f",
                                           "# in band\n"
                                           "desktops 44454c4c-3100-1051-8032-b4c04f4b4d31  # one\n"
                                           "rest *\n"
                                           "desktops task-sequence reboot provision\n"
                                           "rest policy none\n");
  ASSERT_EQ(collections.size(), 2U);
  EXPECT_EQ(collections[0].name, "desktops");
  EXPECT_TRUE(collections[0].holds(kMachine));
  EXPECT_FALSE(collections[0].holds(kOther));
  EXPECT_THAT(collections[0].sequence, ElementsAre(TaskStep::reboot, TaskStep::provision));
  EXPECT_TRUE(collections[1].holds(kOther));
  EXPECT_FALSE(collections[1].hasPolicy);
}

TEST(Collections, ErrorsNameTheLine) {
  EXPECT_THAT(errorOf("a"), HasSubstr("collections.txt:1: a line is a collection and a UUID"));
  EXPECT_THAT(errorOf("\na b"), HasSubstr("collections.txt:2: 'b' is no UUID"));
  EXPECT_THAT(errorOf("a * *"), HasSubstr("a line is a collection"));
  EXPECT_THAT(errorOf("a policy"), HasSubstr("policy is none or automatic-provisioning"));
  EXPECT_THAT(errorOf("a task-sequence"), HasSubstr("no steps"));
  EXPECT_THAT(errorOf("a task-sequence dance"), HasSubstr("upgrade-driver, upgrade-firmware"));
}

TEST(Collections, TheFirstThatHoldsTheMachineAndHasThePolicyGivesIt) {
  PolicyOptions options;
  options.collections = readCollections("f",
                                        "inventory *\ninventory policy none\n"
                                        "upgrades 44454c4c-3100-1051-8032-b4c04f4b4d31\n"
                                        "upgrades task-sequence upgrade-firmware reboot\n"
                                        "all *\n");
  EXPECT_EQ(collectionFor(options, kMachine)->name, "upgrades");
  EXPECT_FALSE(isForAgent(options, kMachine)) << "its policy does not provision";
  EXPECT_EQ(collectionFor(options, kOther)->name, "all");
  EXPECT_TRUE(isForAgent(options, kOther));
  options.collections.pop_back();
  EXPECT_EQ(collectionFor(options, kOther), nullptr);
}

TEST(AgentToken, IsTheKeyedHashOfTheUuid) {
  const auto token = agentToken("site secret", kMachine);
  EXPECT_EQ(token, "e41ec07da75d845b51754d007f43ea2360d53753dcc3c2117756cff6879a38d6");
  EXPECT_TRUE(isAgentToken("site secret", kMachine, token));
  EXPECT_FALSE(isAgentToken("site secret", kOther, token));
  EXPECT_FALSE(isAgentToken("another secret", kMachine, token));
  EXPECT_FALSE(isAgentToken("site secret", kMachine, ""));
  EXPECT_FALSE(isAgentToken("site secret", kMachine, token.substr(1)));
  EXPECT_FALSE(isAgentToken("site secret", kMachine, token + "0"));
}

TEST(Package, KnowsItsSizeAndHash) {
  const auto package = makePackage({.name = "a.driver"}, {'a', 'b', 'c'});
  EXPECT_EQ(package.facts.bytes, 3U);
  EXPECT_EQ(package.facts.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

}  // namespace
}  // namespace vme::servicepoint

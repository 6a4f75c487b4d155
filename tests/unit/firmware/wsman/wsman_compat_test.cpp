// What `compat: [meshcentral]` adds to a firmware of our generations.

#include "machine/stores.hpp"
#include "net/pki.hpp"
#include "unit/firmware/wsman/wsman_machine.hpp"

namespace vme::firmware::wsman {
namespace {

constexpr std::string_view kService = "AMT_PublicKeyManagementService";

class WsmanCompat : public ::testing::Test {
 protected:
  WsmanCompat() {
    machine.change([](profile::Profile& profile) {
      profile = *WsmanMachine::profiles().withCompat(profile, {"meshcentral"}, "test");
    });
    machine.environment().keys =
        std::make_shared<std::vector<Bytes>>(std::vector{net::makeRsaKey(2048).der, net::makeRsaKey(2048).der});
    machine.environment().keyBits = 2048;
  }
  Reading generate(std::string_view algorithm, std::string_view bits) {
    return machine.invoke(kService, "GenerateKeyPair",
                          "<r:KeyAlgorithm>" + std::string(algorithm) + "</r:KeyAlgorithm><r:KeyLength>" +
                              std::string(bits) + "</r:KeyLength>");
  }

  WsmanMachine machine{"amt-3.2.2"};
};

TEST_F(WsmanCompat, GeneratesKeyPairsUntilTheStoreOrThePoolIsExhausted) {
  const auto first = generate("0", "2048");
  EXPECT_EQ(first.text("ReturnValue"), "0");
  EXPECT_THAT(first.http.body, ::testing::HasSubstr("AMT_PublicPrivateKeyPair"));
  EXPECT_EQ(generate("0", "2048").text("ReturnValue"), "0");
  const auto& keys = machine.overlay->keys;
  ASSERT_EQ(keys.size(), 2U);
  EXPECT_NE(*keys[0].der, *keys[1].der);
  EXPECT_EQ(generate("0", "2048").text("ReturnValue"),
            std::to_string(static_cast<unsigned>(wire::AmtStatus::duplicate)));
}

TEST_F(WsmanCompat, RefusesOtherAlgorithmsAndLengths) {
  const auto invalid = std::to_string(static_cast<unsigned>(wire::AmtStatus::invalidParameter));
  EXPECT_EQ(generate("1", "2048").text("ReturnValue"), invalid);
  EXPECT_EQ(generate("0", "1024").text("ReturnValue"), invalid);
  EXPECT_TRUE(!machine.overlay || machine.overlay->keys.empty());
}

TEST_F(WsmanCompat, TellsWhoControlsTheMachine) {
  EXPECT_EQ(machine.get("IPS_HostBasedSetupService").text("CurrentControlMode"), "2");
  machine.hot.state = machine::State::inSetup;
  const auto first = machine.get("IPS_HostBasedSetupService");
  EXPECT_EQ(first.text("CurrentControlMode"), "0");
  EXPECT_EQ(fromBase64(first.text("ConfigurationNonce"))->size(), 20U);
  EXPECT_NE(first.text("ConfigurationNonce"), machine.get("IPS_HostBasedSetupService").text("ConfigurationNonce"));
}

TEST_F(WsmanCompat, TakesTheDigestInHexAsWell) {
  const auto set = [](WsmanMachine& to, std::string_view digest) {
    return to
        .invoke("AMT_AuthorizationService", "SetAdminAclEntryEx",
                "<r:Username>admin</r:Username><r:DigestPassword>" + std::string(digest) + "</r:DigestPassword>")
        .text("ReturnValue");
  };
  constexpr std::string_view kHex = "00112233445566778899aabbccddeeff";
  EXPECT_EQ(set(machine, kHex), "0");
  WsmanMachine faithful("amt-3.2.2");
  EXPECT_EQ(set(faithful, kHex), std::to_string(static_cast<unsigned>(wire::AmtStatus::invalidParameter)));
  EXPECT_EQ(set(faithful, "ABEiM0RVZneImaq7zN3u/w=="), "0");
}

}  // namespace
}  // namespace vme::firmware::wsman

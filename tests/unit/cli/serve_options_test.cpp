// What `vme serve` makes of its options.

#include "cli/serve_options.hpp"

#include <fstream>

#include "base/error.hpp"
#include "cli/common.hpp"
#include "net/pki.hpp"

namespace vme::cli {
namespace {

using ::testing::HasSubstr;

std::shared_ptr<profile::Profile> someProfile() {
  auto profile = std::make_shared<profile::Profile>();
  profile->name = "amt-x";
  profile->prov.pki = true;
  profile->prov.inbandStart = true;
  profile->prov.hashSlotsCustom = 1;
  profile->prov.hashes = {{"Factory", "742c3192e607e424eb4549542be1bbc53e6174e2", true}};
  return profile;
}

std::string errorOf(const ServeOptions& options, std::shared_ptr<profile::Profile> profile = someProfile()) {
  try {
    groupFrom(options, std::move(profile));
    fleetFrom(options);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "no error";
}

TEST(ServeOptions, DefaultsAreAFactoryMachineOnLoopback) {
  const ServeOptions options;
  const auto group = groupFrom(options, someProfile());
  EXPECT_EQ(group.machines, 1U);
  EXPECT_EQ(group.start, runtime::Start::bareMetal);
  EXPECT_FALSE(group.enterPsk);
  EXPECT_FALSE(group.startConfiguration);
  EXPECT_EQ(group.environment.tls, machine::TlsMode::modern);
  EXPECT_EQ(group.environment.timingScale, 1.0);
  ASSERT_EQ(group.environment.roots.size(), 1U);
  EXPECT_TRUE(group.environment.roots[0].factory);
  EXPECT_EQ(toHex(group.environment.roots[0].hash.hash), "742c3192e607e424eb4549542be1bbc53e6174e2");
  const auto fleet = fleetFrom(options);
  EXPECT_EQ(fleet.addresses.base, 0x7F100001U);
  EXPECT_EQ(fleet.exposure, net::Exposure::loopbackOnly);
  EXPECT_EQ(fleet.servicePoint.port(), 9971);
  EXPECT_TRUE(fleet.sendHellos);
}

TEST(ServeOptions, ProvisionedIsOperationalAndTlsOnRequest) {
  ServeOptions options;
  options.provisioned = "admin:P@ss:w0rd";
  auto group = groupFrom(options, someProfile());
  EXPECT_EQ(group.start, runtime::Start::operational);
  EXPECT_EQ(group.operationalUser, "admin");
  EXPECT_EQ(group.operationalPassword, "P@ss:w0rd");
  EXPECT_FALSE(group.operationalTls);
  options.tls = "period";
  group = groupFrom(options, someProfile());
  EXPECT_TRUE(group.operationalTls);
  EXPECT_EQ(group.environment.tls, machine::TlsMode::period);
}

TEST(ServeOptions, PskPairIsTheGivenOrEachMachinesOwn) {
  ServeOptions options;
  options.psk = "0000-037M:NKLD-G5DC-RRNQ-E9YZ-ZIJL-7LFL-VJED-69XJ";
  auto group = groupFrom(options, someProfile());
  EXPECT_TRUE(group.enterPsk);
  ASSERT_TRUE(group.psk);
  EXPECT_EQ(group.psk->pidText(), "0000037M");
  options.psk = "derived";
  group = groupFrom(options, someProfile());
  EXPECT_TRUE(group.enterPsk);
  EXPECT_FALSE(group.psk);
}

TEST(ServeOptions, RootsFollowTheFactoryRowsUpToTheCapacity) {
  const auto pki = net::makeProvisioningPki({.keyBits = 1024});
  const auto file = ::testing::TempDir() + "serve_options_root.pem";
  std::ofstream(file) << net::toPem("CERTIFICATE", pki.chain.back());
  ServeOptions options;
  options.inactiveRoots = {"Mine=" + file};
  const auto group = groupFrom(options, someProfile());
  ASSERT_EQ(group.environment.roots.size(), 2U);
  const auto& row = group.environment.roots[1];
  EXPECT_EQ(row.handle, 2U);
  EXPECT_EQ(row.name, "Mine");
  EXPECT_FALSE(row.factory);
  EXPECT_FALSE(row.active);
  const auto digest = wire::sha1(pki.chain.back());
  EXPECT_TRUE(std::ranges::equal(row.hash.hash, digest));
  options.roots = options.inactiveRoots;
  EXPECT_THAT(errorOf(options), HasSubstr("has 1 rows"));
}

TEST(ServeOptions, RefusesWhatDoesNotGoTogether) {
  ServeOptions options;
  options.psk = "derived";
  options.noPsk = true;
  EXPECT_THAT(errorOf(options), HasSubstr("--no-psk: contradicts"));
  options.noPsk = false;
  options.provisioned = "a:b";
  EXPECT_THAT(errorOf(options), HasSubstr("--provisioned: "));
  options = {};
  options.start = true;
  auto profile = someProfile();
  profile->prov.pki = false;
  EXPECT_THAT(errorOf(options, profile), HasSubstr("--start: amt-x"));
  options = {};
  options.tls = "old";
  EXPECT_THAT(errorOf(options), HasSubstr("--tls: \"old\""));
}

}  // namespace
}  // namespace vme::cli

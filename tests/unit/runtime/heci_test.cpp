// The HECI device of a machine that runs in a fleet, as a program in this process uses it.

#include <gtest/gtest.h>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "net/http_io.hpp"
#include "net/spawn.hpp"
#include "profile/catalogue.hpp"
#include "runtime/fleet.hpp"
#include "wire/amthi.hpp"

namespace vme::runtime {
namespace {

using namespace std::chrono_literals;
using net::Heci;
using net::HeciDevice;
using net::HeciFile;
using net::Task;
using wire::amthi::Command;
using wire::heci::Error;
using File = std::unique_ptr<HeciFile>;

class Deaf final : public Observer {
 public:
  bool wants(Happening::Kind) const override { return false; }
  void happened(const Happening&) override {}
};

class HeciTest : public ::testing::Test {
 protected:
  std::unique_ptr<Fleet> start(const char* profile, double timingScale = 0) {
    FleetOptions options;
    options.addresses.base = 0x7F530000U + static_cast<std::uint32_t>(getpid() % 200) * 256;  // 127.83.x.0
    options.httpPort = options.httpsPort = 0;
    options.sendHellos = false;
    Group group;
    group.name = "pc";
    group.machines = 3;
    group.profile = profile::Catalogue().find(profile);
    group.environment.dhcpSuffix = "vme.test";
    group.environment.timingScale = timingScale;
    group.start = Start::factory;
    auto fleet = std::make_unique<Fleet>(options, std::vector{group}, observer_);
    fleet->start();
    return fleet;
  }
  template <typename Function>
  static auto on(Fleet& fleet, Function function, std::uint32_t machine = 1) {
    auto& device = fleet.heci(machine);
    return net::runOn(device.executor(), function(device));
  }

  Deaf observer_;
};

Task<Heci<Bytes>> ask(HeciFile& file, Bytes message) {
  if (const auto written = co_await file.write(message); !written) co_return std::unexpected(written.error());
  co_return co_await file.read();
}

Task<std::uint32_t> provisioningState(HeciDevice& device) {
  const auto file = co_await device.open();
  const auto connected = co_await (*file)->connect(wire::heci::kAmthi);
  EXPECT_EQ(connected->maxMessage, 4160U);
  const auto answer = co_await ask(**file, wire::amthi::request(Command::getProvisioningState));
  const auto response = wire::amthi::parseResponse(Command::getProvisioningState, *answer);
  EXPECT_TRUE(response) << response.error().message();
  co_return wire::amthi::readNumber(response->data).value_or(99);
}

TEST_F(HeciTest, aMachineTellsItsState) {
  const auto fleet = start("amt-5.0");
  EXPECT_EQ(on(*fleet, provisioningState), 0U);
}

Task<void> meetErrors(HeciDevice& device) {
  const auto file = co_await device.open();
  const Bytes message = wire::amthi::request(Command::getProvisioningState);
  EXPECT_EQ((co_await (*file)->write(message)).error(), Error::noDevice) << "not connected";
  EXPECT_EQ((co_await (*file)->read()).error(), Error::noDevice);
  EXPECT_EQ((co_await (*file)->connect(Uuid{})).error(), Error::unknownClient);
  EXPECT_TRUE(co_await (*file)->connect(wire::heci::kAmthi));
  EXPECT_EQ((co_await (*file)->connect(wire::heci::kAmthi)).error(), Error::busy);
  const Bytes longOne(4161, 1);
  EXPECT_EQ((co_await (*file)->write(longOne)).error(), Error::tooLong);
  EXPECT_TRUE(co_await (*file)->write({}));
  (*file)->setDeadline(std::chrono::steady_clock::now() + 20ms);
  EXPECT_EQ((co_await (*file)->read()).error(), Error::timedOut);
}

TEST_F(HeciTest, errorsAreThoseOfTheDriver) {
  const auto fleet = start("amt-3.2.2");
  on(*fleet, meetErrors);
}

Task<void> useSeveralFiles(HeciDevice& device) {
  std::vector<File> files;
  for (int i = 0; i < 20; ++i) {
    files.push_back(*co_await device.open());
    EXPECT_TRUE(co_await files.back()->connect(wire::heci::kAmthi));
    const Bytes message = wire::amthi::request(Command::getMacAddresses);
    EXPECT_TRUE(co_await files.back()->write(message));
  }
  for (const auto& file : files) {
    const auto answer = co_await file->read();
    EXPECT_TRUE(wire::amthi::parseResponse(Command::getMacAddresses, *answer));
  }
  const auto dog = *co_await device.open();
  const auto second = *co_await device.open();
  EXPECT_TRUE(co_await dog->connect(wire::heci::kWatchdog));
  EXPECT_EQ((co_await second->connect(wire::heci::kWatchdog)).error(), Error::busy) << "one connection";
}

TEST_F(HeciTest, manyFilesShareTheClient) {
  const auto slow = start("amt-4.0", 0.01);
  on(*slow, useSeveralFiles);
}

Task<void> fillTheQueue(HeciDevice& device) {
  const auto file = *co_await device.open();
  EXPECT_TRUE(co_await file->connect(wire::heci::kAmthi));
  const Bytes message = wire::amthi::request(Command::getProvisioningState);
  file->setDeadline(std::chrono::steady_clock::now() + 50ms);
  int taken = 0;
  while (co_await file->write(message)) ++taken;
  EXPECT_GE(taken, 50);
  EXPECT_LT(taken, 200) << "nobody reads: the queue is bounded";
  file->setDeadline(std::chrono::steady_clock::time_point::max());
  for (int i = 0; i < taken; ++i) EXPECT_TRUE(co_await file->read());
}

TEST_F(HeciTest, aHostThatDoesNotReadIsMadeToWait) {
  const auto fleet = start("amt-4.0");
  on(*fleet, fillTheQueue);
}

}  // namespace
}  // namespace vme::runtime

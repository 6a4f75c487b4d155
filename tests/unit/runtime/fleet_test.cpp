#include "runtime/fleet.hpp"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <regex>
#include <stdexcept>
#include <utility>

#include "base/error.hpp"
#include "profile/catalogue.hpp"
#include "runtime/state_store.hpp"
#include "wire/hello.hpp"

namespace vme::runtime {
namespace {

using namespace std::chrono_literals;
using boost::asio::ip::tcp;
using Kind = Happening::Kind;

constexpr auto kPatience = 20s;
constexpr const char* kPageRequest = "GET /index.htm HTTP/1.1\r\nHost: me\r\nConnection: close\r\n\r\n";

/// Keeps what happened, and waits for more.
class Recorder final : public Observer {
 public:
  bool wants(Kind) const override { return true; }
  void happened(const Happening& happening) override {
    const std::lock_guard lock(mutex_);
    all_.push_back(happening);
    changed_.notify_all();
  }
  /// Whether so many happenings of that kind came.
  bool waitFor(Kind kind, std::size_t count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kPatience, [&] { return countLocked(kind) >= count; });
  }
  std::vector<Happening> of(Kind kind) {
    const std::lock_guard lock(mutex_);
    std::vector<Happening> found;
    std::ranges::copy_if(all_, std::back_inserter(found), [kind](const Happening& h) { return h.kind == kind; });
    return found;
  }

 private:
  std::size_t countLocked(Kind kind) const {
    return static_cast<std::size_t>(std::ranges::count(all_, kind, &Happening::kind));
  }
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Happening> all_;
};

struct FleetTest : ::testing::Test {
  boost::asio::io_context context;
  tcp::acceptor servicePoint{context, {boost::asio::ip::address_v4::loopback(), 0}};
  Recorder recorder;
  FleetOptions options;

  FleetTest() {
    options.addresses.base = 0x7F4E0000U + static_cast<std::uint32_t>(getpid() % 200) * 256;  // 127.78.x.0
    options.servicePoint = servicePoint.local_endpoint();
    options.httpPort = options.httpsPort = 0;
  }

  static Group group(const char* profile, std::uint32_t machines, bool psk) {
    Group made;
    made.name = "group";
    made.machines = machines;
    made.profile = profile::Catalogue().find(profile);
    made.enterPsk = psk;
    made.environment.setupPassword = "Set-Up1!";
    made.environment.dhcpSuffix = "vme.test";
    made.operationalPassword = "P@ssw0rd";
    return made;
  }

  struct Received {
    wire::Hello hello;
    std::string from;
  };
  Received receiveHello() {
    tcp::endpoint peer;
    auto socket = servicePoint.accept(peer);
    Bytes bytes(wire::kMaxHelloSize);
    boost::system::error_code error;
    bytes.resize(boost::asio::read(socket, boost::asio::buffer(bytes), error));
    const auto hello = wire::parseHello(bytes);
    EXPECT_TRUE(hello) << toHex(bytes);
    return {hello.value_or(wire::Hello{}), peer.address().to_string()};
  }

  /// Asks a machine over plain HTTP; empty when the connection ends without an answer.
  std::string ask(std::uint32_t address, const std::string& request) {
    tcp::socket socket(context);
    boost::system::error_code error;
    socket.connect({boost::asio::ip::address_v4(address), options.httpPort}, error);
    boost::asio::write(socket, boost::asio::buffer(request), error);
    std::string answer(16384, '\0');
    answer.resize(boost::asio::read(socket, boost::asio::buffer(answer), error));
    return answer;
  }
};

TEST_F(FleetTest, hellosComeFromEachMachinesOwnAddress) {
  Fleet fleet(options, {group("amt-2.1", 3, true)}, recorder);
  fleet.start();
  std::map<std::string, wire::Hello> hellos;
  for (int i = 0; i < 3; ++i) {
    const auto received = receiveHello();
    hellos[received.from] = received.hello;
  }
  ASSERT_EQ(hellos.size(), 3U);
  for (std::uint32_t index = 0; index < 3; ++index) {
    const auto identity = fleet.identityOf(index);
    const auto address = boost::asio::ip::address_v4(options.addresses.address(index)).to_string();
    EXPECT_EQ(hellos.at(address).uuid, identity.uuid);
    EXPECT_EQ(std::get<std::string>(hellos.at(address).credentials), identity.psk.pidText());
    EXPECT_TRUE(hellos.at(address).adminCredentialsSet);
  }
  EXPECT_EQ(fleet.nameOf(2), "group/2");
}

TEST_F(FleetTest, theScheduleRunsWithTheFleetsClockAndEndsWithItsWindow) {
  options.clock.skipIdle = true;
  auto machines = group("amt-2.1", 1, true);
  auto profile = *machines.profile;
  profile.prov.helloWindowPskH = 1;
  machines.profile = std::make_shared<const profile::Profile>(profile);
  Fleet fleet(options, {machines}, recorder);
  fleet.start();
  std::vector<std::uint32_t> retries;
  // 5 x 12 s, 5 x 120 s, then every 720 s until the hour has passed (provisioning.md 1.4).
  for (int i = 0; i < 15; ++i) retries.push_back(receiveHello().hello.retryCount);
  EXPECT_EQ(std::vector(retries.begin(), retries.begin() + 4), (std::vector<std::uint32_t>{0, 1, 2, 3}));
  EXPECT_EQ(retries.back(), 14U);
  ASSERT_TRUE(recorder.waitFor(Kind::note, 1));
  EXPECT_EQ(recorder.of(Kind::note).front().reason, Reason::windowClosed);
  EXPECT_EQ(recorder.of(Kind::helloSent).size(), 15U);
  const auto sent = recorder.of(Kind::helloSent);
  EXPECT_NEAR(static_cast<double>((sent[1].meTime - sent[0].meTime).ms), 12'000, 2'000);
  EXPECT_TRUE(fleet.openPorts(0).empty());
}

TEST_F(FleetTest, anUnreachableServicePointIsCountedAndTheScheduleGoesOn) {
  servicePoint.close();
  options.clock.skipIdle = true;
  Fleet fleet(options, {group("amt-3.2.2", 1, false)}, recorder);
  // Only machines whose root table has an active hash start by themselves.
  EXPECT_EQ(fleet.counters().factory, 1U);
  fleet.stop();
  auto withRoot = group("amt-3.2.2", 1, false);
  withRoot.environment.roots = {{1, "root", {wire::HashAlgorithm::sha1, Bytes(20, 1)}, true, true}};
  Fleet second(options, {withRoot}, recorder);
  second.start();
  ASSERT_TRUE(recorder.waitFor(Kind::helloFailed, 3));
  EXPECT_EQ(recorder.of(Kind::helloFailed).front().reason, Reason::connectFailed);
}

TEST_F(FleetTest, aConnectionReachesTheDialledMachineWhicheverShardAcceptsIt) {
  options.shards = 2;
  options.httpPort = static_cast<std::uint16_t>(20000 + getpid() % 5000 * 2);
  options.httpsPort = static_cast<std::uint16_t>(options.httpPort + 1);
  auto machines = group("amt-3.0", 6, false);
  machines.start = Start::operational;
  Fleet fleet(options, {machines}, recorder);
  fleet.start();
  for (int round = 0; round < 5; ++round) {
    for (std::uint32_t index = 0; index < 6; ++index) {
      const auto answer = ask(options.addresses.address(index), kPageRequest);
      EXPECT_NE(answer.find("Intel(R) AMT (ID:" + fleet.identityOf(index).uuid.upperText() + ")"), std::string::npos)
          << index << ": " << answer;
    }
  }
  EXPECT_EQ(ask(options.addresses.address(6), kPageRequest), "");  // nobody's address
  EXPECT_EQ(fleet.counters().requests, 30U);
  EXPECT_EQ(fleet.views().size(), 6U);
}

/// A fleet that is ended and started again with the same state file.
struct StateFleetTest : FleetTest {
  std::filesystem::path file =
      std::filesystem::path(::testing::TempDir()) / ("vme-fleet-" + std::to_string(getpid()) + ".state");

  ~StateFleetTest() override { std::filesystem::remove(file); }
  std::unique_ptr<Fleet> open(const Group& machines) {
    options.state = std::make_shared<StateStore>(file, stateFacts(options, {machines}));
    return std::make_unique<Fleet>(options, std::vector{machines}, recorder);
  }
};

TEST_F(StateFleetTest, machinesInSetupSendTheirHellosAnewAndTheClockGoesOn) {
  options.clock.speed = 600;
  const auto machines = group("amt-2.1", 2, true);
  MeDuration ran;
  {
    const auto fleet = open(machines);
    EXPECT_EQ(fleet->takenUpAt(), fleet->arrivalsFrom());
    fleet->start();
    ASSERT_TRUE(recorder.waitFor(Kind::helloSent, 10));
    fleet->stop();
    fleet->check();
    ran = recorder.of(Kind::helloSent).back().meTime - fleet->takenUpAt();
    EXPECT_GT(ran, MeDuration::seconds(40));  // five hellos of each, 12 s apart
  }
  const auto lastHello = recorder.of(Kind::helloSent).back().meTime;
  servicePoint = tcp::acceptor(context, {boost::asio::ip::address_v4::loopback(), 0});  // without the hellos so far
  options.servicePoint = servicePoint.local_endpoint();
  const auto fleet = open(machines);
  EXPECT_GE(fleet->takenUpAt(), lastHello);
  EXPECT_GE(fleet->takenUpAt() - fleet->arrivalsFrom(), ran);
  for (const auto& view : fleet->views()) {
    EXPECT_TRUE(view.restored);
    EXPECT_EQ(view.state, machine::State::inSetup);
    EXPECT_TRUE(view.hasDeadline);
  }
  fleet->start();
  EXPECT_EQ(receiveHello().hello.retryCount, 0U);
}

TEST_F(StateFleetTest, machinesThatHaveNotArrivedYetArriveWhenTheyWouldHave) {
  auto machines = group("amt-2.1", 3, true);
  machines.arrival.over = MeDuration::hours(3);
  {
    const auto fleet = open(machines);
    fleet->start();
    receiveHello();
    fleet->stop();
  }
  const auto fleet = open(machines);
  const auto views = fleet->views();
  EXPECT_TRUE(views.at(0).restored);
  EXPECT_FALSE(views.at(1).arrived);
  EXPECT_FALSE(views.at(2).arrived);
}

TEST_F(StateFleetTest, anOperationalMachineIsOpenAtOnceAndIsNotSetUpAgain) {
  auto machines = group("amt-5.2", 1, false);
  machines.start = Start::operational;
  std::vector<std::uint16_t> before;
  {
    const auto fleet = open(machines);
    before = fleet->openPorts(0);
    fleet->start();
    fleet->stop();
  }
  machines.operationalPassword = "no";  // would be refused if it were set up again
  const auto fleet = open(machines);
  EXPECT_EQ(fleet->openPorts(0), before);
  EXPECT_EQ(fleet->counters().operational, 1U);
  EXPECT_FALSE(fleet->views().front().hasDeadline);
}

TEST_F(StateFleetTest, aDamagedMachineIsRefusedByItsNumber) {
  const auto machines = group("amt-5.2", 2, false);
  StateDatabase(file, stateFacts(options, {machines})).write({{1, {1, 0, 9}}}, {MeTime{1}, MeDuration{1}});
  try {
    open(machines);
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_EQ(error.what(), file.string() +
                                ": machine 1 is damaged, offset 3: a choice has the unknown number 9. put "
                                "back a copy, or name another file");
  }
}

/// Opens the real ports: these tests run alone (RUN_SERIAL is the acceptance tests' way; here each has its own
/// address).
struct PortsTest : FleetTest {
  PortsTest() {
    options.httpPort = machine::kHttpPort;
    options.httpsPort = machine::kHttpsPort;
  }
  Group operational(const char* profile) {
    auto made = group(profile, 1, false);
    made.start = Start::operational;
    return made;
  }
};

TEST_F(PortsTest, connectionsBeyondTheProfilesLimitAreResetAndTheOthersServed) {
  Fleet fleet(options, {operational("amt-2.1")}, recorder);
  fleet.start();
  std::vector<tcp::socket> open;
  for (int i = 0; i < 3; ++i) {
    open.emplace_back(context);
    open.back().connect({boost::asio::ip::address_v4(options.addresses.base), machine::kHttpPort});
  }
  ASSERT_TRUE(recorder.waitFor(Kind::connected, 3));
  EXPECT_EQ(ask(options.addresses.base, kPageRequest), "");
  ASSERT_TRUE(recorder.waitFor(Kind::requestRefused, 1));
  EXPECT_EQ(recorder.of(Kind::requestRefused).front().reason, Reason::tooManyConnections);
  boost::asio::write(open[1], boost::asio::buffer(std::string_view(kPageRequest)));
  std::string answer(2000, '\0');
  boost::system::error_code error;
  answer.resize(boost::asio::read(open[1], boost::asio::buffer(answer), error));
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 401 Unauthorized\r\n"));
}

TEST_F(PortsTest, bytesThatAreNoHttpAreRefusedAndTheMachineLives) {
  Fleet fleet(options, {operational("amt-5.2")}, recorder);
  fleet.start();
  EXPECT_TRUE(ask(options.addresses.base, "\x16\x03\x01 nonsense\r\n\r\n").starts_with("HTTP/1.1 400 "));
  EXPECT_TRUE(ask(options.addresses.base, "POST /x HTTP/1.1\r\nContent-Length: 999999999\r\n\r\n")
                  .starts_with("HTTP/1.1 413 "));
  EXPECT_TRUE(ask(options.addresses.base, kPageRequest).starts_with("HTTP/1.1 401 "));
}

TEST_F(PortsTest, whereTooManyAreOpenTheOneWithoutProgressForLongestEnds) {
  options.connectionsMax = 2;
  Fleet fleet(options, {operational("amt-3.2.2")}, recorder);
  fleet.start();
  const tcp::endpoint place(boost::asio::ip::address_v4(options.addresses.base), machine::kHttpPort);
  tcp::socket first(context), second(context);
  first.connect(place);
  ASSERT_TRUE(recorder.waitFor(Kind::connected, 1));
  second.connect(place);
  ASSERT_TRUE(recorder.waitFor(Kind::connected, 2));
  EXPECT_TRUE(ask(options.addresses.base, kPageRequest).starts_with("HTTP/1.1 401 "));
  std::string rest(100, '\0');
  boost::system::error_code error;
  boost::asio::read(first, boost::asio::buffer(rest), error);
  EXPECT_EQ(error, boost::asio::error::connection_reset);
  boost::asio::write(second, boost::asio::buffer(std::string_view(kPageRequest)));
  boost::asio::read(second, boost::asio::buffer(rest), error);
  EXPECT_TRUE(rest.starts_with("HTTP/1.1 401 "));
}

/// Fails at the first request, as only a fault of our own could make a handler fail.
class Throwing final : public Observer {
 public:
  bool wants(Kind kind) const override { return kind == Kind::request; }
  void happened(const Happening&) override {
    if (!std::exchange(thrown_, true)) throw std::runtime_error("a fault of ours");
  }

 private:
  bool thrown_ = false;
};

TEST_F(PortsTest, aFaultOfOursEndsOneConnectionAndIsTold) {
  Throwing faulty;
  options.connectionsMax = 1;  // so that the next connection looks at those that are open
  Fleet fleet(options, {operational("amt-3.2.2")}, faulty);
  fleet.start();
  EXPECT_NO_THROW(fleet.check());
  EXPECT_EQ(ask(options.addresses.base, kPageRequest), "");
  EXPECT_TRUE(ask(options.addresses.base, kPageRequest).starts_with("HTTP/1.1 401 "));
  EXPECT_THROW(fleet.check(), std::runtime_error);
}

TEST_F(PortsTest, aClosedPortIsResetAndSaysWhy) {
  Fleet fleet(options, {group("amt-2.1", 1, false)}, recorder);
  fleet.start();
  EXPECT_EQ(ask(options.addresses.base, kPageRequest), "");
  ASSERT_TRUE(recorder.waitFor(Kind::handshakeRefused, 1));
  EXPECT_EQ(recorder.of(Kind::handshakeRefused).front().reason, Reason::setupClosed);
}

}  // namespace
}  // namespace vme::runtime

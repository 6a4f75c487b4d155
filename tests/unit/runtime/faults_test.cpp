// Fault rules on a fleet: who is met, what is told, and that rules can change while the fleet runs.

#include <gmock/gmock.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <condition_variable>
#include <mutex>

#include "profile/catalogue.hpp"
#include "runtime/fleet.hpp"
#include "unit/free_port.hpp"
#include "wire/hello.hpp"

namespace vme::runtime {
namespace {

using namespace std::chrono_literals;
using boost::asio::ip::tcp;
using Kind = Happening::Kind;

constexpr const char* kUnasked = "GET /index.htm HTTP/1.1\r\nHost: me\r\nConnection: close\r\n\r\n";

class Fired final : public Observer {
 public:
  bool wants(Kind kind) const override { return kind == Kind::faultFired || kind == Kind::helloSent; }
  void happened(const Happening& happening) override {
    const std::lock_guard lock(mutex_);
    if (happening.kind == Kind::helloSent) {
      ++hellos_;
    } else {
      fired_.emplace_back(happening.machine, happening.text);
    }
    changed_.notify_all();
  }
  bool waitForHellos(unsigned count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, 20s, [&] { return hellos_ >= count; });
  }
  bool waitForFirings(std::size_t count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, 20s, [&] { return fired_.size() >= count; });
  }
  std::vector<std::pair<std::uint32_t, std::string>> all() {
    const std::lock_guard lock(mutex_);
    return fired_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::pair<std::uint32_t, std::string>> fired_;
  unsigned hellos_ = 0;
};

fault::Rule rule(fault::Point point, fault::Action action) {
  fault::Rule made;
  made.id = "rule";
  made.point = point;
  made.action = std::move(action);
  return made;
}

fault::PlanPtr planOf(std::vector<fault::Rule> rules) {
  return std::make_shared<const fault::Plan>(fault::Plan{std::move(rules)});
}

struct FleetFaults : ::testing::Test {
  boost::asio::io_context context;
  tcp::acceptor servicePoint{context, {boost::asio::ip::address_v4::loopback(), 0}};
  Fired fired;
  FleetOptions options;

  FleetFaults() {
    options.addresses.base = 0x7F5E0000U + static_cast<std::uint32_t>(getpid() % 200) * 256;
    options.servicePoint = servicePoint.local_endpoint();
    options.httpPort = freePort();
    options.httpsPort = freePort();
  }

  static Group group(const char* profile, std::uint32_t machines, fault::PlanPtr plan) {
    Group made;
    made.name = "group";
    made.machines = machines;
    made.profile = profile::Catalogue().find(profile);
    made.enterPsk = true;
    made.environment.setupPassword = "Set-Up1!";
    made.environment.dhcpSuffix = "vme.test";
    made.operationalPassword = "P@ssw0rd";
    made.faults = std::move(plan);
    return made;
  }
  static Group operational(std::uint32_t machines, fault::PlanPtr plan) {
    auto made = group("amt-3.0", machines, std::move(plan));
    made.start = Start::operational;
    return made;
  }

  struct Received {
    Bytes bytes;
    std::string from;
  };
  Received receive() {
    tcp::endpoint peer;
    auto socket = servicePoint.accept(peer);
    Bytes bytes(4096);
    boost::system::error_code error;
    bytes.resize(boost::asio::read(socket, boost::asio::buffer(bytes), error));
    return {bytes, peer.address().to_string()};
  }

  std::string ask(std::uint32_t address) {
    tcp::socket socket(context);
    boost::system::error_code error;
    socket.connect({boost::asio::ip::address_v4(address), options.httpPort}, error);
    boost::asio::write(socket, boost::asio::buffer(std::string_view(kUnasked)), error);
    std::string answer(16384, '\0');
    answer.resize(boost::asio::read(socket, boost::asio::buffer(answer), error));
    return answer;
  }
  std::string text(std::uint32_t address) const { return boost::asio::ip::address_v4(address).to_string(); }
};

TEST_F(FleetFaults, AMachineWithoutAPlanIsAsEver) {
  Fleet fleet(options, {operational(1, nullptr)}, fired);
  fleet.start();
  EXPECT_TRUE(ask(options.addresses.base).starts_with("HTTP/1.1 401 "));
  EXPECT_TRUE(fleet.faultTallies().empty());
}

TEST_F(FleetFaults, RulesComeAndGoWhileTheFleetRuns) {
  Fleet fleet(options, {operational(2, nullptr)}, fired);
  fleet.start();
  EXPECT_NE(ask(options.addresses.address(1)), "");
  auto refuse = rule(fault::Point::connect, fault::Break{});
  refuse.machines = {1};
  fleet.setFaults(0, planOf({refuse}));
  EXPECT_NE(ask(options.addresses.address(0)), "");
  EXPECT_EQ(ask(options.addresses.address(1)), "");
  EXPECT_EQ(fired.all(), (std::vector<std::pair<std::uint32_t, std::string>>{{1, "rule"}}));
  const auto tallies = fleet.faultTallies();
  ASSERT_EQ(tallies.size(), 1U);
  EXPECT_EQ(tallies[0].asked, 1U);
  EXPECT_EQ(tallies[0].fired, 1U);
  fleet.setFaults(0, nullptr);
  EXPECT_NE(ask(options.addresses.address(1)), "");
  EXPECT_EQ(fleet.faultTallies().at(0).fired, 1U);
}

TEST_F(FleetFaults, AHalfOpenConnectionSaysNothing) {
  Fleet fleet(options, {operational(1, planOf({rule(fault::Point::connect, fault::Break{fault::Break::How::stall})}))},
              fired);
  fleet.start();
  tcp::socket socket(context);
  socket.connect({boost::asio::ip::address_v4(options.addresses.base), options.httpPort});
  boost::asio::write(socket, boost::asio::buffer(std::string_view(kUnasked)));
  ASSERT_TRUE(fired.waitForFirings(1));
  socket.non_blocking(true);
  std::array<char, 16> buffer{};
  boost::system::error_code error;
  socket.read_some(boost::asio::buffer(buffer), error);
  EXPECT_EQ(error, boost::asio::error::would_block);
}

TEST_F(FleetFaults, AnAnswerMayBeCutShort) {
  const fault::Cut cut{fault::Cut::How::close, 20};
  Fleet fleet(options, {operational(1, planOf({rule(fault::Point::connect, cut)}))}, fired);
  fleet.start();
  EXPECT_EQ(ask(options.addresses.base), "HTTP/1.1 401 Unautho");
}

TEST_F(FleetFaults, ARestartClosesThePortsForAWhile) {
  auto reboot = rule(fault::Point::connect, fault::Reboot{MeDuration::hours(1)});
  reboot.times = 1;
  Fleet fleet(options, {operational(1, planOf({reboot}))}, fired);
  fleet.start();
  EXPECT_EQ(ask(options.addresses.base), "");
  EXPECT_TRUE(fleet.openPorts(0).empty());
  EXPECT_EQ(fleet.views().front().state, machine::State::operational);
}

TEST_F(FleetFaults, MalformedHellosAreNoHellos) {
  using Malform = fault::Malformed::Kind;
  for (const auto kind : {Malform::tooShort, Malform::trailing, Malform::version}) {
    Fleet fleet(options, {group("amt-2.1", 1, planOf({rule(fault::Point::hello, fault::Malformed{kind})}))}, fired);
    fleet.start();
    EXPECT_FALSE(wire::parseHello(receive().bytes)) << static_cast<int>(kind);
  }
  Fleet fleet(options, {group("amt-2.1", 1, planOf({rule(fault::Point::hello, fault::Malformed{Malform::split})}))},
              fired);
  fleet.start();
  EXPECT_TRUE(wire::parseHello(receive().bytes));
}

TEST_F(FleetFaults, AHelloMayCarryAnotherUuidAndComeFromElsewhere) {
  Uuid uuid;
  uuid.wire.fill(0x77);
  const auto elsewhere = options.addresses.base + 99;
  Fleet fleet(options,
              {group("amt-2.1", 1,
                     planOf({rule(fault::Point::hello, fault::WrongUuid{uuid}),
                             rule(fault::Point::hello, fault::HelloFrom{elsewhere})}))},
              fired);
  fleet.start();
  const auto received = receive();
  EXPECT_EQ(received.from, text(elsewhere));
  const auto hello = wire::parseHello(received.bytes);
  ASSERT_TRUE(hello);
  EXPECT_EQ(hello->uuid, uuid);
}

TEST_F(FleetFaults, AnOvertakenHelloComesAfterTheNextOne) {
  options.clock.speed = 600;
  auto late = rule(fault::Point::hello, fault::Overtaken{});
  late.times = 1;
  Fleet fleet(options, {group("amt-2.1", 1, planOf({late}))}, fired);
  fleet.start();
  std::vector<std::uint32_t> retries;
  for (int i = 0; i < 2; ++i) {
    const auto hello = wire::parseHello(receive().bytes);
    ASSERT_TRUE(hello);
    retries.push_back(hello->retryCount);
  }
  EXPECT_THAT(retries, ::testing::UnorderedElementsAre(0U, 1U));
}

TEST_F(FleetFaults, ADuplicatedHelloComesSeveralTimes) {
  auto twice = rule(fault::Point::hello, fault::Duplicate{2, {}});
  twice.times = 1;
  Fleet fleet(options, {group("amt-2.1", 1, planOf({twice}))}, fired);
  fleet.start();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(wire::parseHello(receive().bytes)->retryCount, 0U);
}

TEST_F(FleetFaults, AMovedMachineAnswersElsewhereOnly) {
  options.clock.speed = 600;
  const auto there = options.addresses.base + 50;
  options.moves = 1;
  Fleet fleet(options, {group("amt-2.1", 1, planOf({rule(fault::Point::hello, fault::Move{there})}))}, fired);
  fleet.start();
  EXPECT_EQ(receive().from, text(options.addresses.base));
  ASSERT_TRUE(fired.waitForHellos(1));
  EXPECT_EQ(receive().from, text(there));
  // Set-up has TLS on the other port; both addresses take connections, and only one has an ME behind it.
  const auto connectionsAfter = [&](std::uint32_t address) {
    const auto before = fleet.counters().connections;
    tcp::socket socket(context);
    boost::system::error_code error;
    socket.connect({boost::asio::ip::address_v4(address), options.httpPort}, error);
    std::array<char, 16> buffer{};
    boost::asio::read(socket, boost::asio::buffer(buffer), error);
    return fleet.counters().connections - before;
  };
  EXPECT_EQ(connectionsAfter(options.addresses.base), 0U);
  EXPECT_EQ(connectionsAfter(there), 1U);
}

TEST_F(FleetFaults, ShardsDoNotChangeWhoIsMet) {
  const auto met = [&](unsigned shards) {
    auto some = rule(fault::Point::connect, fault::Break{});
    some.share = 0.4;
    options.shards = shards;
    Fleet fleet(options, {operational(20, planOf({some}))}, fired);
    fleet.start();
    std::vector<bool> answered;
    for (std::uint32_t i = 0; i < 20; ++i) answered.push_back(!ask(options.addresses.address(i)).empty());
    EXPECT_EQ(fleet.faultTallies().at(0).asked, static_cast<std::uint64_t>(std::ranges::count(answered, false)));
    return answered;
  };
  const auto one = met(1);
  EXPECT_EQ(one, met(2));
  EXPECT_THAT(one, ::testing::Contains(true));
  EXPECT_THAT(one, ::testing::Contains(false));
}

}  // namespace
}  // namespace vme::runtime

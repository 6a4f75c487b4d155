// What befalls machines of a fleet that runs.

#include <gmock/gmock.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <condition_variable>
#include <mutex>

#include "profile/catalogue.hpp"
#include "runtime/act.hpp"
#include "runtime/fleet.hpp"
#include "unit/free_port.hpp"

namespace vme::runtime {
namespace {

using namespace std::chrono_literals;
using boost::asio::ip::tcp;
using Kind = Happening::Kind;

class Notes final : public Observer {
 public:
  bool wants(Kind kind) const override {
    return kind == Kind::note || kind == Kind::updated || kind == Kind::helloFailed;
  }
  void happened(const Happening& happening) override {
    const std::lock_guard lock(mutex_);
    all_.push_back(happening);
    changed_.notify_all();
  }
  bool waitFor(const std::function<bool(const Happening&)>& is) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, 20s, [&] { return std::ranges::any_of(all_, is); });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Happening> all_;
};

struct Acts : ::testing::Test {
  boost::asio::io_context context;
  tcp::acceptor servicePoint{context, {boost::asio::ip::address_v4::loopback(), 0}};
  Notes notes;
  FleetOptions options;
  std::unique_ptr<Fleet> fleet;

  Acts() {
    options.addresses.base = 0x7F550000U + static_cast<std::uint32_t>(getpid() % 200) * 256;  // 127.85.x.0
    options.servicePoint = servicePoint.local_endpoint();
    options.httpPort = freePort();
    options.httpsPort = freePort();
  }

  Group group(const char* profile, Start start) {
    Group made;
    made.name = "group";
    made.machines = 2;
    made.profile = profile::Catalogue().find(profile);
    made.start = start;
    made.environment.dhcpSuffix = "vme.test";
    made.environment.conditions.powerPackage = 3;
    made.operationalPassword = "P@ssw0rd";
    return made;
  }
  void start(Group group) {
    fleet = std::make_unique<Fleet>(options, std::vector{std::move(group)}, notes);
    fleet->start();
  }
  void act(std::uint32_t machine, const Act& what) { fleet->act(std::vector{machine}, what); }
  /// Whether that address serves the page that needs no login.
  bool answers(std::uint32_t address) {
    tcp::socket socket(context);
    boost::system::error_code error;
    socket.connect({boost::asio::ip::address_v4(address), options.httpPort}, error);
    boost::asio::write(socket,
                       boost::asio::buffer(std::string("GET /logon.htm HTTP/1.1\r\nHost: me\r\nConnection: "
                                                       "close\r\n\r\n")),
                       error);
    std::string answer(16384, '\0');
    answer.resize(boost::asio::read(socket, boost::asio::buffer(answer), error));
    return answer.starts_with("HTTP/1.1");
  }
  bool machineAnswers(std::uint32_t machine) { return answers(fleet->identityOf(machine).ipv4); }
};

TEST_F(Acts, powerAndLinkSilenceTheOneMachineThatTheyConcern) {
  start(group("amt-3.2.2", Start::operational));
  EXPECT_TRUE(machineAnswers(0));
  act(0, act::Power{.isBack = false});
  EXPECT_FALSE(machineAnswers(0));
  EXPECT_TRUE(machineAnswers(1));
  act(0, act::Power{.isBack = true});
  EXPECT_TRUE(machineAnswers(0));
  act(1, act::Link{.isUp = false});
  EXPECT_FALSE(machineAnswers(1));
  act(1, act::Link{.isUp = true});
  EXPECT_TRUE(machineAnswers(1));
}

TEST_F(Acts, aMachineThatMovesIsFoundAtItsNewAddressAlone) {
  options.moves = 1;
  start(group("amt-3.2.2", Start::operational));
  const auto old = fleet->identityOf(0).ipv4;
  act(0, act::MoveAddress{});
  EXPECT_NE(fleet->identityOf(0).ipv4, old);
  EXPECT_TRUE(machineAnswers(0));
  EXPECT_FALSE(answers(old));
  EXPECT_TRUE(machineAnswers(1));
}

TEST_F(Acts, anUpdateRunsAtOnceAndAnOlderBuildIsRefused) {
  auto made = group("amt-3.0", Start::operational);
  const profile::Catalogue catalogue;
  made.upgrades = {{catalogue.find("amt-3.2.2"), made.environment}};
  start(std::move(made));
  act(0, act::Update{"amt-3.2.2"});
  EXPECT_TRUE(notes.waitFor([](const Happening& h) { return h.kind == Kind::updated && h.text == "amt-3.2.2"; }));
  act(0, act::Update{"amt-3.2.2"});
  EXPECT_TRUE(notes.waitFor([](const Happening& h) { return h.reason == Reason::updateRefused; }));
  EXPECT_EQ(fleet->views().at(0).profile->name, "amt-3.2.2");
  EXPECT_EQ(fleet->views().at(1).profile->name, "amt-3.0");
}

TEST_F(Acts, whatBefellAMachineBeforeItCameUpStays) {
  auto made = group("amt-3.2.2", Start::bareMetal);
  made.environment.roots = {{1, "Root", {wire::HashAlgorithm::sha1, Bytes(20, 1)}, true, true}};
  fleet = std::make_unique<Fleet>(options, std::vector{std::move(made)}, notes);
  act(0, act::Power{.isBack = false});
  fleet->start();
  tcp::endpoint from;
  servicePoint.accept(from);
  EXPECT_EQ(from.address().to_v4().to_uint(), fleet->identityOf(1).ipv4);
  act(0, act::Power{.isBack = true});
  servicePoint.accept(from);
  EXPECT_EQ(from.address().to_v4().to_uint(), fleet->identityOf(0).ipv4);
}

TEST_F(Acts, hellosFollowTheServicePoint) {
  tcp::acceptor other{context, {boost::asio::ip::address_v4::loopback(), 0}};
  auto made = group("amt-3.2.2", Start::bareMetal);
  made.environment.roots = {{1, "Root", {wire::HashAlgorithm::sha1, Bytes(20, 1)}, true, true}};
  fleet = std::make_unique<Fleet>(options, std::vector{std::move(made)}, notes);
  fleet->moveServicePoint(other.local_endpoint());
  fleet->start();
  tcp::endpoint from;
  other.accept(from);
  EXPECT_FALSE(from.address().is_unspecified());
}

TEST_F(Acts, anMeThatResetsComesBack) {
  options.clock.speed = 600;
  start(group("amt-3.2.2", Start::operational));
  act(0, act::ResetMe{MeDuration::minutes(5)});
  EXPECT_FALSE(machineAnswers(0));
  const auto deadline = std::chrono::steady_clock::now() + 20s;
  bool isBack = false;
  while (!isBack && std::chrono::steady_clock::now() < deadline) isBack = machineAnswers(0);
  EXPECT_TRUE(isBack);
}

}  // namespace
}  // namespace vme::runtime

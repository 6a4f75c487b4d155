// A round trip of AMTHI, GetProvisioningState, by each way that a host has to a virtual ME, beside an echo between two
// processes over a bare socket pair in the same run. Prints one table; run by bench/run.sh.

#include <fcntl.h>
#include <linux/mei.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <thread>

#include "devmei/client.hpp"
#include "devmei/launch.hpp"
#include "devmei/seqpacket.hpp"
#include "devmei/server.hpp"
#include "devmei/supervisor.hpp"
#include "net/spawn.hpp"
#include "profile/catalogue.hpp"
#include "row.hpp"
#include "runtime/fleet.hpp"
#include "wire/amthi.hpp"

namespace vme::bench {
namespace {

using Clock = std::chrono::steady_clock;
constexpr unsigned kTrips = 5000;
constexpr unsigned kRounds = 5;
constexpr std::size_t kAnswer = 20;

[[noreturn]] void die(const char* what) {
  fmt::print(stderr, "bench: {} failed: {}\n", what, std::strerror(errno));
  std::exit(1);
}

double microseconds(Clock::duration time, unsigned trips) {
  return std::chrono::duration<double, std::micro>(time).count() / trips;
}

/// The median of several rounds of `measure`.
template <typename Measure>
double median(Measure measure) {
  std::array<double, kRounds> rounds{};
  for (auto& round : rounds) round = measure();
  std::ranges::sort(rounds);
  return rounds[kRounds / 2];
}

double trips(int fd) {
  const auto request = wire::amthi::request(wire::amthi::Command::getProvisioningState);
  std::array<std::uint8_t, 4160> answer{};
  const auto begin = Clock::now();
  for (unsigned i = 0; i < kTrips; ++i) {
    if (::write(fd, request.data(), request.size()) != static_cast<ssize_t>(request.size())) die("write");
    if (::read(fd, answer.data(), answer.size()) != kAnswer) die("read");
  }
  return microseconds(Clock::now() - begin, kTrips);
}

void echo(int fd) {
  std::array<std::uint8_t, 4160> message{};
  while (::read(fd, message.data(), message.size()) > 0) {
    if (::write(fd, message.data(), kAnswer) != kAnswer) return;
  }
}

double bare() {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) die("socketpair");
  const auto child = ::fork();
  if (child == 0) {
    ::close(ends[0]);
    echo(ends[1]);
    std::_Exit(0);
  }
  ::close(ends[1]);
  const auto took = median([&] { return trips(ends[0]); });
  ::close(ends[0]);
  ::waitpid(child, nullptr, 0);
  return took;
}

/// What runs under the launcher: this program again, which writes its result to the descriptor that is its argument.
int underLauncher(int result) {
  const int fd = ::open("/dev/mei0", O_RDWR);
  mei_connect_client_data data{};
  std::memcpy(&data, wire::heci::kAmthi.wire.data(), wire::heci::kAmthi.wire.size());
  if (fd < 0 || ::ioctl(fd, IOCTL_MEI_CONNECT_CLIENT, &data) != 0) die("connect");
  const double took = median([&] { return trips(fd); });
  return ::write(result, &took, sizeof took) == sizeof took ? 0 : 1;
}

net::Task<double> throughDevice(net::HeciDevice& device) {
  const auto file = co_await device.open();
  if (!file || !co_await (*file)->connect(wire::heci::kAmthi)) die("connect");
  const auto request = wire::amthi::request(wire::amthi::Command::getProvisioningState);
  std::array<double, kRounds> rounds{};
  for (auto& round : rounds) {
    const auto begin = Clock::now();
    for (unsigned i = 0; i < kTrips; ++i) {
      if (!co_await (*file)->write(request)) die("write");
      const auto answer = co_await (*file)->read();
      if (!answer || answer->size() != kAnswer) die("read");
    }
    round = microseconds(Clock::now() - begin, kTrips);
  }
  std::ranges::sort(rounds);
  co_return rounds[kRounds / 2];
}

class Deaf final : public runtime::Observer {
 public:
  bool wants(runtime::Happening::Kind) const override { return false; }
  void happened(const runtime::Happening&) override {}
};

double overSocket(devmei::Server& server) {
  auto folder = (std::filesystem::temp_directory_path() / "vme-bench-XXXXXX").string();
  if (::mkdtemp(folder.data()) == nullptr) die("mkdtemp");
  server.listen(folder + "/0.sock");
  boost::asio::io_context context;
  auto work = boost::asio::make_work_guard(context);
  std::thread thread([&] { context.run(); });
  const auto took = net::runOn(context.get_executor(), [](auto executor, std::string path) -> net::Task<double> {
    devmei::SocketDevice device(executor, path);
    co_return co_await throughDevice(device);
  }(context.get_executor(), folder + "/0.sock"));
  work.reset();
  thread.join();
  std::filesystem::remove_all(folder);
  return took;
}

double underHost(devmei::Launch& launch, devmei::Server& server, int result) {
  auto [host, me] = devmei::makePair();
  server.serve(std::move(me));
  devmei::Supervisor supervisor(std::move(host), true);
  auto listener = launch.go();
  if (supervisor.run(std::move(listener), launch.pid()) != 0) die("the program");
  double took = 0;
  if (::read(result, &took, sizeof took) != sizeof took) die("its result");
  return took;
}

void report() {
  const auto bareEcho = bare();
  std::array<int, 2> pipe{};
  if (::pipe(pipe.data()) != 0) die("pipe");
  // Before the fleet has threads.
  devmei::Launch launch({"/proc/self/exe", "--program", std::to_string(pipe[1])});
  runtime::FleetOptions options;
  options.httpPort = options.httpsPort = 0;
  options.sendHellos = false;
  runtime::Group group;
  group.name = "bench";
  group.machines = 1;
  group.profile = profile::Catalogue().find("amt-3.2.2");
  group.environment.timingScale = 0;
  group.start = runtime::Start::factory;
  Deaf deaf;
  runtime::Fleet fleet(options, {group}, deaf);
  fleet.start();
  auto& device = fleet.heci(0);
  devmei::Server server(device, {});
  const auto inside = net::runOn(device.executor(), throughDevice(device));
  const auto socket = overSocket(server);
  const auto host = underHost(launch, server, pipe[0]);
  server.stop();
  fleet.stop();
  fmt::print("{:<46} {:>10} {:>10} {:<10} {:>6}  aim\n", "HECI, GetProvisioningState by AMTHI", "VirtualME", "echo",
             "unit", "ratio");
  const auto row = [&](const char* what, double took, double aim) {
    printRow(what, took, bareEcho, "us", took / bareEcho, aim, true);
  };
  row("in this process", inside, 1);
  row("over the socket", socket, 3);
  row("under vme host", host, 5);
}

}  // namespace
}  // namespace vme::bench

int main(int argc, char** argv) {
  if (argc > 2 && std::strcmp(argv[1], "--program") == 0) return vme::bench::underLauncher(std::atoi(argv[2]));
  vme::bench::report();
  return 0;
}

#include "state.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <filesystem>
#include <stdexcept>

#include "bare.hpp"
#include "machine/image.hpp"
#include "machine/stores.hpp"
#include "net/pki.hpp"
#include "row.hpp"
#include "runtime/state_store.hpp"
#include "testing/machine_builder.hpp"

namespace vme::bench {
namespace {

using Clock = std::chrono::steady_clock;
using boost::asio::ip::tcp;

constexpr const char* kProfile = "amt-5.2";
constexpr std::uint16_t kPort = 27992;
constexpr std::size_t kBatch = 2048;  // as a shard hands machines over

double secondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// An operational machine with key and certificate in its stores.
std::unique_ptr<testing::BuiltMachine> provisioned() {
  auto built =
      testing::MachineBuilder(kProfile).hostName("vme-bench", "corp.example").operational("Bench-Set1").build();
  auto me = built->me();
  const auto key = net::keyPool(2048, 1).front();
  auto certificate = net::issueCertificate(
      {.commonName = "bench", .serverAuth = true, .notBefore = 0, .notAfter = 4000000000}, key.der, {}, key.der);
  std::uint32_t handle = 0;
  machine::addKey(me, key.der, handle);
  machine::addCertificate(me, std::move(certificate), false, handle);
  return built;
}

class Silent final : public runtime::Observer {
 public:
  bool wants(runtime::Happening::Kind) const override { return false; }
  void happened(const runtime::Happening&) override {}
};

struct Files {
  std::filesystem::path folder = std::filesystem::temp_directory_path() / "vme-bench-state";
  std::filesystem::path own = folder / "own.state", bare = folder / "bare.db", plain = folder / "plain";

  Files() {
    std::filesystem::remove_all(folder);
    std::filesystem::create_directory(folder);
  }
  ~Files() { std::filesystem::remove_all(folder); }
};

/// Encodes every machine and waits until the last one is in the file.
double save(const std::filesystem::path& file, const runtime::StateFacts& facts, const testing::BuiltMachine& machine) {
  const auto start = Clock::now();
  runtime::StateStore store(file, facts);
  store.start();
  for (std::uint32_t index = 0; index < facts.machines();) {
    std::vector<runtime::StateRow> rows;
    for (; index < facts.machines() && rows.size() < kBatch; ++index) {
      rows.push_back({index, machine::encodeImage(machine.hot, machine.overlay.get())});
    }
    store.put(std::move(rows), {machine.now, MeDuration{1}});
  }
  store.finish();
  store.check();
  return secondsSince(start);
}

/// Whether the machine at that address asks who is there.
bool answers(std::uint32_t address) {
  boost::asio::io_context context;
  tcp::socket socket(context);
  boost::system::error_code error;
  socket.connect({boost::asio::ip::address_v4(address), kPort}, error);
  boost::asio::write(socket, boost::asio::buffer(std::string_view("GET / HTTP/1.1\r\nConnection: close\r\n\r\n")),
                     error);
  std::string answer(4096, '\0');
  answer.resize(boost::asio::read(socket, boost::asio::buffer(answer), error));
  return answer.starts_with("HTTP/1.1 ");
}

/// Opens the file, takes up every machine, and waits until the last one answers.
double takeUp(runtime::FleetOptions options, const runtime::Group& group, const std::filesystem::path& file) {
  const auto start = Clock::now();
  options.state = std::make_shared<runtime::StateStore>(file, runtime::stateFacts(options, {group}));
  Silent silent;
  runtime::Fleet fleet(options, {group}, silent);
  fleet.start();
  if (!answers(options.addresses.address(group.machines - 1))) throw std::runtime_error("the last machine is silent");
  const double seconds = secondsSince(start);
  if (fleet.counters().operational != group.machines) throw std::runtime_error("a machine is missing");
  return seconds;
}

}  // namespace

void reportState(unsigned machines) {
  const Files files;
  const auto machine = provisioned();
  runtime::FleetOptions options;
  options.addresses.machines = machines;
  options.httpPort = kPort;
  options.httpsPort = kPort + 1;
  runtime::Group group;
  group.name = "bench";
  group.machines = machines;
  group.profile = std::make_shared<const profile::Profile>(machine->profile);
  const auto image = machine::encodeImage(machine->hot, machine->overlay.get());

  const double saved = save(files.own, runtime::stateFacts(options, {group}), *machine);
  const double inserted = bareInserts(files.bare, image, machines);
  const double read = bareRows(files.bare);
  const double written = bareFile(files.plain, image, machines);
  const double takenUp = takeUp(options, group, files.own);
  const auto name = fmt::format("{} machines, {} B each", machines, image.size());
  printRow("save " + name + " / SQLite", saved, inserted, "s", saved / inserted, 1.5, true);
  printRow("take up " + name + " / SQLite", takenUp, read, "s", takenUp / read, 4.0, true);
  fmt::print("    the file has {:.0f} MB; the same bytes by write and fsync alone: {:.2f} s\n",
             static_cast<double>(std::filesystem::file_size(files.own)) / 1e6, written);
}

}  // namespace vme::bench

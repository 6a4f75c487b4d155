// A capture file's blocks, and a flow's packets as a peer would have seen them.

#include "net/capture.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/error.hpp"
#include "net/pki.hpp"
#include "net/tls.hpp"
#include "testing/memory_channel.hpp"

namespace vme::net {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::size_t kFrame = 28;  // within a packet's block
constexpr wire::TcpEnd kMachine{.mac = {}, .ipv4 = 0x7F100001, .port = 16993};
constexpr wire::TcpEnd kPeer{.mac = {}, .ipv4 = 0x7F000001, .port = 40000};

/// A packet as `> SA 1 0 +5`: direction, flags, sequence, acknowledged, payload; or `secret`.
std::vector<std::string> blocksOf(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  const auto bytes = asBytes(text);
  std::vector<std::string> blocks;
  for (std::size_t at = 0; at < bytes.size(); at += readLe32(bytes, at + 4)) {
    const auto type = readLe32(bytes, at);
    if (type == 10) blocks.emplace_back("secret");
    if (type != 6) continue;
    const auto tcp = at + kFrame + 34;
    const unsigned flags = bytes[tcp + 13];
    const auto header = (bytes[tcp + 12] >> 4U) * 4U;
    const auto payload = readLe32(bytes, at + 20) - 34 - header;
    std::string one = readBe16(bytes, tcp) == kPeer.port ? "> " : "< ";
    for (const auto& [bit, name] : {std::pair{2U, 'S'}, {1U, 'F'}, {4U, 'R'}, {8U, 'P'}, {16U, 'A'}}) {
      if ((flags & bit) != 0) one += name;
    }
    one += " " + std::to_string(readBe32(bytes, tcp + 4)) + " " + std::to_string(readBe32(bytes, tcp + 8));
    if (payload > 0) one += " +" + std::to_string(payload);
    blocks.push_back(one);
  }
  return blocks;
}

class Capture : public ::testing::Test {
 protected:
  std::filesystem::path path = std::filesystem::path(::testing::TempDir()) /
                               (std::string("vme-") + ::testing::UnitTest::GetInstance()->current_test_info()->name());
  std::shared_ptr<CaptureFile> file = std::make_shared<CaptureFile>(path, kCaptureLimit);

  ~Capture() override { std::filesystem::remove(path); }
  std::vector<std::string> blocks() {
    file->finish();
    return blocksOf(path);
  }
};

TEST_F(Capture, AConversationHasItsNumbers) {
  {
    CaptureFlow flow(file, kMachine, kPeer, false);
    flow.received(Bytes(5));
    flow.sent(Bytes(1461));
    flow.peerEnds();
    flow.machineEnds();
    flow.sent(Bytes(3));  // after its end: nothing
  }
  EXPECT_THAT(blocks(), ElementsAre("> S 0 0", "< SA 0 1", "> A 1 1", "> PA 1 1 +5", "< A 1 6 +1460", "< PA 1461 6 +1",
                                    "> FA 6 1462", "< A 1462 7", "< FA 1462 7", "> A 7 1463"));
}

TEST_F(Capture, AMachineThatDialsSendsTheSyn) {
  {
    CaptureFlow flow(file, kMachine, kPeer, true);
  }
  EXPECT_THAT(blocks(), ElementsAre("< S 0 0", "> SA 0 1", "< A 1 1", "< FA 1 1", "> A 1 2"));
}

TEST_F(Capture, AResetIsTheEnd) {
  {
    CaptureFlow flow(file, kMachine, kPeer, false);
    flow.received(Bytes(2));
    flow.reset(true);
    flow.machineEnds();
  }
  EXPECT_THAT(blocks(), ElementsAre("> S 0 0", "< SA 0 1", "> A 1 1", "> PA 1 1 +2", "> RA 3 1"));
}

TEST_F(Capture, SecretsComeBeforeWhatLedToThem) {
  {
    CaptureFlow flow(file, kMachine, kPeer, false);
    flow.received(Bytes(2));
    flow.tlsSecret("CLIENT_RANDOM 00 00");
    flow.reset(false);
  }
  EXPECT_THAT(blocks(), ElementsAre("> S 0 0", "< SA 0 1", "> A 1 1", "secret", "> PA 1 1 +2", "< RA 1 3"));
}

TEST_F(Capture, IsForItsOwnerAlone) {
  struct stat facts{};
  ASSERT_EQ(stat(path.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777U, 0600U);
}

TEST_F(Capture, TakesNothingMoreAtItsLimit) {
  file->finish();
  file = std::make_shared<CaptureFile>(path, 400);
  {
    CaptureFlow flow(file, kMachine, kPeer, false);
  }
  EXPECT_TRUE(file->isFull());
  EXPECT_THAT(blocks(), ElementsAre("> S 0 0", "< SA 0 1", "> A 1 1"));
  EXPECT_LE(std::filesystem::file_size(path), 400U);
}

TEST(CaptureFileErrors, NameTheFileAndWhatToDo) {
  try {
    CaptureFile file("/proc/none/x.pcapng", kCaptureLimit);
    FAIL() << "no error";
  } catch (const EnvironmentError& error) {
    EXPECT_THAT(error.what(), HasSubstr("/proc/none/x.pcapng: cannot be written: No such file or directory. name "));
  }
}

TEST(BackgroundFileErrors, ADiskThatIsFullIsToldAtTheEnd) {
  BackgroundFile file("/dev/full", "free some space");
  file.append("x");
  try {
    file.finish();
    FAIL() << "no error";
  } catch (const EnvironmentError& error) {
    EXPECT_THAT(error.what(), HasSubstr("/dev/full: cannot be written: No space left on device. free some space"));
  }
}

TEST_F(Capture, ATlsSessionTellsItsSecretsBeforeItsApplicationData) {
  asio::io_context context;
  auto [serverEnd, clientEnd] = testing::makeMemoryPair(context.get_executor(), {});
  const auto flow = std::make_shared<CaptureFlow>(file, kMachine, kPeer, false);
  TlsServerOptions options{.credential = selfSignedCredential(keyPool(2048, 1).front())};
  std::vector<std::string> labels;
  options.secrets = [&](std::string_view line) {
    labels.emplace_back(line.substr(0, line.find(' ')));
    flow->tlsSecret(line);
  };
  auto tap = std::make_unique<TapChannel>(std::move(serverEnd), flow);
  TlsChannel server(std::move(tap), options), client(std::move(clientEnd), TlsClientOptions{});
  bool done = false;
  auto serve = [&]() -> Task<void> {
    const auto shaken = co_await server.handshake();
    EXPECT_TRUE(shaken);
    std::array<std::uint8_t, 16> bytes{};
    const auto got = co_await server.read(bytes);
    done = got && *got == 2;
    co_await server.close();
  };
  auto ask = [&]() -> Task<void> {
    const auto shaken = co_await client.handshake();
    EXPECT_TRUE(shaken);
    const Bytes hello{1, 2};
    co_await client.write(hello);
    co_await client.close();
  };
  asio::co_spawn(context, serve(), asio::detached);
  asio::co_spawn(context, ask(), asio::detached);
  context.run();
  EXPECT_TRUE(done);
  EXPECT_THAT(labels, ::testing::Contains("CLIENT_TRAFFIC_SECRET_0"));
  const auto all = blocks();
  EXPECT_EQ(all[3], "secret");  // right after the three packets of the beginning: before the ClientHello
}

}  // namespace
}  // namespace vme::net

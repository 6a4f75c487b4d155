// The server over real sockets: with our own client at the other end, and with peers that keep to nothing.

#include "devmei/server.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <filesystem>
#include <fstream>
#include <thread>

#include "base/error.hpp"
#include "devmei/client.hpp"
#include "devmei/seqpacket.hpp"
#include "fake_device.hpp"

namespace vme::devmei {
namespace {

using namespace std::chrono_literals;
using wire::heci::Error;
using FilePtr = std::unique_ptr<net::HeciFile>;
constexpr DeviceState kState{0, 3, 2, 2, 1046, 0x29B4};
constexpr int kPatienceMs = 20'000;

/// An event loop on a thread of its own, and what runs there while the test waits.
struct Loop {
  net::asio::io_context context;
  net::asio::executor_work_guard<net::asio::io_context::executor_type> work{context.get_executor()};
  std::thread thread{[this] { context.run(); }};

  ~Loop() {
    work.reset();
    thread.join();
  }
  template <typename T>
  T run(net::Task<T> task) {
    return net::asio::co_spawn(context, std::move(task), net::asio::use_future).get();
  }
  template <typename F>
  void call(F function) {
    net::asio::post(context, std::packaged_task<void()>(std::move(function))).get();
  }
};

struct Folder {
  std::string path = (std::filesystem::temp_directory_path() / "vme-test-XXXXXX").string();
  Folder() { EXPECT_NE(::mkdtemp(path.data()), nullptr); }
  ~Folder() { std::filesystem::remove_all(path); }
};

struct ServerTest : ::testing::Test {
  Folder folder;
  std::string path = folder.path + "/0.sock";
  Loop loop;
  FakeDevice device{loop.context.get_executor()};
  Server server{device, kState};

  ~ServerTest() override { server.stop(); }

  /// `count` of the device is `wanted`, or soon will be.
  void expectOpenFiles(std::size_t wanted) {
    std::size_t seen = SIZE_MAX;
    const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(kPatienceMs);
    while (seen != wanted && std::chrono::steady_clock::now() < until) {
      loop.call([&] { seen = device.openFiles; });
    }
    EXPECT_EQ(seen, wanted);
  }
};

/// A client device that lives on the loop.
struct ClientTest : ServerTest {
  std::unique_ptr<SocketDevice> client;

  void SetUp() override {
    server.listen(path);
    loop.call([&] { client = std::make_unique<SocketDevice>(loop.context.get_executor(), path); });
  }
  void TearDown() override {
    loop.call([&] { client.reset(); });
  }
  /// Runs a conversation on the loop; every file in it is closed there.
  template <typename F>
  auto talk(F conversation) {
    return loop.run(conversation(*client));
  }
};

Bytes bytesOf(std::string_view text) {
  const auto view = asBytes(text);
  return {view.begin(), view.end()};
}

TEST_F(ClientTest, aMessageGoesToTheMeAndItsAnswerComesBack) {
  talk([](SocketDevice& heci) -> net::Task<void> {
    auto file = co_await heci.open();
    if (!file) {
      ADD_FAILURE() << nameOf(file.error());
      co_return;
    }
    const auto connected = co_await (*file)->connect(wire::heci::kAmthi);
    EXPECT_EQ(connected, FakeDevice::kProperties);
    const auto message = bytesOf("get versions");
    EXPECT_TRUE(co_await (*file)->write(message));
    EXPECT_EQ(co_await (*file)->read(), message);
    const Bytes longest(4160, 0x11);
    EXPECT_TRUE(co_await (*file)->write(longest));
    EXPECT_EQ(co_await (*file)->read(), longest);
  });
  expectOpenFiles(0);
}

TEST_F(ClientTest, errorsAreThoseOfTheDriver) {
  talk([](SocketDevice& heci) -> net::Task<void> {
    const auto file = *co_await heci.open();
    EXPECT_EQ((co_await file->read()).error(), Error::noDevice);
    const auto early = bytesOf("early");
    EXPECT_EQ((co_await file->write(early)).error(), Error::noDevice);
    EXPECT_EQ((co_await file->connect(wire::heci::kMkhi)).error(), Error::unknownClient);
    EXPECT_EQ((co_await file->connect(wire::heci::kWatchdog)).error(), Error::busy);
    EXPECT_TRUE(co_await file->connect(wire::heci::kAmthi));
    EXPECT_EQ((co_await file->connect(wire::heci::kAmthi)).error(), Error::busy);
    const Bytes tooLong(4161);
    EXPECT_EQ((co_await file->write(tooLong)).error(), Error::tooLong);
    file->setDeadline(std::chrono::steady_clock::now() + 20ms);
    EXPECT_EQ((co_await file->read()).error(), Error::timedOut);
  });
  loop.call([&] { device.openError = Error::noDevice; });
  EXPECT_EQ(talk([](SocketDevice& heci) -> net::Task<Error> { co_return (co_await heci.open()).error(); }),
            Error::noDevice);
}

TEST_F(ClientTest, anEmptyAnswerIsOneAndNoEnd) {
  talk([](SocketDevice& heci) -> net::Task<void> {
    const auto file = *co_await heci.open();
    co_await file->connect(wire::heci::kAmthi);
    const Bytes asked{FakeDevice::kEmpty};
    EXPECT_TRUE(co_await file->write(asked));
    EXPECT_EQ(co_await file->read(), Bytes());
    const auto after = bytesOf("after");
    EXPECT_TRUE(co_await file->write(after));
    EXPECT_EQ(co_await file->read(), after);
  });
}

TEST_F(ClientTest, aResetReachesEveryFileAndANewOneWorks) {
  talk([](SocketDevice& heci) -> net::Task<void> {
    const auto first = *co_await heci.open();
    const auto second = *co_await heci.open();
    co_await first->connect(wire::heci::kAmthi);
    co_await second->connect(wire::heci::kAmthi);
    const Bytes reset{FakeDevice::kReset};
    EXPECT_TRUE(co_await first->write(reset));
    EXPECT_EQ((co_await second->read()).error(), Error::noDevice);
    auto third = std::move(*co_await heci.open());
    EXPECT_TRUE(co_await third->connect(wire::heci::kAmthi));
  });
}

TEST_F(ClientTest, theWriterWaitsWhileTheMeHasNoRoom) {
  loop.call([&] { device.reading = false; });
  talk([](SocketDevice& heci) -> net::Task<void> {
    const auto file = *co_await heci.open();
    co_await file->connect(wire::heci::kAmthi);
    file->setDeadline(std::chrono::steady_clock::now() + 300ms);
    const Bytes message(4000, 0x22);
    Error end = Error::none;
    std::size_t sent = 0;
    for (; end == Error::none && sent < 10'000; ++sent) {
      const auto written = co_await file->write(message);
      if (!written) end = written.error();
    }
    EXPECT_EQ(end, Error::timedOut);
    EXPECT_LT(sent, 200U);  // of 4,000 bytes: what a socket's buffer holds, and no more
  });
  EXPECT_EQ(device.taken, 0U);
  expectOpenFiles(0);  // though its last message never found room
}

TEST_F(ClientTest, manyFilesAtOnce) {
  talk([](SocketDevice& heci) -> net::Task<void> {
    std::vector<FilePtr> files;
    for (unsigned i = 0; i < 255; ++i) files.push_back(std::move(*co_await heci.open()));
    EXPECT_FALSE(co_await heci.open());
    for (const auto& file : files) EXPECT_TRUE(co_await file->connect(wire::heci::kAmthi));
    for (std::size_t i = 0; i < files.size(); ++i) {
      const auto own = bytesOf("message " + std::to_string(i));
      EXPECT_TRUE(co_await files[i]->write(own));
    }
    for (std::size_t i = 0; i < files.size(); ++i) {
      EXPECT_EQ(co_await files[i]->read(), bytesOf("message " + std::to_string(i)));
    }
  });
  EXPECT_EQ(device.mostOpen, 255U);
  expectOpenFiles(0);
}

TEST_F(ClientTest, filesFindTheDeviceGoneWhenItsServerStops) {
  FilePtr file;
  loop.run([](SocketDevice& heci, FilePtr& into) -> net::Task<void> {
    into = std::move(*co_await heci.open());
    co_await into->connect(wire::heci::kAmthi);
  }(*client, file));
  server.stop();
  EXPECT_FALSE(std::filesystem::exists(path));
  EXPECT_EQ(loop.run([](FilePtr& one) -> net::Task<Error> { co_return (co_await one->read()).error(); }(file)),
            Error::noDevice);
  loop.call([&] { file.reset(); });
}

/// A host that is no program of ours: datagrams as they come.
struct RawTest : ServerTest {
  Descriptor control;

  void SetUp() override {
    auto [ours, theirs] = makePair();
    control = std::move(ours);
    server.serve(std::move(theirs));
    EXPECT_EQ(next(), ControlMessage(kState));
  }
  std::optional<ControlMessage> next() {
    Bytes buffer(100);
    if (!waitReadable(control.get(), kPatienceMs)) return std::nullopt;
    const auto received = receiveDatagram(control.get(), buffer);
    if (received.outcome != Io::done) return std::nullopt;
    const auto message = parseControl(ByteView(buffer).first(received.size));
    return message ? std::optional(*message) : std::nullopt;
  }
  void tell(const ControlMessage& message, int fd = -1) {
    EXPECT_EQ(sendDatagram(control.get(), encode(message), fd), Io::done);
  }
  Descriptor open(SessionId id) {
    auto [mine, theirs] = makePair();
    tell(Open{id}, theirs.get());
    EXPECT_EQ(next(), ControlMessage(Opened{id, 0}));
    return std::move(mine);
  }
  static std::optional<Bytes> read(const Descriptor& session) {
    Bytes buffer(5000);
    if (!waitReadable(session.get(), kPatienceMs)) return std::nullopt;
    const auto received = receiveDatagram(session.get(), buffer);
    if (received.outcome != Io::done) return std::nullopt;
    buffer.resize(received.size);
    return buffer;
  }
};

TEST_F(RawTest, dropsMessagesBeforeConnectAndLongerThanTheLimit) {
  const auto session = open(1);
  EXPECT_EQ(sendDatagram(session.get(), asBytes("too early")), Io::done);
  tell(Connect{1, wire::heci::kAmthi});
  EXPECT_EQ(next(), ControlMessage(Connected{1, 0, FakeDevice::kProperties}));
  EXPECT_EQ(sendDatagram(session.get(), Bytes(4161)), Io::done);
  EXPECT_EQ(sendDatagram(session.get(), Bytes()), Io::done);
  EXPECT_EQ(sendDatagram(session.get(), asBytes("right")), Io::done);
  EXPECT_EQ(read(session), bytesOf("right"));
}

TEST_F(RawTest, holdsStillAndCutsTheNextMessage) {
  const auto session = open(1);
  tell(Connect{1, wire::heci::kAmthi});
  EXPECT_EQ(next(), ControlMessage(Connected{1, 0, FakeDevice::kProperties}));
  tell(Hold{1});
  EXPECT_EQ(next(), ControlMessage(Held{1}));
  EXPECT_EQ(sendDatagram(session.get(), asBytes("0123456789")), Io::done);
  EXPECT_EQ(sendDatagram(session.get(), asBytes("next")), Io::done);
  // Both are with the ME when a file that is opened afterwards answers, and nothing came back.
  const auto other = open(2);
  std::size_t taken = 0;
  while (taken < 2) loop.call([&] { taken = device.taken; });
  EXPECT_FALSE(waitReadable(session.get(), 50));
  tell(Release{1, 4});
  EXPECT_EQ(read(session), bytesOf("0123"));
  EXPECT_EQ(read(session), bytesOf("456789"));
  EXPECT_EQ(read(session), bytesOf("next"));
}

TEST_F(RawTest, unknownSessionsAreAnswered) {
  tell(Connect{99, wire::heci::kAmthi});
  EXPECT_EQ(next(), ControlMessage(Connected{99, ENODEV, {}}));
  tell(Hold{99});
  EXPECT_EQ(next(), ControlMessage(Held{99}));
  tell(Release{99, 1});
  tell(Open{3});  // without a descriptor
  EXPECT_EQ(next(), ControlMessage(Opened{3, EINVAL}));
}

TEST_F(RawTest, takesNothingButASeqpacketSocketForASession) {
  const Descriptor file(::open("/dev/null", O_RDWR | O_CLOEXEC));
  tell(Open{1}, file.get());
  EXPECT_EQ(next(), ControlMessage(Opened{1, EINVAL}));
  const Descriptor stream(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  tell(Open{1}, stream.get());
  EXPECT_EQ(next(), ControlMessage(Opened{1, EINVAL}));
  const auto session = open(1);
  auto [mine, theirs] = makePair();
  tell(Open{1}, theirs.get());  // an id that is taken
  EXPECT_EQ(next(), ControlMessage(Opened{1, EINVAL}));
}

TEST_F(RawTest, endsAPeerThatSendsGarbage) {
  const auto session = open(1);
  EXPECT_EQ(sendDatagram(control.get(), asBytes("no message at all")), Io::done);
  EXPECT_EQ(next(), std::nullopt);
  expectOpenFiles(0);
}

TEST_F(RawTest, endsAPeerThatOpensWithoutEndAndReadsNothing) {
  auto [mine, theirs] = makePair();
  SessionId sent = 0;
  for (Io outcome = Io::done; outcome != Io::closed && sent < 100'000;) {
    outcome = sendDatagram(control.get(), encode(Open{sent}), theirs.get());
    if (outcome == Io::done) ++sent;
  }
  EXPECT_LT(sent, 100'000U);
  expectOpenFiles(0);
  EXPECT_LE(device.mostOpen, 255U);
}

TEST_F(RawTest, oneHostDoesNotDisturbAnother) {
  const auto session = open(1);
  tell(Connect{1, wire::heci::kAmthi});
  EXPECT_EQ(next(), ControlMessage(Connected{1, 0, FakeDevice::kProperties}));
  {
    auto [ours, theirs] = makePair();
    server.serve(std::move(theirs));
    auto [mine, end] = makePair();
    EXPECT_EQ(sendDatagram(ours.get(), encode(Open{1}), end.get()), Io::done);
  }
  expectOpenFiles(1);
  EXPECT_EQ(sendDatagram(session.get(), asBytes("still")), Io::done);
  EXPECT_EQ(read(session), bytesOf("still"));
}

TEST_F(RawTest, tellsOfAState) {
  server.announce({3, 3, 2, 2, 1046, 0});
  EXPECT_EQ(next(), ControlMessage(DeviceState{3, 3, 2, 2, 1046, 0}));
}

TEST_F(ServerTest, itsSocketIsForItsOwnerOnlyAndAStaleOneIsReplaced) {
  {
    const auto stale = listenAt(path);
  }
  EXPECT_TRUE(std::filesystem::exists(path));
  server.listen(path);
  struct stat found{};
  ASSERT_EQ(::stat(path.c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777U, 0600U);
  Server second(device, kState);
  EXPECT_THROW(second.listen(path), EnvironmentError);
}

TEST_F(ServerTest, namesWhatIsInItsWay) {
  std::ofstream(path) << "a file";
  EXPECT_THROW(server.listen(path), EnvironmentError);
  EXPECT_TRUE(std::filesystem::exists(path));
  EXPECT_THROW(server.listen(folder.path + "/" + std::string(200, 'x')), EnvironmentError);
  EXPECT_THROW(server.listen(folder.path + "/none/0.sock"), EnvironmentError);
  EXPECT_THROW(connectTo(folder.path + "/none"), EnvironmentError);
}

}  // namespace
}  // namespace vme::devmei

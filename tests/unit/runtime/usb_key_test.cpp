// The file of a USB key: what is read, what is written, and that no record is taken twice.

#include "runtime/usb_key.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <set>
#include <thread>

#include "base/error.hpp"
#include "machine/setup.hpp"
#include "testing/machine_builder.hpp"
#include "wire/setup_bin_variables.hpp"

namespace vme::runtime {
namespace {

namespace setup_bin = wire::setup_bin;
using ::testing::HasSubstr;

struct UsbKeyFile : ::testing::Test {
  std::filesystem::path folder = std::filesystem::path(::testing::TempDir()) / ("usb-key-" + std::to_string(getpid()));
  std::filesystem::path path = folder / "setup.bin";

  void SetUp() override { std::filesystem::create_directories(folder); }
  void TearDown() override { std::filesystem::remove_all(folder); }

  static setup_bin::Record record(std::uint64_t n) {
    const auto pair = wire::drawPskPair(Draw(1, n));
    const auto bytes = [](std::string_view text) { return Bytes(text.begin(), text.end()); };
    setup_bin::Record made;
    made.entries = {{1, 1, bytes("admin")},
                    {1, 2, bytes("P@ssw0rd")},
                    {2, 1, bytes(pair.pidText())},
                    {2, 2, bytes(pair.ppsText())}};
    return made;
  }
  void write(const setup_bin::File& file) const {
    const auto bytes = setup_bin::encode(file);
    ASSERT_TRUE(bytes) << bytes.error().message();
    writeBytes(*bytes);
  }
  void writeBytes(const Bytes& bytes) const {
    const auto text = asText(bytes);
    std::ofstream(path, std::ios::binary).write(text.data(), std::ssize(text));
    chmod(path.c_str(), 0600);
  }
  void writeRecords(std::uint32_t count, std::uint16_t flags = 0) const {
    setup_bin::File file;
    file.header.flags = flags;
    file.header.records = count;
    for (std::uint32_t i = 0; i < count; ++i) file.records.push_back(record(i));
    write(file);
  }
  Bytes content() const {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  std::string errorOf() const {
    try {
      const UsbKey key("--usb-key", path);
    } catch (const ConfigError& error) {
      return error.what();
    }
    return "none";
  }
};

std::unique_ptr<vme::testing::BuiltMachine> insertInto(const UsbKey& key, machine::Effects& effects) {
  auto built = vme::testing::MachineBuilder("amt-2.1").build();
  auto me = built->me();
  key.insertInto(me, effects);
  return built;
}
machine::Note lastNote(const machine::Effects& effects) {
  return std::get<machine::Note>(effects.back());
}

TEST_F(UsbKeyFile, MachinesTakeRecordsInTurnAndOnlyTheCountChanges) {
  writeRecords(2);
  const auto before = content();
  const UsbKey key("--usb-key", path);
  machine::Effects effects;
  for (std::uint32_t n = 0; n < 2; ++n) {
    auto built = insertInto(key, effects);
    EXPECT_EQ(machine::pskPair(built->me())->pidText(), wire::drawPskPair(Draw(1, n)).pidText());
    auto expected = before;
    expected[setup_bin::kConsumedOffset] = static_cast<std::uint8_t>(n + 1);
    EXPECT_EQ(content(), expected);
  }
  const auto late = insertInto(key, effects);
  EXPECT_EQ(late->hot.state, machine::State::factory);
  EXPECT_EQ(lastNote(effects).reason, Reason::usbKeyUsedUp);
  struct stat facts{};
  ASSERT_EQ(stat(path.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777U, 0600U);
}

TEST_F(UsbKeyFile, AKeyThatKeepsItsRecordsServesEveryMachine) {
  writeRecords(1, 1);
  const auto before = content();
  const UsbKey key("--usb-key", path);
  machine::Effects effects;
  for (int n = 0; n < 3; ++n) EXPECT_EQ(insertInto(key, effects)->hot.state, machine::State::inSetup);
  EXPECT_EQ(content(), before);
}

TEST_F(UsbKeyFile, InvalidRecordsArePassedOver) {
  setup_bin::File file;
  file.header.records = 3;
  file.records = {record(0), record(1), record(2)};
  file.records[1] = {.valid = false, .scrambled = false, .entries = {}};
  file.header.consumed = 1;
  write(file);
  const UsbKey key("--usb-key", path);
  machine::Effects effects;
  const auto built = insertInto(key, effects);
  EXPECT_EQ(lastNote(effects).text,
            "USB key: takes record 3 of 3, PID " + wire::displayPid(wire::drawPskPair(Draw(1, 2)).pidText()));
  EXPECT_EQ(content()[setup_bin::kConsumedOffset], 3);
}

TEST_F(UsbKeyFile, ARefusedRecordIsNotConsumed) {
  setup_bin::File file;
  file.header.records = 1;
  file.records = {record(0)};
  file.records[0].entries[0].value = {'w', 'r', 'o', 'n', 'g'};
  write(file);
  const auto before = content();
  const UsbKey key("--usb-key", path);
  machine::Effects effects;
  const auto built = insertInto(key, effects);
  EXPECT_EQ(built->hot.state, machine::State::factory);
  EXPECT_EQ(built->overlay, nullptr);
  EXPECT_THAT(lastNote(effects).text, HasSubstr("2209 - USB Provisioning Error"));
  EXPECT_EQ(content(), before);
}

TEST_F(UsbKeyFile, NoRecordIsTakenTwiceByMachinesOfSeveralThreads) {
  constexpr unsigned kThreads = 8, kEach = 25;
  writeRecords(kThreads * kEach);
  const UsbKey key("--usb-key", path);
  std::vector<std::set<std::string>> pids(kThreads);
  std::vector<std::thread> threads;
  for (auto& own : pids) {
    threads.emplace_back([&key, &own] {
      machine::Effects effects;
      for (unsigned n = 0; n < kEach; ++n) own.insert(machine::pid(insertInto(key, effects)->me()));
    });
  }
  for (auto& thread : threads) thread.join();
  std::set<std::string> all;
  for (const auto& own : pids) all.insert(own.begin(), own.end());
  EXPECT_EQ(all.size(), kThreads * kEach);
  EXPECT_FALSE(all.contains(""));
}

TEST_F(UsbKeyFile, WrongFilesAreRefusedBeforeTheStart) {
  EXPECT_EQ(errorOf(), "--usb-key: " + path.string() + ": is no file. name one made by `vme setup-bin make`");
  writeBytes(Bytes(700));
  EXPECT_THAT(errorOf(), HasSubstr(path.string() + ": offset 0x0: no setup.bin begins with"));
}

TEST_F(UsbKeyFile, AFileThatWentBadMeanwhileIsANote) {
  writeRecords(2);
  const UsbKey key("--usb-key", path);
  auto bytes = content();
  bytes[0x200] = 9;
  writeBytes(bytes);
  machine::Effects effects;
  auto built = insertInto(key, effects);
  EXPECT_EQ(lastNote(effects).reason, Reason::usbKeyIgnored);
  EXPECT_THAT(lastNote(effects).text, HasSubstr(path.string() + ": offset 0x200: the record's type is 9"));
  std::filesystem::resize_file(path, 100);
  built = insertInto(key, effects);
  EXPECT_THAT(lastNote(effects).text, HasSubstr("offset 0x64: the file ends within its header"));
  std::filesystem::remove(path);
  built = insertInto(key, effects);
  EXPECT_THAT(lastNote(effects).text, HasSubstr(path.string() + ": cannot be opened: No such file"));
  EXPECT_EQ(built->hot.state, machine::State::factory);
}

}  // namespace
}  // namespace vme::runtime

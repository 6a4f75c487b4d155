// State files: what is written is there again, and what does not fit is refused and left as it is.

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <fstream>
#include <functional>
#include <map>

#include "base/error.hpp"
#include "machine/image.hpp"
#include "profile/catalogue.hpp"
#include "runtime/state_store.hpp"

namespace vme::runtime {
namespace {

using std::filesystem::path;

std::string contentOf(const path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

struct StateTest : ::testing::Test {
  path folder = path(::testing::TempDir()) / ("vme-state-" + std::to_string(getpid()));
  path file = folder / "fleet.state";
  StateFacts facts{.seed = 7, .firstAddress = 0x7F100001, .groups = {{"desktops", "amt-3.2.2", 10, "uuid"}}};

  StateTest() { std::filesystem::create_directories(folder); }
  ~StateTest() override { std::filesystem::remove_all(folder); }

  std::map<std::uint32_t, Bytes> rows() {
    StateDatabase database(file, facts);
    std::map<std::uint32_t, Bytes> all;
    database.read([&](std::uint32_t machine, ByteView image) { all[machine].assign(image.begin(), image.end()); });
    return all;
  }
  void write(const std::vector<StateRow>& rows, SavedClock clock = {MeTime{1000}, MeDuration{10}}) {
    StateDatabase(file, facts).write(rows, clock);
  }
  /// Changes a finished file from outside.
  void alter(const char* sql) {
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open(file.c_str(), &database), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(database, sql, nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(database);
    sqlite3_close(database);
  }
  /// The error of opening the file, after which every byte of it must be as before.
  std::string refusal() {
    const auto before = contentOf(file);
    std::string text = "taken";
    try {
      rows();
    } catch (const ConfigError& error) {
      text = error.what();
    }
    EXPECT_TRUE(contentOf(file) == before);  // not printed: it is long
    EXPECT_TRUE(text.starts_with(file.string() + ": ")) << text;
    return text.substr(std::min(text.size(), file.string().size() + 2));
  }
};

TEST_F(StateTest, rowsAndClockAreThereAgain) {
  write({{3, {1, 2, 3}}, {9, {4}}});
  write({{3, {5, 6}}, {0, {7}}}, {MeTime{2000}, MeDuration{20}});
  EXPECT_EQ(rows(), (std::map<std::uint32_t, Bytes>{{0, {7}}, {3, {5, 6}}, {9, {4}}}));
  const StateDatabase database(file, facts);
  ASSERT_TRUE(database.saved());
  EXPECT_EQ(database.saved()->time, MeTime{2000});
  EXPECT_EQ(database.saved()->elapsed, MeDuration{20});
}

TEST_F(StateTest, aNewFileHoldsNothingAndIsNobodyElsesToRead) {
  StateDatabase database(file, facts);
  EXPECT_FALSE(database.saved());
  database.write({{1, {1}}}, {});
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    struct stat status{};
    ASSERT_EQ(stat(entry.path().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U) << entry.path();
  }
  EXPECT_TRUE(std::filesystem::exists(file.string() + "-wal"));
}

TEST_F(StateTest, anEmptyFileIsANewOne) {
  std::ofstream(file).close();
  EXPECT_TRUE(rows().empty());
}

TEST_F(StateTest, oneProcessAtATimeHasTheFile) {
  const StateDatabase first(file, facts);
  try {
    const StateDatabase second(file, facts);
    FAIL();
  } catch (const EnvironmentError& error) {
    EXPECT_STREQ(error.what(), (file.string() + ": another process has this state file open. end that one, or name "
                                                "another file")
                                   .c_str());
  }
}

TEST_F(StateTest, whatAKilledProcessCommittedIsThereAndWhatItHadBegunIsNot) {
  const auto copy = folder / "killed.state";
  {
    StateDatabase database(file, facts);
    database.write({{1, Bytes(5000, 1)}, {2, Bytes(5000, 2)}}, {MeTime{5}, MeDuration{5}});
    database.write({{1, Bytes(5000, 3)}, {2, Bytes(5000, 4)}}, {MeTime{6}, MeDuration{6}});
    std::filesystem::copy(file, copy);
    std::filesystem::copy(file.string() + "-wal", copy.string() + "-wal");
  }
  // The journal's last page is lost: with it goes the whole last transaction, never one machine of it.
  file = copy;
  const auto journal = file.string() + "-wal";
  std::filesystem::resize_file(journal, std::filesystem::file_size(journal) - 100);
  EXPECT_EQ(rows(), (std::map<std::uint32_t, Bytes>{{1, Bytes(5000, 1)}, {2, Bytes(5000, 2)}}));
}

TEST_F(StateTest, anotherFleetIsRefused) {
  write({});
  const auto with = [this](const std::function<void(StateFacts&)>& change) {
    const auto own = facts;
    change(facts);
    auto text = refusal();
    facts = own;
    return text;
  };
  EXPECT_EQ(with([](StateFacts& other) { other.seed = 8; }),
            "holds another fleet: seed 7, here 8. run it as it was saved, or name another file");
  EXPECT_EQ(with([](StateFacts& other) { other.firstAddress = 0x7F200001; }),
            "holds another fleet: first address 127.16.0.1, here 127.32.0.1. run it as it was saved, or name another "
            "file");
  EXPECT_EQ(with([](StateFacts& other) { other.groups[0].profile = "amt-5.2"; }),
            "holds another fleet: machines 10 of desktops (amt-3.2.2, first UUID uuid), here 10 of desktops (amt-5.2, "
            "first UUID uuid). run it as it was saved, or name another file");
  EXPECT_NE(with([](StateFacts& other) { other.groups[0].machines = 11; }).find("here 11 of desktops"), 0U);
  EXPECT_NE(with([](StateFacts& other) { other.groups.push_back(other.groups[0]); }).find("machines none, here 10"),
            std::string::npos);
  EXPECT_NE(with([](StateFacts& other) { other.groups.clear(); }).find("here none"), std::string::npos);
  EXPECT_TRUE(rows().empty());  // and this one fits
}

TEST_F(StateTest, otherVersionsAreRefusedAndSayWhoWroteThem) {
  write({{1, {1}}});
  for (const auto version : {0, 999}) {
    alter(
        ("PRAGMA user_version=" + std::to_string(version) + "; UPDATE meta SET value='9.9' WHERE key='tool'").c_str());
    EXPECT_EQ(refusal(), "is of state version " + std::to_string(version) + ", written by vme 9.9; this is vme " +
                             VME_VERSION + ", which reads version 1. use that vme, or name another file");
  }
  alter("DROP TABLE meta");
  EXPECT_TRUE(refusal().starts_with("is of state version 999, written by vme (unknown);"));
}

TEST_F(StateTest, aFileOfTheFirstVersionLoadsForEver) {
  std::filesystem::copy(VME_SOURCE_DIR "/tests/data/state/version-1.state", file);
  const auto all = rows();
  ASSERT_EQ(all.size(), 2U);
  const auto factory = machine::decodeImage(all.at(0));
  const auto inSetup = machine::decodeImage(all.at(3));
  ASSERT_TRUE(factory && inSetup);
  EXPECT_EQ(factory->hot.state, machine::State::factory);
  EXPECT_EQ(inSetup->hot.state, machine::State::inSetup);
  EXPECT_EQ(inSetup->hot.method, machine::SetupMethod::psk);
}

TEST_F(StateTest, whatIsNoStateFileIsRefused) {
  std::ofstream(file)
      << "name: quickstart\nmachines: 10\nsomething that is long enough to have a header of SQLite's ...";
  EXPECT_EQ(refusal(), "is no state file, or was cut. put back a copy, or name another file");
  std::filesystem::remove(file);
  alter("CREATE TABLE books(title)");
  EXPECT_EQ(refusal(), "is a database of another program. name another file");
  EXPECT_THROW(StateDatabase(folder, facts), EnvironmentError);
  EXPECT_THROW(StateDatabase(folder / "none" / "x", facts), EnvironmentError);
}

TEST_F(StateTest, aFileThatIsCutAnywhereIsRefused) {
  std::vector<StateRow> many;
  for (std::uint32_t machine = 0; machine < 10; ++machine) many.push_back({machine, Bytes(9000, 7)});
  write(many);
  const auto whole = contentOf(file);
  ASSERT_GT(whole.size(), 90'000U);
  for (std::size_t size = 1; size < whole.size(); size += 1000) {
    std::ofstream(file, std::ios::binary | std::ios::trunc) << whole.substr(0, size);
    const auto text = refusal();
    EXPECT_TRUE(text.starts_with("is damaged (") || text.starts_with("is no state file")) << size << ": " << text;
  }
}

TEST_F(StateTest, aDamagedClockAndAForeignMachineAreRefused) {
  write({{1, {1}}});
  alter("INSERT INTO machines VALUES(10, x'00')");
  EXPECT_EQ(refusal(), "holds machine 10 of 10. name another file");
  alter("DELETE FROM machines; UPDATE meta SET value='-5' WHERE key='time'");
  EXPECT_EQ(refusal(), "its clock is damaged. put back a copy, or name another file");
  alter("ALTER TABLE machines RENAME TO others");
  EXPECT_EQ(refusal(), "has not the tables of a state file. put back a copy, or name another file");
}

TEST_F(StateTest, theStoreWritesWhatItIsGivenAndTheLatestCounts) {
  {
    StateStore store(file, facts);
    store.start();
    for (std::uint8_t round = 1; round <= 50; ++round) {
      store.put({{round % 10U, {round}}}, {MeTime{round}, MeDuration{round}});
    }
    store.put({}, {MeTime{3}, MeDuration{3}});  // of a shard that is a little behind
    EXPECT_TRUE(store.hasRoom());
    store.finish();
    store.check();
  }
  const auto all = rows();
  ASSERT_EQ(all.size(), 10U);
  for (const auto& [machine, image] : all)
    EXPECT_EQ(image, Bytes{static_cast<std::uint8_t>(machine == 0 ? 50 : 40 + machine)});
  EXPECT_EQ(StateDatabase(file, facts).saved()->time, MeTime{50});
}

/// Lets no file of the process grow beyond `size` while it lives.
class FileLimit {
 public:
  explicit FileLimit(rlim_t size) : handler_(::signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit low{size, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &low);
  }
  ~FileLimit() {
    setrlimit(RLIMIT_FSIZE, &before_);
    ::signal(SIGXFSZ, handler_);
  }

 private:
  sighandler_t handler_;
  rlimit before_{};
};

TEST_F(StateTest, aFullDiskEndsTheWritingAndIsTold) {
  write({{1, {1}}});
  {
    StateStore store(file, facts);
    const FileLimit limit(64 << 10);
    store.start();
    store.put({{1, Bytes(200'000, 2)}}, {MeTime{1}, MeDuration{1}});
    store.finish();
    EXPECT_THROW(store.check(), EnvironmentError);
  }
  EXPECT_EQ(rows(), (std::map<std::uint32_t, Bytes>{{1, {1}}}));
}

TEST(StateFactsTest, nameTheMachinesByGroupProfileAndFirstUuid) {
  Group group;
  group.name = "desktops";
  group.machines = 3;
  group.profile = profile::Catalogue().find("amt-3.2.2");
  auto second = group;
  second.uuid = Uuid::parse("44454c4c-3100-1051-8032-b4c04f4b4d31");
  FleetOptions options;
  options.seed = 5;
  const auto facts = stateFacts(options, {group, second});
  EXPECT_EQ(facts.machines(), 6U);
  EXPECT_EQ(facts.groups.at(0).profile, "amt-3.2.2");
  EXPECT_EQ(facts.groups.at(1).firstUuid, "44454c4c-3100-1051-8032-b4c04f4b4d31");
  EXPECT_NE(facts.groups.at(0).firstUuid, facts.groups.at(1).firstUuid);
}

}  // namespace
}  // namespace vme::runtime

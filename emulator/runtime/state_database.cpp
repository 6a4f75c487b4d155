#include "runtime/state_database.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/ip/address_v4.hpp>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <limits>

#include "base/error.hpp"
#include "runtime/machines.hpp"

namespace vme::runtime {
namespace {

constexpr std::int64_t kApplication = 0x564D4531;  // "VME1"
constexpr const char* kLayout =
    "CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE groups(position INTEGER PRIMARY KEY, name TEXT NOT NULL, profile TEXT NOT NULL,"
    " machines INTEGER NOT NULL, first_uuid TEXT NOT NULL);"
    "CREATE TABLE machines(machine INTEGER PRIMARY KEY, image BLOB NOT NULL);";

/// SQLite gives its files the mode of the database, so that the journal beside it is nobody else's to read either.
void makePrivate(const std::string& file) {
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (descriptor >= 0) ::close(descriptor);
  if (descriptor >= 0 || errno == EEXIST) return;
  throw EnvironmentError(
      file, fmt::format("cannot be made: {}. name a file in a folder that you may write to", std::strerror(errno)));
}

/// SQLite takes a file of a few bytes for an empty database, and a last page that is cut for one with zeros.
bool isWhole(const std::string& file) {
  constexpr std::size_t kHeader = 100;
  constexpr std::string_view kMagic("SQLite format 3\0", 16);
  std::ifstream in(file, std::ios::binary);
  std::string head(kHeader, '\0');
  in.read(head.data(), kHeader);
  if (in.gcount() == 0) return true;
  if (static_cast<std::size_t>(in.gcount()) < kHeader || !head.starts_with(kMagic)) return false;
  const auto sizeByte = [&](std::size_t at) {
    return static_cast<std::uintmax_t>(static_cast<std::uint8_t>(head[at]));
  };
  const auto pageSize = sizeByte(16) << 8U | sizeByte(17);
  return pageSize == 0 || std::filesystem::file_size(file) % (pageSize == 1 ? 65536 : pageSize) == 0;
}

std::string addressText(std::uint32_t address) {
  return boost::asio::ip::address_v4(address).to_string();
}

std::string textOf(const StateFacts::Group& group) {
  return fmt::format("{} of {} ({}, first UUID {})", group.machines, group.name, group.profile, group.firstUuid);
}

template <typename T>
std::optional<T> numberFrom(const std::optional<std::string>& text) {
  T value = 0;
  if (!text) return std::nullopt;
  const auto* end = text->data() + text->size();
  const auto parsed = std::from_chars(text->data(), end, value);
  return parsed.ec == std::errc() && parsed.ptr == end ? std::optional(value) : std::nullopt;
}

}  // namespace

std::uint32_t StateFacts::machines() const {
  std::uint32_t sum = 0;
  for (const auto& group : groups) sum += group.machines;
  return sum;
}

StateFacts stateFacts(const FleetOptions& options, const std::vector<Group>& groups) {
  FleetPlan plan{.options = options, .groups = groups, .firstOfGroup = {}, .machines = 0};
  StateFacts facts{.seed = options.seed, .firstAddress = options.addresses.base, .groups = {}};
  for (const auto& group : groups) {
    plan.firstOfGroup.push_back(plan.machines);
    plan.machines += group.machines;
  }
  plan.options.addresses.machines = plan.machines;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    facts.groups.push_back({.name = groups[i].name,
                            .profile = groups[i].profile->name,
                            .machines = groups[i].machines,
                            .firstUuid = plan.identityOf(plan.firstOfGroup[i]).uuid.text()});
  }
  return facts;
}

/// A prepared statement; step() is true while there is a row.
class StateDatabase::Statement {
 public:
  Statement(const StateDatabase& database, const char* sql) : database_(database) {
    const int code = sqlite3_prepare_v2(database.database_.get(), sql, -1, &statement_, nullptr);
    if (code != SQLITE_OK) database_.fail(code);
  }
  ~Statement() { sqlite3_finalize(statement_); }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  Statement& bind(int at, std::int64_t value) {
    sqlite3_bind_int64(statement_, at, value);
    return *this;
  }
  Statement& bind(int at, const std::string& text) {
    sqlite3_bind_text(statement_, at, text.data(), static_cast<int>(text.size()), nullptr);
    return *this;
  }
  Statement& bind(int at, const Bytes& bytes) {
    sqlite3_bind_blob64(statement_, at, bytes.data(), bytes.size(), nullptr);
    return *this;
  }
  bool step() {
    const int code = sqlite3_step(statement_);
    if (code != SQLITE_ROW && code != SQLITE_DONE) database_.fail(code);
    return code == SQLITE_ROW;
  }
  /// One that gives no rows, made ready for the next values.
  void run() {
    step();
    sqlite3_reset(statement_);
  }
  std::int64_t number(int column) { return sqlite3_column_int64(statement_, column); }
  std::string text(int column) { return std::string(asText(blob(column))); }
  ByteView blob(int column) {
    const auto* bytes = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement_, column));
    return bytes ? ByteView(bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))) : ByteView();
  }

 private:
  const StateDatabase& database_;
  sqlite3_stmt* statement_ = nullptr;
};

StateDatabase::StateDatabase(const std::filesystem::path& file, const StateFacts& facts)
    : place_(file.string()), machines_(facts.machines()) {
  makePrivate(place_);
  if (!isWhole(place_)) refuse("is no state file, or was cut. put back a copy, or name another file");
  open();
  lock();
  check(facts);
  // From here on the file is this fleet's. In WAL mode with "normal", a commit survives the end of the process at
  // once, and a power cut up to the last checkpoint; neither leaves half a transaction.
  execute("PRAGMA journal_mode=WAL");
  execute("PRAGMA synchronous=NORMAL");
  if (!saved_) make(facts);
  sqlite3_db_config(database_.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, nullptr);
}

StateDatabase::StateDatabase(ByteView bytes, const StateFacts& facts) : place_("memory"), machines_(facts.machines()) {
  sqlite3* made = nullptr;
  const int opened = sqlite3_open(":memory:", &made);
  database_.reset(made);
  if (opened != SQLITE_OK) fail(opened);
  const auto size = static_cast<sqlite3_int64>(bytes.size());
  auto* copy = static_cast<unsigned char*>(sqlite3_malloc64(bytes.size()));
  std::ranges::copy(bytes, copy);
  const int code =
      sqlite3_deserialize(made, "main", copy, size, size, SQLITE_DESERIALIZE_READONLY | SQLITE_DESERIALIZE_FREEONCLOSE);
  if (code != SQLITE_OK) fail(code);
  check(facts);
  if (!saved_) refuse("holds nothing. name another file");
}

void StateDatabase::open() {
  sqlite3* made = nullptr;
  const int code = sqlite3_open_v2(place_.c_str(), &made, SQLITE_OPEN_READWRITE, nullptr);
  database_.reset(made);
  if (code != SQLITE_OK) fail(code);
  // Until it is known to be ours, closing must not touch it.
  sqlite3_db_config(made, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
}

void StateDatabase::lock() {
  execute("PRAGMA page_size=8192");  // of a new file
  execute("PRAGMA locking_mode=EXCLUSIVE");
  execute("BEGIN EXCLUSIVE");
  number("SELECT count(*) FROM sqlite_schema");
  execute("COMMIT");
}

void StateDatabase::check(const StateFacts& facts) {
  execute("PRAGMA trusted_schema=OFF");
  execute("PRAGMA cell_size_check=ON");
  const bool empty = number("SELECT count(*) FROM sqlite_schema") == 0 && number("PRAGMA application_id") == 0;
  if (empty) return;
  checkVersion();
  checkFleet(facts);
  const auto time = numberFrom<std::int64_t>(meta("time"));
  const auto elapsed = numberFrom<std::int64_t>(meta("elapsed"));
  constexpr std::int64_t kYear9999 = 253'402'300'800'000;
  if (!time || *time < 0 || *time > kYear9999 || !elapsed || *elapsed < 0 || *elapsed > kYear9999) {
    refuse("its clock is damaged. put back a copy, or name another file");
  }
  saved_ = SavedClock{MeTime{*time}, MeDuration{*elapsed}};
}

void StateDatabase::checkVersion() {
  if (number("PRAGMA application_id") != kApplication) {
    refuse("is a database of another program. name another file");
  }
  const auto version = number("PRAGMA user_version");
  if (version != kStateVersion) {
    const bool hasMeta = number("SELECT count(*) FROM sqlite_schema WHERE type='table' AND name='meta'") == 1;
    const auto tool = hasMeta ? meta("tool") : std::nullopt;
    refuse(
        fmt::format("is of state version {}, written by vme {}; this is vme {}, which reads version {}. use that "
                    "vme, or name another file",
                    version, tool.value_or("(unknown)"), VME_VERSION, kStateVersion));
  }
  const auto tables =
      number("SELECT count(*) FROM sqlite_schema WHERE type='table' AND name IN ('meta','groups','machines')");
  if (tables != 3 || number("SELECT count(*) FROM sqlite_schema WHERE type IN ('view','trigger')") != 0) {
    refuse("has not the tables of a state file. put back a copy, or name another file");
  }
}

void StateDatabase::checkFleet(const StateFacts& facts) {
  const auto another = [this](const std::string& what, const std::string& saved, const std::string& now) {
    refuse(fmt::format("holds another fleet: {} {}, here {}. run it as it was saved, or name another file", what, saved,
                       now));
  };
  const auto seed = meta("seed").value_or("(none)");
  if (seed != std::to_string(facts.seed)) another("seed", seed, std::to_string(facts.seed));
  const auto address = meta("first-address").value_or("(none)");
  if (address != addressText(facts.firstAddress)) another("first address", address, addressText(facts.firstAddress));
  const auto saved = savedGroups();
  const auto& wanted = facts.groups;
  for (std::size_t i = 0; i < std::max(saved.size(), wanted.size()); ++i) {
    const auto have = i < saved.size() ? textOf(saved[i]) : "none";
    const auto want = i < wanted.size() ? textOf(wanted[i]) : "none";
    if (i >= saved.size() || i >= wanted.size() || saved[i] != wanted[i]) another("machines", have, want);
  }
}

std::vector<StateFacts::Group> StateDatabase::savedGroups() {
  std::vector<StateFacts::Group> all;
  Statement groups(*this, "SELECT name, profile, machines, first_uuid FROM groups ORDER BY position");
  while (groups.step()) {
    const auto machines = groups.number(2);
    const bool fits = machines > 0 && machines <= std::numeric_limits<std::uint32_t>::max();
    all.push_back({.name = groups.text(0),
                   .profile = groups.text(1),
                   .machines = fits ? static_cast<std::uint32_t>(machines) : 0,
                   .firstUuid = groups.text(3)});
  }
  return all;
}

StateFacts StateDatabase::factsOf(const std::filesystem::path& file) {
  StateDatabase database(file.string());
  std::error_code error;
  if (!std::filesystem::is_regular_file(file, error)) database.refuse("there is no such state file. name one");
  if (!isWhole(database.place_)) database.refuse("is no state file, or was cut. put back a copy, or name another file");
  database.open();
  database.checkVersion();
  StateFacts facts;
  const auto seed = numberFrom<std::uint64_t>(database.meta("seed"));
  boost::system::error_code malformed;
  const auto address = boost::asio::ip::make_address_v4(database.meta("first-address").value_or(""), malformed);
  facts.groups = database.savedGroups();
  if (!seed || malformed || facts.groups.empty()) {
    database.refuse("its description of the fleet is damaged. put back a copy, or name another file");
  }
  facts.seed = *seed;
  facts.firstAddress = address.to_uint();
  return facts;
}

void StateDatabase::make(const StateFacts& facts) {
  execute("BEGIN IMMEDIATE");
  execute(kLayout);
  execute(fmt::format("PRAGMA application_id={}", kApplication).c_str());
  execute(fmt::format("PRAGMA user_version={}", kStateVersion).c_str());
  Statement entry(*this, "INSERT INTO meta VALUES(?,?)");
  const std::pair<std::string, std::string> entries[] = {{"tool", VME_VERSION},
                                                         {"seed", std::to_string(facts.seed)},
                                                         {"first-address", addressText(facts.firstAddress)},
                                                         {"time", "0"},
                                                         {"elapsed", "0"}};
  for (const auto& [key, value] : entries) entry.bind(1, key).bind(2, value).run();
  Statement row(*this, "INSERT INTO groups VALUES(?,?,?,?,?)");
  for (std::size_t i = 0; i < facts.groups.size(); ++i) {
    const auto& group = facts.groups[i];
    row.bind(1, static_cast<std::int64_t>(i)).bind(2, group.name).bind(3, group.profile);
    row.bind(4, std::int64_t{group.machines}).bind(5, group.firstUuid).run();
  }
  execute("COMMIT");
}

void StateDatabase::read(const std::function<void(std::uint32_t, ByteView)>& visit) {
  Statement rows(*this, "SELECT machine, image FROM machines ORDER BY machine");
  while (rows.step()) {
    const auto machine = rows.number(0);
    if (machine < 0 || machine >= machines_)
      refuse(fmt::format("holds machine {} of {}. name another file", machine, machines_));
    visit(static_cast<std::uint32_t>(machine), rows.blob(1));
  }
}

void StateDatabase::write(const std::vector<StateRow>& rows, const SavedClock& clock) {
  execute("BEGIN IMMEDIATE");
  Statement row(*this, "INSERT INTO machines VALUES(?,?) ON CONFLICT(machine) DO UPDATE SET image=excluded.image");
  for (const auto& [machine, image] : rows) row.bind(1, std::int64_t{machine}).bind(2, image).run();
  Statement entry(*this, "UPDATE meta SET value=? WHERE key=?");
  entry.bind(1, std::to_string(clock.time.ms)).bind(2, std::string("time")).run();
  entry.bind(1, std::to_string(clock.elapsed.ms)).bind(2, std::string("elapsed")).run();
  execute("COMMIT");
}

std::optional<std::string> StateDatabase::meta(const char* key) {
  Statement entry(*this, "SELECT value FROM meta WHERE key=?");
  const std::string name(key);
  entry.bind(1, name);
  return entry.step() ? std::optional(entry.text(0)) : std::nullopt;
}

void StateDatabase::execute(const char* sql) {
  const int code = sqlite3_exec(database_.get(), sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) fail(code);
}

std::int64_t StateDatabase::number(const char* sql) {
  Statement statement(*this, sql);
  return statement.step() ? statement.number(0) : 0;
}

void StateDatabase::fail(int code) const {
  const std::string text = database_ ? sqlite3_errmsg(database_.get()) : sqlite3_errstr(code);
  switch (code & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      throw EnvironmentError(place_, "another process has this state file open. end that one, or name another file");
    case SQLITE_NOTADB:
      refuse("is no state file, or was cut. put back a copy, or name another file");
    case SQLITE_CORRUPT:
    case SQLITE_ERROR:
      refuse(fmt::format("is damaged ({}). put back a copy, or name another file", text));
    case SQLITE_FULL:
      throw EnvironmentError(place_, "the disk is full. make room");
    default:
      throw EnvironmentError(place_, fmt::format("the state file cannot be used: {}. check its folder, its "
                                                 "permissions and the disk",
                                                 text));
  }
}

void StateDatabase::refuse(const std::string& text) const {
  throw ConfigError(place_, text);
}

}  // namespace vme::runtime

#pragma once
// A state file: an SQLite database with one row a machine, which is written whole or not at all. Opening it checks that
// it belongs to this fleet; what does not fit is refused, and the file stays as it was.
//
//   meta      key, value: tool (the version that made it), seed, first-address, time and elapsed (of the fleet, in ms)
//   groups    position, name, profile, machines, first_uuid
//   machines  machine (its index), image (machine/image.hpp)
//
// The version of this layout is the database's user_version. One process at a time holds the file.

#include <sqlite3.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/me_time.hpp"
#include "runtime/fleet.hpp"

namespace vme::runtime {

inline constexpr std::int64_t kStateVersion = 1;

/// Whose state a file holds.
struct StateFacts {
  struct Group {
    std::string name, profile;
    std::uint32_t machines = 0;
    std::string firstUuid;
    bool operator==(const Group&) const = default;
  };
  std::uint64_t seed = 1;
  std::uint32_t firstAddress = 0;
  std::vector<Group> groups;

  std::uint32_t machines() const;
};
StateFacts stateFacts(const FleetOptions& options, const std::vector<Group>& groups);

/// Where the fleet stood when the file was last written.
struct SavedClock {
  MeTime time;         // of the fleet's clock
  MeDuration elapsed;  // of it, since the first start
};

struct StateRow {
  std::uint32_t machine = 0;
  Bytes image;
};

class StateDatabase {
 public:
  /// Makes the file (mode 0600) when there is none. ConfigError where it does not fit, EnvironmentError where it cannot
  /// be opened or another process has it.
  StateDatabase(const std::filesystem::path& file, const StateFacts& facts);
  /// A database from memory, for fuzzing; it must be there.
  StateDatabase(ByteView bytes, const StateFacts& facts);

  /// Whose state the file holds. ConfigError when there is none, or it is no state file; EnvironmentError while another
  /// process has it.
  static StateFacts factsOf(const std::filesystem::path& file);

  /// Nothing for a new file.
  const std::optional<SavedClock>& saved() const { return saved_; }
  /// Every machine that has a row. ConfigError where the file is damaged.
  void read(const std::function<void(std::uint32_t machine, ByteView image)>& visit);
  /// All rows in one transaction. EnvironmentError.
  void write(const std::vector<StateRow>& rows, const SavedClock& clock);

 private:
  struct Close {
    void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
  };
  class Statement;

  explicit StateDatabase(std::string place) : place_(std::move(place)) {}
  void open();
  void lock();
  void check(const StateFacts& facts);
  void checkVersion();
  void checkFleet(const StateFacts& facts);
  std::vector<StateFacts::Group> savedGroups();
  void make(const StateFacts& facts);
  std::optional<std::string> meta(const char* key);
  void execute(const char* sql);
  std::int64_t number(const char* sql);
  [[noreturn]] void fail(int code) const;
  [[noreturn]] void refuse(const std::string& text) const;

  std::string place_;
  std::unique_ptr<sqlite3, Close> database_;
  std::optional<SavedClock> saved_;
  std::uint32_t machines_ = 0;
};

}  // namespace vme::runtime

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>

#include "bare.hpp"

namespace vme::bench {
namespace {

using Clock = std::chrono::steady_clock;
constexpr unsigned kTransaction = 2048;

void require(bool condition, const char* what) {
  if (!condition) throw std::runtime_error(std::string("bare counterpart: ") + what);
}

double secondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

class Database {
 public:
  explicit Database(const std::string& file) { require(sqlite3_open(file.c_str(), &handle_) == SQLITE_OK, "open"); }
  ~Database() { sqlite3_close(handle_); }
  void execute(const char* sql) { require(sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr) == SQLITE_OK, sql); }
  std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)> prepare(const char* sql) {
    sqlite3_stmt* statement = nullptr;
    require(sqlite3_prepare_v2(handle_, sql, -1, &statement, nullptr) == SQLITE_OK, sql);
    return {statement, sqlite3_finalize};
  }

 private:
  sqlite3* handle_ = nullptr;
};

}  // namespace

double bareInserts(const std::string& file, const Bytes& image, unsigned count) {
  const auto start = Clock::now();
  {
    Database database(file);
    database.execute("PRAGMA page_size=8192; PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL");
    database.execute("CREATE TABLE machines(machine INTEGER PRIMARY KEY, image BLOB)");
    const auto insert = database.prepare("INSERT INTO machines VALUES(?,?)");
    for (unsigned i = 0; i < count; ++i) {
      if (i % kTransaction == 0) database.execute(i == 0 ? "BEGIN" : "COMMIT; BEGIN");
      sqlite3_bind_int64(insert.get(), 1, i);
      sqlite3_bind_blob64(insert.get(), 2, image.data(), image.size(), nullptr);
      require(sqlite3_step(insert.get()) == SQLITE_DONE, "insert");
      sqlite3_reset(insert.get());
    }
    database.execute("COMMIT");
  }
  return secondsSince(start);
}

double bareRows(const std::string& file) {
  const auto start = Clock::now();
  Database database(file);
  const auto rows = database.prepare("SELECT machine, image FROM machines");
  std::vector<Bytes> images;
  while (sqlite3_step(rows.get()) == SQLITE_ROW) {
    const auto* bytes = static_cast<const std::uint8_t*>(sqlite3_column_blob(rows.get(), 1));
    images.emplace_back(bytes, bytes + sqlite3_column_bytes(rows.get(), 1));
  }
  return secondsSince(start);
}

double bareFile(const std::string& file, const Bytes& image, unsigned count) {
  const auto start = Clock::now();
  Bytes all;
  for (unsigned i = 0; i < count; ++i) all.insert(all.end(), image.begin(), image.end());
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  require(descriptor >= 0, "a file cannot be made");
  for (std::size_t at = 0; at < all.size();) {
    const auto written = ::write(descriptor, all.data() + at, all.size() - at);
    require(written > 0, "a file cannot be written");
    at += static_cast<std::size_t>(written);
  }
  require(::fsync(descriptor) == 0, "a file cannot be synchronised");
  ::close(descriptor);
  return secondsSince(start);
}

}  // namespace vme::bench

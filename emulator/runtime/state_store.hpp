#pragma once
// Writes machines to a state file from a thread of its own. Shards hand over what has changed as bytes, so that no
// machine waits for a disk; the thread writes all that waits in one transaction.

#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>

#include "runtime/state_database.hpp"

namespace vme::runtime {

class StateStore {
 public:
  StateStore(const std::filesystem::path& file, const StateFacts& facts);
  ~StateStore();
  StateStore(const StateStore&) = delete;
  StateStore& operator=(const StateStore&) = delete;

  // Before start().
  const std::filesystem::path& file() const { return file_; }
  const std::optional<SavedClock>& saved() const { return database_->saved(); }
  void read(const std::function<void(std::uint32_t machine, ByteView image)>& visit) { database_->read(visit); }

  void start();
  /// From any thread; a later row of a machine counts.
  void put(std::vector<StateRow> rows, const SavedClock& clock);
  /// False while so much waits that a shard had better keep its changes for later.
  bool hasRoom() const;
  /// Throws what ended the writing, if anything did.
  void check() const;
  /// Writes what waits, and closes the file.
  void finish();

 private:
  void work();

  std::filesystem::path file_;
  std::unique_ptr<StateDatabase> database_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<StateRow> waiting_;
  std::size_t waitingBytes_ = 0;
  std::optional<SavedClock> clock_;  // to be written
  bool stopping_ = false;
  std::exception_ptr failure_;
  std::thread thread_;
};

}  // namespace vme::runtime

#pragma once
// The open files of the simulated device in all processes of the program, as the launcher knows them, and the control
// connection to the ME that they belong to.

#include <cstdint>
#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

#include "devmei/control.hpp"
#include "devmei/notifications.hpp"

namespace vme::devmei {

struct DeviceFile {
  enum class Phase { opening, unconnected, connecting, connected, gone };

  SessionId id = 0;
  std::uint64_t inode = 0;  // of the program's end of the session's socket: the same in copies of its descriptor
  Descriptor meEnd;         // a copy of the ME's end: tells when the program has closed its last one
  Phase phase = Phase::opening;
  wire::heci::Properties properties;
  std::optional<Call> waiting;  // of open or connect

  struct Paused {
    Call call;
    std::size_t size = 0;
  };
  std::vector<Paused> paused;  // reads and writes until the ME holds still
  /// Whose read the ME will cut its next message for. Another call of that thread means that the read was given up.
  std::optional<pid_t> cutFor;

  // Of the open that waits.
  Descriptor programEnd;
  bool closeOnExec = false;

  bool connected() const { return phase == Phase::connected; }
};

class DeviceFiles {
 public:
  explicit DeviceFiles(const Descriptor& control) : control_(control) {}

  /// A new file, whose OPEN is on its way. Nothing when there is no room for it.
  DeviceFile* create();
  DeviceFile* byInode(std::uint64_t inode);
  DeviceFile* byId(SessionId id);
  void erase(SessionId id);
  /// False: the ME is gone.
  bool tell(const ControlMessage& message, int passed = -1);
  auto begin() { return files_.begin(); }
  auto end() { return files_.end(); }

 private:
  const Descriptor& control_;
  SessionId next_ = 0;
  std::map<SessionId, DeviceFile> files_;
  std::unordered_map<std::uint64_t, SessionId> inodes_;
};

}  // namespace vme::devmei

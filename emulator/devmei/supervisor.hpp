#pragma once
// Answers the system calls of a program that concern the simulated device, for as long as one of its processes lives.
// Checked mode of heci.md 7.4: the supervisor judges each read and write, and the kernel carries it out on the
// session's socket. It knows the ME by the control protocol only.

#include "devmei/device_files.hpp"
#include "devmei/launch.hpp"
#include "devmei/sysfs_tree.hpp"

namespace vme::devmei {

class Supervisor {
 public:
  /// `driver`: the simulated PC has one; otherwise there is no device. Waits for the ME's first word; throws
  /// EnvironmentError when that does not come.
  Supervisor(Descriptor control, bool driver);

  /// Until no process of the program is left. The program's exit status, 128 + N when signal N ended it.
  int run(Descriptor listener, pid_t program);

 private:
  enum class Entry { other, absent, node, sysfs };
  struct Named {
    Entry entry = Entry::other;
    std::string file;  // that stands for a sysfs entry
  };

  void watch(int fd, std::uint32_t events, std::uint64_t key) const;
  void onCall();
  void onControl();
  void onEnd(SessionId session);
  void onSignals();
  void reapChildren();
  void loseEverything();

  Answer decide(const Call& call);
  Answer onPath(const Call& call);
  Answer onIoctl(const Call& call);
  Answer onFile(const Call& call);
  Answer onRead(const Call& call, DeviceFile& file, std::size_t size);
  Answer onWrite(const Call& call, DeviceFile& file, std::size_t size);
  Answer pause(const Call& call, DeviceFile& file, std::size_t size);
  Answer readNow(const Call& call, DeviceFile& file, std::size_t size);
  Named name(const Call& call, std::uint64_t path, int folder) const;
  Answer openNode(const Call& call, std::uint64_t flags);
  Answer openEntry(const Call& call, const std::string& file, std::uint64_t flags);
  Answer connect(const Call& call, DeviceFile& file);

  void on(const Opened& message);
  void on(const Connected& message);
  void on(const Disconnected& message);
  void on(const DeviceState& message);
  void on(const Held& message);
  template <typename T>
  void on(const T&) {}  // of a host to an ME
  void lose(DeviceFile& file);

  Descriptor control_;
  bool driver_;
  DeviceState state_;
  std::optional<SysfsTree> tree_;
  DeviceFiles files_;
  Descriptor poll_;
  Descriptor signals_;
  std::optional<Notifications> notifications_;
  pid_t program_ = -1;
  std::optional<int> status_;
};

}  // namespace vme::devmei

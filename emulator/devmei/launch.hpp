#pragma once
// Starts a program whose file calls a supervisor answers. Two steps, because a process must be forked before the fleet
// of this one has threads, and must not run before its ME is up: the constructor forks a child that waits, go() lets it
// become the program.

#include <signal.h>
#include <sys/types.h>

#include <string>
#include <vector>

#include "devmei/descriptor.hpp"

namespace vme::devmei {

/// Those that the supervisor passes on to the program, and that of an ended child. Blocked from a Launch on.
sigset_t supervisedSignals();

class Launch {
 public:
  /// To be called while the process has one thread. Throws EnvironmentError when the kernel does not let this process
  /// look into its child.
  explicit Launch(const std::vector<std::string>& command);
  /// A child that was not let go ends.
  ~Launch();
  Launch(const Launch&) = delete;
  Launch& operator=(const Launch&) = delete;

  /// The descriptor that notifications come from. Throws ConfigError when there is no such program, EnvironmentError
  /// when the kernel has no user notification or this process is supervised already.
  Descriptor go();
  pid_t pid() const { return pid_; }

 private:
  [[noreturn]] void becomeProgram(const std::vector<std::string>& command, Descriptor link, const sigset_t& mask);
  void reap();

  std::string program_;
  Descriptor link_;  // to the child, until it is the program
  pid_t pid_ = -1;
};

}  // namespace vme::devmei

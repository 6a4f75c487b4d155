#include "devmei/launch.hpp"

#include <sys/resource.h>
#include <sys/uio.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

#include "base/error.hpp"
#include "devmei/filter.hpp"
#include "devmei/seqpacket.hpp"

namespace vme::devmei {
namespace {

constexpr const char* kPlace = "vme host";
constexpr const char* kOffer =
    "; or use the socket: `vme serve --heci DIR` gives one that needs none of this (docs/heci.md)";

/// What the child says of itself: whether it has the filter, whose listener comes along, and then only if it could not
/// become the program.
struct Report {
  FilterFailure failure;
  bool exec = false;
};

std::string reason(int error) {
  return std::error_code(error, std::generic_category()).message();
}

ByteView bytesOf(const Report& report) {
  return {reinterpret_cast<const std::uint8_t*>(&report), sizeof report};
}

/// Descriptors of the device need numbers up to kLastFile.
void raiseDescriptorLimit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur > kLastFile) return;
  limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, kLastFile + 1);
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

[[noreturn]] void refuse(const FilterFailure& failure) {
  const auto why = reason(failure.error);
  switch (failure.step) {
    case FilterFailure::Step::privileges:
      throw EnvironmentError(kPlace,
                             "the kernel refuses no_new_privs (" + why + "). run it outside this sandbox" + kOffer);
    case FilterFailure::Step::build:
      throw EnvironmentError(
          kPlace, "the kernel has no seccomp user notification. use Linux 5.14 or newer" + std::string(kOffer));
    case FilterFailure::Step::install:
      if (failure.error == EBUSY) {
        throw EnvironmentError(kPlace,
                               "a supervisor answers this process's system calls already (another `vme host`, or a "
                               "container's). run it outside of that" +
                                   std::string(kOffer));
      }
      throw EnvironmentError(kPlace, "the kernel refuses a seccomp user notification (" + why +
                                         "). use Linux 5.14 or newer, and a sandbox that permits seccomp()" + kOffer);
    case FilterFailure::Step::none:
      break;
  }
  throw EnvironmentError(kPlace, "the program did not start. try again");
}

}  // namespace

sigset_t supervisedSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const auto number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGCHLD}) sigaddset(&signals, number);
  return signals;
}

Launch::Launch(const std::vector<std::string>& command) : program_(command.front()) {
  auto [mine, childs] = makePair();
  // The supervisor takes these from a descriptor, so they must reach no thread that is started from here on.
  sigset_t taken = supervisedSignals();
  sigset_t before;
  ::sigprocmask(SIG_BLOCK, &taken, &before);
  pid_ = ::fork();
  if (pid_ < 0) throw EnvironmentError(kPlace, "cannot start a process: " + reason(errno) + ". end others");
  if (pid_ == 0) {
    mine.reset();
    becomeProgram(command, std::move(childs), before);
  }
  link_ = std::move(mine);
  // The child is still a copy of this process, so any address of it is one of the child's.
  int probe = 0;
  iovec local{&probe, sizeof probe};
  iovec remote{&pid_, sizeof pid_};
  if (::process_vm_readv(pid_, &local, 1, &remote, 1, 0) < 0) {
    const auto why = reason(errno);
    reap();
    throw EnvironmentError(kPlace, "may not look into the memory of its own child (" + why +
                                       "). set kernel.yama.ptrace_scope to 0 or 1, and permit process_vm_readv()" +
                                       kOffer);
  }
}

Launch::~Launch() {
  reap();
}

/// The child ends by itself when the link does.
void Launch::reap() {
  if (!link_) return;
  link_.reset();
  ::waitpid(pid_, nullptr, 0);
}

void Launch::becomeProgram(const std::vector<std::string>& command, Descriptor link, const sigset_t& mask) {
  std::array<std::uint8_t, 1> word{};
  if (!waitReadable(link.get()) || receiveDatagram(link.get(), word).outcome != Io::done) ::_exit(0);
  std::vector<char*> arguments;
  for (const auto& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  raiseDescriptorLimit();
  FilterFailure failure;
  Descriptor listener(installFilter(failure));
  sendDatagram(link.get(), bytesOf({failure, false}), listener.get());
  if (!listener) ::_exit(0);
  listener.reset();
  ::sigprocmask(SIG_SETMASK, &mask, nullptr);
  ::execvp(arguments[0], arguments.data());
  sendDatagram(link.get(), bytesOf({{FilterFailure::Step::none, errno}, true}));
  ::_exit(0);
}

Descriptor Launch::go() {
  sendDatagram(link_.get(), asBytes("g"));
  Report report;
  const std::span<std::uint8_t> into(reinterpret_cast<std::uint8_t*>(&report), sizeof report);
  const auto receive = [&] {
    waitReadable(link_.get());
    return receiveDatagram(link_.get(), into);
  };
  auto first = receive();
  if (first.outcome != Io::done || !first.passed) refuse(report.failure);
  // It says no more, and its end of the link closes, when it has become the program.
  if (receive().outcome == Io::done && report.exec) {
    throw ConfigError(program_, "cannot be run: " + reason(report.failure.error) + ". name a program after `--`");
  }
  link_.reset();
  return std::move(first.passed);
}

}  // namespace vme::devmei

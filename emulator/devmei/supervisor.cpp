#include "devmei/supervisor.hpp"

#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <array>
#include <cerrno>

#include "base/error.hpp"
#include "devmei/filter.hpp"
#include "devmei/seqpacket.hpp"

namespace vme::devmei {
namespace {

constexpr int kGreetingMs = 10'000;
constexpr std::uint64_t kListenerKey = 1ULL << 32U;
constexpr std::uint64_t kControlKey = 2ULL << 32U;
constexpr std::uint64_t kSignalsKey = 3ULL << 32U;

std::optional<ControlMessage> nextMessage(int control, bool& closed) {
  std::array<std::uint8_t, kMaxControlSize + 1> buffer{};
  const auto received = receiveDatagram(control, buffer);
  closed = received.outcome == Io::closed;
  if (received.outcome != Io::done) return std::nullopt;
  const auto message = parseControl(ByteView(buffer).first(std::min(received.size, buffer.size())));
  closed = !message;
  return message ? std::optional(*message) : std::nullopt;
}

DeviceState greeting(int control) {
  bool closed = false;
  if (waitReadable(control, kGreetingMs)) {
    if (const auto message = nextMessage(control, closed); message && std::holds_alternative<DeviceState>(*message)) {
      return std::get<DeviceState>(*message);
    }
  }
  throw EnvironmentError("--heci",
                         "who serves that socket does not say what ME it is. name one of `vme serve --heci DIR`");
}

}  // namespace

Supervisor::Supervisor(Descriptor control, bool driver)
    : control_(std::move(control)),
      driver_(driver),
      state_(greeting(control_.get())),
      files_(control_),
      poll_(::epoll_create1(EPOLL_CLOEXEC)) {
  if (driver_) tree_.emplace(state_);
}

void Supervisor::watch(int fd, std::uint32_t events, std::uint64_t key) const {
  epoll_event event{.events = events, .data = {.u64 = key}};
  ::epoll_ctl(poll_.get(), EPOLL_CTL_ADD, fd, &event);
}

int Supervisor::run(Descriptor listener, pid_t program) {
  program_ = program;
  notifications_.emplace(std::move(listener));
  // Orphans of the program come here when they end, so that their filter is released under any init.
  ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  const auto taken = supervisedSignals();
  signals_.reset(::signalfd(-1, &taken, SFD_CLOEXEC | SFD_NONBLOCK));
  watch(notifications_->fd(), EPOLLIN, kListenerKey);
  watch(control_.get(), EPOLLIN, kControlKey);
  watch(signals_.get(), EPOLLIN, kSignalsKey);
  for (bool supervised = true; supervised || !status_;) {
    std::array<epoll_event, 16> events{};
    const auto count = ::epoll_wait(poll_.get(), events.data(), static_cast<int>(events.size()), -1);
    for (int i = 0; i < count; ++i) {
      const auto& event = events.at(static_cast<std::size_t>(i));
      if (event.data.u64 == kControlKey) {
        onControl();
      } else if (event.data.u64 == kSignalsKey) {
        onSignals();
      } else if (event.data.u64 == kListenerKey) {
        if ((event.events & EPOLLIN) != 0) {
          onCall();
        } else {
          supervised = false;
          ::epoll_ctl(poll_.get(), EPOLL_CTL_DEL, notifications_->fd(), nullptr);
        }
      } else {
        onEnd(static_cast<SessionId>(event.data.u64));
      }
    }
  }
  return *status_;
}

/// The program has closed its last descriptor of the file; or the ME has shut the session down, which it says first.
void Supervisor::onEnd(SessionId session) {
  onControl();
  auto* file = files_.byId(session);
  if (file == nullptr) return;
  if (file->phase == DeviceFile::Phase::gone) {
    file->meEnd.reset();
  } else {
    files_.erase(session);
  }
}

void Supervisor::onCall() {
  onControl();  // so that the answer is by what the ME has said so far
  if (const auto call = notifications_->receive()) notifications_->answer(call->id, decide(*call));
}

void Supervisor::onControl() {
  if (!control_) return;
  bool closed = false;
  while (const auto message = nextMessage(control_.get(), closed)) {
    std::visit([this](const auto& one) { on(one); }, *message);
  }
  if (closed) loseEverything();
}

void Supervisor::loseEverything() {
  control_.reset();
  state_.state = 4;
  if (tree_) tree_->show(state_);
  for (auto& [id, file] : files_) lose(file);
}

void Supervisor::on(const Opened& message) {
  auto* file = files_.byId(message.session);
  if (file == nullptr || file->phase != DeviceFile::Phase::opening) return;
  const auto call = *std::exchange(file->waiting, std::nullopt);
  if (message.error != 0) {
    notifications_->answer(call.id, Failed{message.error});
    files_.erase(message.session);
    return;
  }
  file->phase = DeviceFile::Phase::unconnected;
  int number = kFirstFile;
  while (number <= static_cast<int>(kLastFile) && call.target.hasDescriptor(number)) ++number;
  if (number > static_cast<int>(kLastFile)) {
    notifications_->answer(call.id, Failed{EMFILE});
  } else {
    notifications_->inject(call.id, file->programEnd.get(), number, file->closeOnExec);
  }
  file->programEnd.reset();
}

void Supervisor::on(const Connected& message) {
  auto* file = files_.byId(message.session);
  if (file == nullptr || file->phase != DeviceFile::Phase::connecting) return;
  const auto call = *std::exchange(file->waiting, std::nullopt);
  if (message.error != 0) {
    file->phase = DeviceFile::Phase::unconnected;
    notifications_->answer(call.id, Failed{message.error});
    return;
  }
  file->phase = DeviceFile::Phase::connected;
  file->properties = message.properties;
  Bytes properties;
  appendLe32(properties, message.properties.maxMessage);
  properties.push_back(message.properties.protocolVersion);
  const bool written = notifications_->valid(call.id) && call.target.write(call.args[2], properties);
  notifications_->answer(call.id, written ? Answer(Value{0}) : Answer(Failed{EFAULT}));
}

void Supervisor::on(const Disconnected& message) {
  if (auto* file = files_.byId(message.session)) lose(*file);
}

void Supervisor::on(const DeviceState& message) {
  state_ = message;
  if (tree_) tree_->show(state_);
}

void Supervisor::lose(DeviceFile& file) {
  file.phase = DeviceFile::Phase::gone;
  // Ends a read that waits; the way of writes stays open, so that none of them raises SIGPIPE.
  ::shutdown(file.meEnd.get(), SHUT_WR);
  if (const auto call = std::exchange(file.waiting, std::nullopt)) {
    notifications_->answer(call->id, Failed{ENODEV});
    file.programEnd.reset();
  }
  for (const auto& paused : std::exchange(file.paused, {})) notifications_->answer(paused.call.id, Failed{ENODEV});
}

void Supervisor::onSignals() {
  signalfd_siginfo signal{};
  while (::read(signals_.get(), &signal, sizeof signal) == sizeof signal) {
    // What the terminal sends, it has sent to the program as well.
    const bool ours = signal.ssi_signo != SIGCHLD && signal.ssi_code != SI_KERNEL;
    if (ours && !status_) ::kill(program_, static_cast<int>(signal.ssi_signo));
  }
  reapChildren();
}

void Supervisor::reapChildren() {
  int status = 0;
  for (pid_t ended = 0; (ended = ::waitpid(-1, &status, WNOHANG)) > 0;) {
    if (ended == program_) status_ = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  }
}

}  // namespace vme::devmei

#include "devmei/notifications.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <cerrno>

#include "base/error.hpp"

#ifndef SECCOMP_IOCTL_NOTIF_SET_FLAGS
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS SECCOMP_IOW(4, __u64)
#endif
#ifndef SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP
#define SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP (1UL << 0)
#endif

namespace vme::devmei {

Notifications::Notifications(Descriptor listener) : listener_(std::move(listener)) {
  seccomp_notif* request = nullptr;
  seccomp_notif_resp* response = nullptr;
  if (seccomp_notify_alloc(&request, &response) != 0) {
    throw EnvironmentError("vme host", "the kernel does not say how large its notifications are. use Linux 5.14");
  }
  request_.reset(request);
  response_.reset(response);
  // Halves the time of an answer; kernels before 6.6 go without it.
  ::ioctl(fd(), SECCOMP_IOCTL_NOTIF_SET_FLAGS, SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP);
}

std::optional<Call> Notifications::receive() {
  *request_ = {};
  if (seccomp_notify_receive(fd(), request_.get()) != 0) return std::nullopt;
  Call call{.id = request_->id, .target = Target(static_cast<pid_t>(request_->pid)), .number = request_->data.nr};
  std::ranges::copy(request_->data.args, call.args.begin());
  return call;
}

void Notifications::answer(std::uint64_t id, const Answer& answer) {
  if (std::holds_alternative<Later>(answer)) return;
  *response_ = {};
  response_->id = id;
  if (const auto* value = std::get_if<Value>(&answer)) {
    response_->val = value->result;
  } else if (const auto* failed = std::get_if<Failed>(&answer)) {
    response_->error = -failed->error;
  } else {
    response_->flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
  }
  static_cast<void>(seccomp_notify_respond(fd(), response_.get()));
}

bool Notifications::valid(std::uint64_t id) const {
  return seccomp_notify_id_valid(fd(), id) == 0;
}

bool Notifications::inject(std::uint64_t id, int fd, int number, bool closeOnExec) {
  seccomp_notif_addfd request{};
  request.id = id;
  request.srcfd = static_cast<std::uint32_t>(fd);
  request.flags = SECCOMP_ADDFD_FLAG_SEND;
  request.newfd_flags = closeOnExec ? O_CLOEXEC : 0;
  if (number >= 0) {
    request.flags |= SECCOMP_ADDFD_FLAG_SETFD;
    request.newfd = static_cast<std::uint32_t>(number);
  }
  if (::ioctl(listener_.get(), SECCOMP_IOCTL_NOTIF_ADDFD, &request) >= 0) return true;
  // The program has lowered its limit of descriptors below the number: then any other.
  if (number >= 0 && errno == EBADF) return inject(id, fd, -1, closeOnExec);
  answer(id, Failed{errno == EMFILE ? EMFILE : ENODEV});
  return false;
}

}  // namespace vme::devmei

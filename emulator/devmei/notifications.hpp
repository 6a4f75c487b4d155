#pragma once
// System calls that wait for an answer: the listener of seccomp(2), SECCOMP_RET_USER_NOTIF.

#include <seccomp.h>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <variant>

#include "devmei/descriptor.hpp"
#include "devmei/target.hpp"

namespace vme::devmei {

struct Call {
  std::uint64_t id = 0;
  Target target{0};
  int number = 0;  // as SCMP_SYS
  std::array<std::uint64_t, 6> args{};
};

struct Proceed {};  // the kernel carries the call out
struct Value {
  std::int64_t result = 0;
};
struct Failed {
  int error = 0;  // errno
};
struct Later {};  // answered another way, or to be answered when something has happened
using Answer = std::variant<Proceed, Value, Failed, Later>;

class Notifications {
 public:
  explicit Notifications(Descriptor listener);
  int fd() const { return listener_.get(); }

  /// Nothing when the caller is gone already.
  std::optional<Call> receive();
  /// A caller that is gone is no error.
  void answer(std::uint64_t id, const Answer& answer);
  /// The caller still waits, so what was read of it belongs to it.
  bool valid(std::uint64_t id) const;
  /// Gives the caller a copy of `fd` as the result of its call, at `number` unless that is negative. False: it is gone
  /// or has no room (the call is then answered, or moot).
  bool inject(std::uint64_t id, int fd, int number, bool closeOnExec);

 private:
  template <auto Free>
  struct Freer {
    template <typename T>
    void operator()(T* pointer) const {
      Free(pointer);
    }
  };
  static void freeRequest(seccomp_notif* request) { seccomp_notify_free(request, nullptr); }
  static void freeResponse(seccomp_notif_resp* response) { seccomp_notify_free(nullptr, response); }

  Descriptor listener_;
  std::unique_ptr<seccomp_notif, Freer<&Notifications::freeRequest>> request_;
  std::unique_ptr<seccomp_notif_resp, Freer<&Notifications::freeResponse>> response_;
};

}  // namespace vme::devmei

#include "devmei/filter.hpp"

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>
#include <vector>

#include "devmei/descriptor.hpp"

#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)
#endif

namespace vme::devmei {
namespace {

using Context = std::unique_ptr<void, decltype(&seccomp_release)>;

/// Calls that name a file, and so may name the device or its sysfs entries. A negative number: not of this machine.
constexpr std::array kByPath{SCMP_SYS(open),       SCMP_SYS(openat),     SCMP_SYS(openat2),   SCMP_SYS(access),
                             SCMP_SYS(faccessat),  SCMP_SYS(faccessat2), SCMP_SYS(stat),      SCMP_SYS(lstat),
                             SCMP_SYS(newfstatat), SCMP_SYS(statx),      SCMP_SYS(readlink),  SCMP_SYS(readlinkat),
                             SCMP_SYS(getxattr),   SCMP_SYS(lgetxattr),  SCMP_SYS(listxattr), SCMP_SYS(llistxattr)};
/// Calls on the device's own descriptors.
constexpr std::array kByFile{SCMP_SYS(read),  SCMP_SYS(write), SCMP_SYS(readv),    SCMP_SYS(writev),
                             SCMP_SYS(fstat), SCMP_SYS(fsync), SCMP_SYS(fdatasync)};

/// For calls whose argument, its low 32 bits, has that value under the mask.
bool addMasked(scmp_filter_ctx context, int number, unsigned argument, std::uint32_t mask, std::uint32_t value) {
  const scmp_arg_cmp comparison{argument, SCMP_CMP_MASKED_EQ, mask, value};
  return seccomp_rule_add_array(context, SCMP_ACT_NOTIFY, number, 1, &comparison) == 0;
}

bool addRules(scmp_filter_ctx context) {
  // Programs of another architecture run without the device, and not at all without this.
  if (seccomp_attr_set(context, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_ALLOW) != 0) return false;
  for (const auto number : kByPath) {
    if (number >= 0 && seccomp_rule_add(context, SCMP_ACT_NOTIFY, number, 0) != 0) return false;
  }
  for (const auto number : kByFile) {
    if (!addMasked(context, number, 0, ~(kLastFile - kFirstFile), kFirstFile)) return false;
  }
  for (const auto request : {kConnectClient, kNotifySet, kNotifyGet, kConnectClientVtag}) {
    if (!addMasked(context, SCMP_SYS(ioctl), 1, UINT32_MAX, request)) return false;
  }
  return true;
}

/// The filter's instructions, by way of a file in memory: libseccomp 2.5 cannot load them with the flags below.
std::vector<sock_filter> instructions() {
  const Context context(seccomp_init(SCMP_ACT_ALLOW), &seccomp_release);
  if (!context || !addRules(context.get())) return {};
  const Descriptor file(::memfd_create("filter", MFD_CLOEXEC));
  struct stat written{};
  if (!file || seccomp_export_bpf(context.get(), file.get()) != 0 || ::fstat(file.get(), &written) != 0) return {};
  std::vector<sock_filter> program(static_cast<std::size_t>(written.st_size) / sizeof(sock_filter));
  const auto size = static_cast<ssize_t>(program.size() * sizeof(sock_filter));
  if (::pread(file.get(), program.data(), static_cast<std::size_t>(size), 0) != size) return {};
  return program;
}

}  // namespace

int installFilter(FilterFailure& failure) {
  const auto failed = [&](FilterFailure::Step step) {
    failure = {step, errno};
    return -1;
  };
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return failed(FilterFailure::Step::privileges);
  auto program = instructions();
  if (program.empty()) return failed(FilterFailure::Step::build);
  sock_fprog filter{static_cast<unsigned short>(program.size()), program.data()};
  const auto install = [&](unsigned long flags) {
    return static_cast<int>(
        ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER | flags, &filter));
  };
  // A signal that arrives while the supervisor works must not undo what it has done (Linux 5.19).
  auto listener = install(SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV);
  if (listener < 0 && errno == EINVAL) listener = install(0);
  return listener >= 0 ? listener : failed(FilterFailure::Step::install);
}

}  // namespace vme::devmei

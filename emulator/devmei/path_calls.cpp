// Calls that name a file: is it the device, one of its sysfs entries, or none of ours?

#include <fcntl.h>
#include <seccomp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>

#include "devmei/node_stat.hpp"
#include "devmei/supervisor.hpp"

namespace vme::devmei {
namespace {

enum class Act { open, openHow, access, stat, statx, readLink, attributes };

/// Where each call has its arguments; kNone: it has none.
constexpr std::size_t kNone = SIZE_MAX;
struct PathCall {
  int number;
  Act act;
  std::size_t folder, path, extra, flags;  // extra: open flags, access mode, or the structure to fill
};
constexpr std::array kCalls{
    PathCall{SCMP_SYS(open), Act::open, kNone, 0, 1, kNone},
    PathCall{SCMP_SYS(openat), Act::open, 0, 1, 2, kNone},
    PathCall{SCMP_SYS(openat2), Act::openHow, 0, 1, 2, kNone},
    PathCall{SCMP_SYS(access), Act::access, kNone, 0, 1, kNone},
    PathCall{SCMP_SYS(faccessat), Act::access, 0, 1, 2, kNone},
    PathCall{SCMP_SYS(faccessat2), Act::access, 0, 1, 2, 3},
    PathCall{SCMP_SYS(stat), Act::stat, kNone, 0, 1, kNone},
    PathCall{SCMP_SYS(lstat), Act::stat, kNone, 0, 1, kNone},
    PathCall{SCMP_SYS(newfstatat), Act::stat, 0, 1, 2, 3},
    PathCall{SCMP_SYS(statx), Act::statx, 0, 1, 4, 2},
    PathCall{SCMP_SYS(readlink), Act::readLink, kNone, 0, 1, kNone},
    PathCall{SCMP_SYS(readlinkat), Act::readLink, 0, 1, 2, kNone},
    PathCall{SCMP_SYS(getxattr), Act::attributes, kNone, 0, 1, kNone},
    PathCall{SCMP_SYS(lgetxattr), Act::attributes, kNone, 0, 1, kNone},
    PathCall{SCMP_SYS(listxattr), Act::attributes, kNone, 0, 1, kNone},
    PathCall{SCMP_SYS(llistxattr), Act::attributes, kNone, 0, 1, kNone},
};

bool isNode(const std::string& path) {
  return path == "/dev/mei0" || path == "/dev/mei";
}

int asInt(std::uint64_t argument) {
  return static_cast<int>(static_cast<std::uint32_t>(argument));
}

/// openat2 has its flags in memory: the first field of struct open_how.
std::optional<std::uint64_t> openFlags(const Call& call, const PathCall& form) {
  if (form.act == Act::open) return call.args.at(form.extra);
  std::uint64_t flags = 0;
  const std::span into(reinterpret_cast<std::uint8_t*>(&flags), sizeof flags);
  if (!call.target.readAll(call.args.at(form.extra), into)) return std::nullopt;
  return flags;
}

Answer readEntryLink(const Call& call, const std::string& file, std::uint64_t buffer, std::uint64_t size) {
  std::array<std::uint8_t, PATH_MAX> text{};
  const auto wanted = std::min<std::uint64_t>(size, text.size());
  const auto got = ::readlink(file.c_str(), reinterpret_cast<char*>(text.data()), wanted);
  if (got < 0) return Failed{errno};
  const auto bytes = ByteView(text).first(static_cast<std::size_t>(got));
  return call.target.write(buffer, bytes) ? Answer(Value{got}) : Answer(Failed{EFAULT});
}

}  // namespace

Supervisor::Named Supervisor::name(const Call& call, std::uint64_t address, int folder) const {
  const auto path = call.target.readPath(address);
  if (!path || path->empty()) return {};
  const auto whole = call.target.absolute(*path, folder);
  if (!whole) return {};
  if (isNode(*whole)) return {driver_ ? Entry::node : Entry::absent, {}};
  if (!tree_) return {whole->starts_with("/sys/class/mei") ? Entry::absent : Entry::other, {}};
  if (auto file = tree_->fileFor(*whole)) return {Entry::sysfs, std::move(*file)};
  return {};
}

Answer Supervisor::onPath(const Call& call) {
  const auto form = std::ranges::find(kCalls, call.number, &PathCall::number);
  if (form == kCalls.end()) return Proceed{};
  const auto folder = form->folder == kNone ? AT_FDCWD : asInt(call.args.at(form->folder));
  const auto flags = form->flags == kNone ? 0 : asInt(call.args.at(form->flags));
  const auto extra = call.args.at(form->extra);
  auto named = name(call, call.args.at(form->path), folder);
  const bool stats = form->act == Act::stat || form->act == Act::statx;
  if (named.entry == Entry::other && stats && (flags & AT_EMPTY_PATH) != 0 &&
      files_.byInode(call.target.socketOf(folder)) != nullptr) {
    named.entry = Entry::node;
  }
  if (named.entry == Entry::other) return Proceed{};
  // What was read above may be of another caller when this one is gone.
  if (!notifications_->valid(call.id)) return Later{};
  if (named.entry == Entry::absent) return Failed{ENOENT};
  const bool node = named.entry == Entry::node;
  switch (form->act) {
    case Act::access:
      if (node) return (extra & X_OK) != 0 ? Answer(Failed{EACCES}) : Answer(Value{0});
      return ::access(named.file.c_str(), asInt(extra)) == 0 ? Answer(Value{0}) : Answer(Failed{errno});
    case Act::stat: {
      const bool follow = call.number != SCMP_SYS(lstat) && (flags & AT_SYMLINK_NOFOLLOW) == 0;
      return node ? statNode(call.target, extra) : statEntry(call.target, extra, named.file, follow);
    }
    case Act::statx:
      if (node) return statxNode(call.target, extra);
      return statxEntry(call.target, extra, named.file, flags, static_cast<unsigned>(call.args[3]));
    case Act::readLink:
      return node ? Answer(Failed{EINVAL}) : readEntryLink(call, named.file, extra, call.args.at(form->extra + 1));
    case Act::attributes:
      return Failed{EOPNOTSUPP};
    case Act::open:
    case Act::openHow:
      break;
  }
  const auto opening = openFlags(call, *form);
  if (!opening) return Failed{EFAULT};
  return node ? openNode(call, *opening) : openEntry(call, named.file, *opening);
}

Answer Supervisor::openEntry(const Call& call, const std::string& file, std::uint64_t flags) {
  const Descriptor entry(::open(file.c_str(), (asInt(flags) & ~O_CREAT) | O_CLOEXEC));
  if (!entry) return Failed{errno};
  notifications_->inject(call.id, entry.get(), -1, (flags & O_CLOEXEC) != 0);
  return Later{};
}

Answer Supervisor::openNode(const Call& call, std::uint64_t flags) {
  if ((flags & O_DIRECTORY) != 0) return Failed{ENOTDIR};
  if (state_.state != 0) return Failed{ENODEV};
  auto* file = files_.create();
  if (file == nullptr) return Failed{EMFILE};
  if ((flags & O_NONBLOCK) == 0) ::fcntl(file->programEnd.get(), F_SETFL, 0);
  file->closeOnExec = (flags & O_CLOEXEC) != 0;
  file->waiting = call;
  watch(file->meEnd.get(), 0, file->id);
  return Later{};
}

}  // namespace vme::devmei

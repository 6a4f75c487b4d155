#include "devmei/device_files.hpp"

#include <sys/stat.h>

#include "base/error.hpp"
#include "devmei/seqpacket.hpp"

namespace vme::devmei {

DeviceFile* DeviceFiles::create() {
  DeviceFile file;
  try {
    std::tie(file.programEnd, file.meEnd) = makePair();
  } catch (const EnvironmentError&) {
    return nullptr;  // the launcher has no more descriptors: the program is told EMFILE
  }
  struct stat socket{};
  if (::fstat(file.programEnd.get(), &socket) != 0) return nullptr;
  file.id = ++next_;
  file.inode = socket.st_ino;
  if (!tell(Open{file.id}, file.meEnd.get())) return nullptr;
  inodes_[file.inode] = file.id;
  return &files_.insert_or_assign(file.id, std::move(file)).first->second;
}

DeviceFile* DeviceFiles::byInode(std::uint64_t inode) {
  const auto found = inodes_.find(inode);
  return found == inodes_.end() ? nullptr : byId(found->second);
}

DeviceFile* DeviceFiles::byId(SessionId id) {
  const auto found = files_.find(id);
  return found == files_.end() ? nullptr : &found->second;
}

void DeviceFiles::erase(SessionId id) {
  const auto found = files_.find(id);
  if (found == files_.end()) return;
  inodes_.erase(found->second.inode);
  files_.erase(found);
}

bool DeviceFiles::tell(const ControlMessage& message, int passed) {
  return control_ && sendDatagram(control_.get(), encode(message), passed) == Io::done;
}

}  // namespace vme::devmei

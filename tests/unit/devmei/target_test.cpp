// A process looked at from outside: this one.

#include "devmei/target.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>

#include "base/bytes.hpp"
#include "devmei/seqpacket.hpp"

namespace vme::devmei {
namespace {

const Target kSelf(::getpid());

std::uint64_t addressOf(const void* pointer) {
  return reinterpret_cast<std::uint64_t>(pointer);
}

/// Two pages, the second of which is not mapped.
struct Edge {
  std::size_t page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  char* begin =
      static_cast<char*>(::mmap(nullptr, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  Edge() { ::munmap(begin + page, page); }
  ~Edge() { ::munmap(begin, page); }
};

TEST(Target, readsAPathThatEndsWithItsPage) {
  const Edge edge;
  constexpr const char* kPath = "/dev/mei0";
  char* at = edge.begin + edge.page - std::strlen(kPath) - 1;
  std::strcpy(at, kPath);
  EXPECT_EQ(kSelf.readPath(addressOf(at)), kPath);
}

TEST(Target, readsNoPathWithoutAnEnd) {
  const Edge edge;
  std::memset(edge.begin, 'x', edge.page);
  EXPECT_EQ(kSelf.readPath(addressOf(edge.begin)), std::nullopt);
  EXPECT_EQ(kSelf.readPath(0), std::nullopt);
  EXPECT_EQ(kSelf.readPath(8), std::nullopt);
}

TEST(Target, readsAndWritesOnlyWhatIsThere) {
  const Edge edge;
  Bytes bytes(16);
  EXPECT_TRUE(kSelf.write(addressOf(edge.begin), asBytes("hello")));
  EXPECT_TRUE(kSelf.readAll(addressOf(edge.begin), std::span(bytes).first(5)));
  EXPECT_EQ(asText(ByteView(bytes).first(5)), "hello");
  EXPECT_FALSE(kSelf.readAll(addressOf(edge.begin + edge.page - 8), bytes));
  EXPECT_FALSE(kSelf.write(addressOf(edge.begin + edge.page - 8), bytes));
}

TEST(Target, makesPathsAbsolute) {
  EXPECT_EQ(kSelf.absolute("/dev/mei0", AT_FDCWD), "/dev/mei0");
  EXPECT_EQ(kSelf.absolute("//dev/./x/../mei0", AT_FDCWD), "/dev/mei0");
  EXPECT_EQ(kSelf.absolute("/sys/class/mei/", AT_FDCWD), "/sys/class/mei");
  EXPECT_EQ(kSelf.absolute("/../..", AT_FDCWD), "/");
  const auto here = std::filesystem::current_path().lexically_normal().string();
  EXPECT_EQ(kSelf.absolute("mei0", AT_FDCWD), (std::filesystem::path(here) / "mei0").string());
  const Descriptor folder(::open("/dev", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  EXPECT_EQ(kSelf.absolute("mei0", folder.get()), "/dev/mei0");
  EXPECT_EQ(kSelf.absolute("/dev/mei0", folder.get()), "/dev/mei0");
  EXPECT_EQ(kSelf.absolute("mei0", 9999), std::nullopt);
}

TEST(Target, knowsSocketsByTheirInode) {
  const auto [one, other] = makePair();
  struct stat found{};
  ASSERT_EQ(::fstat(one.get(), &found), 0);
  EXPECT_EQ(kSelf.socketOf(one.get()), found.st_ino);
  EXPECT_NE(kSelf.socketOf(other.get()), found.st_ino);
  const Descriptor copy(::dup(one.get()));
  EXPECT_EQ(kSelf.socketOf(copy.get()), found.st_ino);
  const Descriptor file(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  EXPECT_EQ(kSelf.socketOf(file.get()), 0U);
  EXPECT_EQ(kSelf.socketOf(9999), 0U);
  EXPECT_TRUE(kSelf.hasDescriptor(one.get()));
  EXPECT_FALSE(kSelf.hasDescriptor(9999));
}

TEST(Target, duplicatesItsDescriptors) {
  const auto [one, other] = makePair();
  const Descriptor copy(kSelf.duplicate(one.get()));
  ASSERT_TRUE(copy);
  EXPECT_EQ(sendDatagram(copy.get(), asBytes("by the copy")), Io::done);
  Bytes buffer(20);
  EXPECT_EQ(receiveDatagram(other.get(), buffer).size, 11U);
  EXPECT_LT(kSelf.duplicate(9999), 0);
}

}  // namespace
}  // namespace vme::devmei

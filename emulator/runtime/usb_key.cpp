#include "runtime/usb_key.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/error.hpp"
#include "machine/usb_key.hpp"

namespace vme::runtime {
namespace {

namespace setup_bin = wire::setup_bin;

std::unexpected<Error> failed(const std::filesystem::path& file, const std::string& what) {
  return fail(file.string(),
              "cannot be " + what + ": " + std::strerror(errno) + ". check the file and its permissions");
}

/// The open file, locked until it is closed.
class OpenKey {
 public:
  OpenKey(const std::filesystem::path& file, bool writes)
      : handle_(open(file.c_str(), (writes ? O_RDWR : O_RDONLY) | O_CLOEXEC)), file_(file) {
    if (handle_ >= 0 && flock(handle_, writes ? LOCK_EX : LOCK_SH) != 0) release();
  }
  ~OpenKey() { release(); }
  OpenKey(const OpenKey&) = delete;
  OpenKey& operator=(const OpenKey&) = delete;

  bool isOpen() const { return handle_ >= 0; }

  Result<std::uint64_t> size() const {
    struct stat facts{};
    if (fstat(handle_, &facts) != 0) return failed(file_, "read");
    return static_cast<std::uint64_t>(facts.st_size);
  }
  /// Fewer bytes at the end of the file.
  Result<Bytes> read(std::uint64_t offset, std::size_t count) const {
    Bytes bytes(count);
    const auto got = pread(handle_, bytes.data(), count, static_cast<off_t>(offset));
    if (got < 0) return failed(file_, "read");
    bytes.resize(static_cast<std::size_t>(got));
    return bytes;
  }
  /// In place, as the BIOS does: four bytes of one sector, which are never half written.
  Result<void> mark(std::uint32_t consumed) const {
    const auto bytes = setup_bin::consumedBytes(consumed);
    if (pwrite(handle_, bytes.data(), bytes.size(), setup_bin::kConsumedOffset) == std::ssize(bytes)) return {};
    return failed(file_, "written");
  }

 private:
  void release() {
    if (handle_ >= 0) close(handle_);
    handle_ = -1;
  }

  int handle_;
  const std::filesystem::path& file_;
};

Result<setup_bin::Header> readHeader(const OpenKey& key) {
  const auto size = key.size();
  if (!size) return std::unexpected(size.error());
  const auto chunk = key.read(0, setup_bin::kChunk);
  if (!chunk) return std::unexpected(chunk.error());
  return setup_bin::decodeHeader(*chunk, *size);
}

/// The first valid record that is not consumed.
Result<machine::UsbOffer> readOffer(const OpenKey& key, const setup_bin::Header& header) {
  machine::UsbOffer offer{
      .version = header.version, .number = header.consumed, .records = header.records, .record = {}};
  while (!offer.record && offer.number < header.records) {
    const auto offset = header.recordOffset(offer.number);
    const auto bytes = key.read(offset, header.recordSize());
    if (!bytes) return std::unexpected(bytes.error());
    auto record = setup_bin::decodeRecord(*bytes, offset);
    if (!record) return std::unexpected(record.error());
    ++offer.number;
    if (record->valid) offer.record = std::move(*record);
  }
  return offer;
}

/// An error of the file's content, which names the offset alone.
Error within(const std::filesystem::path& file, const Error& error) {
  return error.place.starts_with("offset") ? Error{file.string(), error.message()} : error;
}

}  // namespace

UsbKey::UsbKey(const std::string& place, std::filesystem::path file) : file_(std::move(file)) {
  const auto refuse = [&](const Error& error) { throw ConfigError(place, error.message()); };
  if (!std::filesystem::is_regular_file(file_)) {
    refuse({file_.string(), "is no file. name one made by `vme setup-bin make`"});
  }
  const OpenKey key(file_, false);
  if (!key.isOpen()) refuse(failed(file_, "read").error());
  // The header first: it tells how large the file may be.
  const auto header = readHeader(key);
  if (!header) refuse(within(file_, header.error()));
  const auto bytes = key.read(0, header->recordOffset(header->records));
  if (!bytes) refuse(bytes.error());
  auto content = setup_bin::decode(*bytes);
  if (!content) refuse(within(file_, content.error()));
  content_ = std::move(*content);
  if (!content_.header.keepsRecords() && access(file_.c_str(), W_OK) != 0) refuse(failed(file_, "written").error());
}

void UsbKey::insertInto(machine::Me& me, machine::Effects& effects) const {
  const auto unreadable = [&](const Error& error) {
    effects.emplace_back(machine::Note{Reason::usbKeyIgnored, "USB key: " + within(file_, error).message()});
  };
  const OpenKey key(file_, !content_.header.keepsRecords());
  if (!key.isOpen()) return unreadable(failed(file_, "opened").error());
  const auto header = readHeader(key);
  if (!header) return unreadable(header.error());
  const auto offer = readOffer(key, *header);
  if (!offer) return unreadable(offer.error());
  if (auto note = machine::refusalOf(me, *offer)) {
    effects.emplace_back(std::move(*note));
    return;
  }
  // Marked before it is taken: a record that two machines share would be worse than one that none has.
  if (!header->keepsRecords()) {
    if (const auto marked = key.mark(offer->number); !marked) return unreadable(marked.error());
  }
  machine::takeRecord(me, *offer, effects);
}

}  // namespace vme::runtime

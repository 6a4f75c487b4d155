#pragma once
// What machines send and receive, as a pcapng file that Wireshark opens decrypted. The bytes of a connection are known
// right above TCP; the packets around them (Ethernet, IPv4, TCP) are made up to fit.

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string_view>

#include "base/bytes.hpp"
#include "net/background_file.hpp"
#include "net/channel.hpp"
#include "wire/tcp_frame.hpp"

namespace vme::net {

inline constexpr std::uint64_t kCaptureLimit = 1ULL << 30U;

/// From any thread. Blocks are in the order of their times.
class CaptureFile {
 public:
  /// EnvironmentError. At `limit` bytes it takes nothing more.
  CaptureFile(std::filesystem::path file, std::uint64_t limit);

  void packet(const wire::TcpSegment& segment);
  void tlsSecret(std::string_view keyLogLine);
  /// Writes the rest and closes; EnvironmentError.
  void finish() { file_.finish(); }

  bool isFull() const { return full_; }
  std::uint64_t packets() const { return packets_; }
  const std::filesystem::path& path() const { return file_.path(); }

 private:
  bool append(const Bytes& block);

  BackgroundFile file_;
  std::uint64_t limit_;
  std::mutex mutex_;
  std::uint64_t size_ = 0;
  std::uint64_t lastNs_ = 0;
  std::atomic<bool> full_{false};
  std::atomic<std::uint64_t> packets_{0};
};

/// One TCP connection of a machine, told in the order in which things happen, on the connection's own executor.
class CaptureFlow {
 public:
  /// Records the connection's beginning; `dialled`: by the machine.
  CaptureFlow(std::shared_ptr<CaptureFile> file, const wire::TcpEnd& machine, const wire::TcpEnd& peer, bool dialled);
  ~CaptureFlow();
  CaptureFlow(const CaptureFlow&) = delete;
  CaptureFlow& operator=(const CaptureFlow&) = delete;

  /// Held back until flush() or what happens next: the secrets that such bytes lead to come before them in the file.
  void received(ByteView bytes);
  void flush();
  void sent(ByteView bytes);
  void tlsSecret(std::string_view keyLogLine);
  void machineEnds();
  void peerEnds();
  void reset(bool byPeer);

 private:
  struct Side {
    wire::TcpEnd end;
    std::uint32_t next = 0;  // sequence number
    std::uint16_t id = 1;
    bool ended = false;
  };
  void segment(Side& from, const Side& to, unsigned flags, ByteView payload = {});
  void data(Side& from, Side& to, ByteView bytes);
  void end(Side& from, Side& to);

  std::shared_ptr<CaptureFile> file_;
  Side machine_, peer_;
  Bytes pending_;
  bool over_ = false;
};

/// A channel whose bytes a flow hears.
class TapChannel final : public Channel {
 public:
  TapChannel(std::unique_ptr<Channel> under, std::shared_ptr<CaptureFlow> flow);

  Task<Result<std::size_t>> read(std::span<std::uint8_t> into) override;
  Task<Result<void>> write(ByteView bytes) override;
  Task<void> close() override;
  void reset() override;
  void setDeadline(std::chrono::steady_clock::time_point deadline) override;
  asio::any_io_executor executor() override;

 private:
  std::unique_ptr<Channel> under_;
  std::shared_ptr<CaptureFlow> flow_;
};

/// The made-up address of a host that is no ME: locally administered, from its IPv4 address.
wire::TcpEnd captureEnd(std::uint32_t ipv4, std::uint16_t port);

}  // namespace vme::net

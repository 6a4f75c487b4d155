#pragma once
// A Channel that behaves badly: slow, lossy, cut off after some bytes. It wraps any other; what it does is drawn from a
// seed and the number of the piece, never from the clock.

#include <memory>

#include "base/draw.hpp"
#include "net/channel.hpp"

namespace vme::net {

struct ChannelFaults {
  using Milliseconds = std::chrono::milliseconds;
  Milliseconds latency{0}, jitter{0};  // before each piece that arrives or leaves
  double loss = 0;                     // share of the pieces that are lost once
  Milliseconds stall{0};               // until such a piece comes again
  std::uint64_t readRate = 0;          // bytes a second; 0: no limit
  std::uint64_t writeRate = 0;
  std::uint32_t piece = 0;       // most bytes written at once; 0: all
  std::uint64_t resetAfter = 0;  // bytes read and written; 0: never
  std::uint64_t closeAfter = 0;  // bytes written; 0: never
  Draw draw{0, 0};
};

class FaultyChannel final : public Channel {
 public:
  FaultyChannel(std::unique_ptr<Channel> under, const ChannelFaults& faults);
  ~FaultyChannel() override;

  Task<Result<std::size_t>> read(std::span<std::uint8_t> into) override;
  Task<Result<void>> write(ByteView bytes) override;
  Task<void> close() override;
  void reset() override;
  void setDeadline(std::chrono::steady_clock::time_point deadline) override;
  asio::any_io_executor executor() override;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace vme::net

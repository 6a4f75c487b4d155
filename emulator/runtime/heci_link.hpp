#pragma once
// A connection of an open HECI file to a firmware client, for the source files of MachineHeci.

#include <boost/asio/steady_timer.hpp>
#include <map>

#include "runtime/machine_heci.hpp"
#include "runtime/on_machine.hpp"

namespace vme::runtime {

class MachineHeci::File final : public net::HeciFile {
 public:
  explicit File(MachineHeci& device) : device_(device) {}
  ~File() override;

  net::Task<net::Heci<wire::heci::Properties>> connect(const Uuid& client) override;
  net::Task<net::Heci<void>> write(ByteView message) override;
  net::Task<net::Heci<Bytes>> read() override;
  void setDeadline(std::chrono::steady_clock::time_point deadline) override;

 private:
  MachineHeci& device_;
  std::shared_ptr<Link> link_;
  std::chrono::steady_clock::time_point deadline_ = std::chrono::steady_clock::time_point::max();
};

/// Shared by the file, by answers on their way and by the ports that are open through it.
struct MachineHeci::Link : std::enable_shared_from_this<MachineHeci::Link> {
  /// As many messages wait in the kernel's driver for the ME.
  static constexpr std::size_t kHostQueue = 50;
  /// The ME sends no further one until the host has read.
  static constexpr std::size_t kMeQueue = 16;

  Link(MachineHeci& of, firmware::heci::Session with);

  bool isGone() const;
  bool hasRoomForHost() const { return toMe.size() < kHostQueue; }
  bool hasRoomForMe() const { return toHost.size() < kMeQueue; }
  /// Wakes whoever waits in changeUntil(), which tells whether that came before the deadline.
  void changed();
  net::Task<bool> changeUntil(net::asio::steady_timer& timer, std::chrono::steady_clock::time_point deadline);
  /// The ME takes up the next message.
  void takeUp();
  void react(firmware::heci::Reaction reaction);
  void drop();
  void openPort(const firmware::heci::OpenPort& open);
  static net::Task<void> answerLater(std::shared_ptr<Link> link, firmware::heci::Reaction reaction,
                                     bool networkRestarts);

  MachineHeci& device;
  std::optional<firmware::heci::Session> session;
  std::deque<Bytes> toMe, toHost;
  std::map<std::uint32_t, PortChannel*> ports;
  net::asio::steady_timer readTimer, writeTimer;
  bool busy = false;     // an answer is on its way
  bool dropped = false;  // the host's file says ENODEV from now on
};

/// A connection to a port of the machine that the host opened through LME: the network's side of it.
class MachineHeci::PortChannel final : public net::Channel {
 public:
  PortChannel(std::shared_ptr<Link> link, std::uint32_t number);
  ~PortChannel() override;

  net::Task<Result<std::size_t>> read(std::span<std::uint8_t> into) override;
  net::Task<Result<void>> write(ByteView bytes) override;
  net::Task<void> close() override;
  void reset() override;
  void setDeadline(std::chrono::steady_clock::time_point deadline) override { deadline_ = deadline; }
  net::asio::any_io_executor executor() override { return link_->device.executor(); }

  // From the host.
  void deliver(Bytes bytes);
  void end();
  void changed() { timer_.cancel(); }

 private:
  void confirm();
  void shut();
  net::Task<Result<void>> change();

  std::shared_ptr<Link> link_;
  std::uint32_t number_;
  net::asio::steady_timer timer_;
  std::chrono::steady_clock::time_point deadline_ = std::chrono::steady_clock::time_point::max();
  Bytes arrived_;
  std::size_t taken_ = 0;  // of arrived_
  bool confirmed_ = false;
  bool ended_ = false;  // by the host
  bool shut_ = false;   // by the machine
};

}  // namespace vme::runtime

#pragma once
// The PC around a machine of the fleet, for the agent that runs on it.

#include <cstdint>

#include "host/pc.hpp"
#include "machine/identity.hpp"

namespace vme::runtime {

class Shard;

class MachinePc final : public host::Pc {
 public:
  MachinePc(Shard& shard, std::uint32_t local);

  host::PcFacts facts() const override;
  net::asio::any_io_executor executor() override;
  net::HeciDevice& heci() override { return device_; }
  std::int64_t now() const override;
  bool isKilled() const override;
  net::Task<void> wait(MeDuration duration) override;
  Bytes random(std::size_t bytes, std::string_view purpose, std::uint64_t number) const override;
  net::Task<Flashed> flash(const host::FirmwareImage& image) override;
  void installDriver() override { driver_ = host::Driver::current; }
  net::Task<void> reboot() override;
  void resetMe() override;

 private:
  /// What the PC's driver makes of the machine's device.
  class Device final : public net::HeciDevice {
   public:
    explicit Device(MachinePc& pc) : pc_(pc) {}
    net::Task<net::Heci<std::unique_ptr<net::HeciFile>>> open() override;
    net::asio::any_io_executor executor() override { return pc_.executor(); }

   private:
    MachinePc& pc_;
  };

  machine::Identity identity() const;

  Shard& shard_;
  std::uint32_t local_;
  host::Driver driver_;
  std::uint64_t run_;  // of agents on this PC: each draws numbers of its own
  Device device_{*this};
  bool updateFailed_ = false;      // half-way, once
  std::uint8_t flashedBuild_ = 0;  // runs after the next reboot; 0: none
};

}  // namespace vme::runtime

#pragma once
// A PC whose ME lives in another process, as far as an agent here can have it: HECI over a socket, and nothing of
// power or flash.

#include "base/draw.hpp"
#include "devmei/client.hpp"
#include "host/pc.hpp"

namespace vme::cli {

class SocketPc final : public host::Pc {
 public:
  /// `seed`: of what the agent draws. EnvironmentError when nobody serves the socket.
  SocketPc(net::asio::any_io_executor executor, const std::string& socket, host::PcFacts facts, std::uint64_t seed);

  host::PcFacts facts() const override { return facts_; }
  net::asio::any_io_executor executor() override { return executor_; }
  net::HeciDevice& heci() override { return device_; }
  std::int64_t now() const override;
  net::Task<void> wait(MeDuration duration) override;
  Bytes random(std::size_t bytes, std::string_view purpose, std::uint64_t number) const override;
  net::Task<Flashed> flash(const host::FirmwareImage& image) override;
  void installDriver() override { facts_.driver = host::Driver::current; }
  net::Task<void> reboot() override;
  void resetMe() override {}

 private:
  net::asio::any_io_executor executor_;
  devmei::SocketDevice device_;
  host::PcFacts facts_;
  Draw draw_;
};

}  // namespace vme::cli

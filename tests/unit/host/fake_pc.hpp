#pragma once
// A PC with a scripted ME behind its HECI device, and a scripted policy server. Time is virtual: wait() lets it pass.

#include <boost/asio/io_context.hpp>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "host/agent.hpp"
#include "net/tcp.hpp"
#include "wire/amthi.hpp"
#include "wire/http.hpp"

namespace vme::host::test {

/// What the ME answers its host with, as little as an agent needs.
struct FakeMe {
  std::string version = "2.2.20";
  std::uint32_t state = 0;
  std::uint32_t seed = 0;                                       // of GetRNGSeedStatus
  std::int64_t seedAfterS = 60;                                 // that GenerateRNGSeed takes
  std::map<wire::amthi::Command, wire::AmtStatus> status;       // answered instead
  std::map<wire::amthi::Command, wire::heci::Error> heciError;  // the call ends with
  std::string otp;
  std::vector<wire::amthi::Command> calls;
};

class FakePc final : public Pc, public net::HeciDevice {
 public:
  explicit FakePc(boost::asio::io_context& io) : io_(io) {}

  PcFacts facts() const override { return pc; }
  net::asio::any_io_executor executor() override { return io_.get_executor(); }
  net::HeciDevice& heci() override { return *this; }
  std::int64_t now() const override { return clock; }
  net::Task<void> wait(MeDuration duration) override;
  Bytes random(std::size_t bytes, std::string_view purpose, std::uint64_t number) const override;
  net::Task<Flashed> flash(const FirmwareImage& image) override;
  void installDriver() override { pc.driver = Driver::current; }
  net::Task<void> reboot() override;
  void resetMe() override;

  net::Task<net::Heci<std::unique_ptr<net::HeciFile>>> open() override;

  /// The response to one request.
  Bytes answer(ByteView request);

  PcFacts pc{.uuid = *Uuid::parse("44454c4c-3100-1051-8032-b4c04f4b4d31"),
             .fqdn = "pc-0017.corp.example",
             .address = boost::asio::ip::make_address_v4("127.32.0.1"),
             .driver = Driver::current,
             .chipset = "Q965"};
  FakeMe me;
  std::int64_t clock = 1'251'763'200;
  std::function<void()> onWait = [] {};
  Flashed flashed;  // what flash() says
  std::vector<FirmwareImage> images;
  unsigned reboots = 0, resets = 0;
  unsigned openFiles = 0, opens = 0;

 private:
  boost::asio::io_context& io_;
  std::int64_t seedDue_ = 0;
};

/// HTTP on a free port of 127.0.0.1, answered by a function.
class FakeServer {
 public:
  using Handler = std::function<wire::http::Response(const wire::http::Request&)>;

  FakeServer(boost::asio::io_context& io, Handler handler);
  std::uint16_t port() const { return listener_.port(); }
  void close() { listener_.close(); }

 private:
  net::Task<void> acceptAll();
  net::Task<void> serve(net::Accepted accepted);

  boost::asio::io_context& io_;
  net::Listener listener_;
  Handler handler_;
};

}  // namespace vme::host::test

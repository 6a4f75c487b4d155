#include "fake_pc.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/draw.hpp"
#include "net/http_io.hpp"
#include "net/spawn.hpp"

namespace vme::host::test {
namespace {

using wire::AmtStatus;
using wire::amthi::Command;
using HeciError = wire::heci::Error;

class FakeFile final : public net::HeciFile {
 public:
  explicit FakeFile(FakePc& pc) : pc_(pc) { ++pc_.openFiles; }
  ~FakeFile() override { --pc_.openFiles; }

  net::Task<net::Heci<wire::heci::Properties>> connect(const Uuid& client) override {
    if (client != wire::heci::kAmthi) co_return std::unexpected(HeciError::unknownClient);
    co_return wire::heci::Properties{4160, 1};
  }
  net::Task<net::Heci<void>> write(ByteView message) override {
    const auto header = wire::amthi::readHeader(message);
    const auto error = pc_.me.heciError.find(static_cast<Command>(header->command));
    if (error != pc_.me.heciError.end()) co_return std::unexpected(error->second);
    answer_ = pc_.answer(message);
    co_return net::Heci<void>();
  }
  net::Task<net::Heci<Bytes>> read() override { co_return answer_; }
  void setDeadline(std::chrono::steady_clock::time_point) override {}

 private:
  FakePc& pc_;
  Bytes answer_;
};

}  // namespace

net::Task<void> FakePc::wait(MeDuration duration) {
  clock += duration.ms / 1000;
  if (seedDue_ != 0 && clock >= seedDue_) me.seed = 0;
  onWait();
  co_await boost::asio::post(io_, boost::asio::use_awaitable);
}

Bytes FakePc::random(std::size_t bytes, std::string_view purpose, std::uint64_t number) const {
  Bytes out(bytes);
  Draw(7, 17).fill(out, purpose, number);
  return out;
}

net::Task<Pc::Flashed> FakePc::flash(const FirmwareImage& image) {
  images.push_back(image);
  co_return flashed;
}

net::Task<void> FakePc::reboot() {
  ++reboots;
  if (!images.empty()) me.version = images.back().version;
  co_return;
}

void FakePc::resetMe() {
  ++resets;
  me.state = 0;
  me.otp.clear();
}

net::Task<net::Heci<std::unique_ptr<net::HeciFile>>> FakePc::open() {
  ++opens;
  if (pc.driver == Driver::absent) co_return std::unexpected(HeciError::noEntry);
  co_return std::make_unique<FakeFile>(*this);
}

Bytes FakePc::answer(ByteView request) {
  using namespace wire::amthi;
  const auto header = readHeader(request);
  const auto command = static_cast<Command>(header->command);
  const auto data = request.subspan(kHeaderSize);
  me.calls.push_back(command);
  const auto status = me.status.find(command);
  if (status != me.status.end()) return response(header->command, status->second);
  const auto answer = [&](ByteView with = {}) { return response(header->command, AmtStatus::success, with); };
  switch (command) {
    case Command::getCodeVersions:
      return answer(encode(CodeVersions{"BIOS", {{"AMT", me.version}, {"Build Number", "1072"}, {"Sku", "14"}}}));
    case Command::getProvisioningState:
      return answer(number(me.state));
    case Command::getRngSeedStatus:
      return answer(number(me.seed));
    case Command::generateRngSeed:
      me.seed = 1;
      seedDue_ = clock + me.seedAfterS;
      return answer();
    case Command::setProvisioningServerOtp:
      if (me.state != 0) return response(header->command, static_cast<AmtStatus>(3));
      me.otp = readAnsi(data).value_or("");
      return answer();
    case Command::startConfiguration:
      me.state = 1;
      return answer();
    default:
      return response(header->command, AmtStatus::unsupported);
  }
}

FakeServer::FakeServer(boost::asio::io_context& io, Handler handler)
    : io_(io),
      listener_(io.get_executor(), boost::asio::ip::address_v4::loopback(), 0, net::Exposure::loopbackOnly),
      handler_(std::move(handler)) {
  net::spawn(io_.get_executor(), acceptAll());
}

net::Task<void> FakeServer::acceptAll() {
  while (auto accepted = co_await listener_.accept()) net::spawn(io_.get_executor(), serve(std::move(*accepted)));
}

net::Task<void> FakeServer::serve(net::Accepted accepted) {
  net::TcpChannel channel(std::move(accepted.socket));
  net::HttpRequestReader reader(channel, {});
  const auto read = co_await reader.next();
  if (!read || !std::holds_alternative<wire::http::Request>(*read)) co_return;
  const auto bytes = serialize(handler_(std::get<wire::http::Request>(*read)));
  if (co_await channel.write(asBytes(bytes))) co_await channel.close();
}

}  // namespace vme::host::test

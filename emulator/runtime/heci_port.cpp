// Connections that the host opens to the machine's own ports through LME.

#include <algorithm>
#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "net/spawn.hpp"
#include "runtime/heci_link.hpp"

namespace vme::runtime {

void MachineHeci::Link::openPort(const firmware::heci::OpenPort& open) {
  auto& shard = device.shard_;
  auto channel = std::make_unique<PortChannel>(shared_from_this(), open.channel);
  ++shard.shared_.inFlight;
  net::spawn(
      device.executor(),
      shard.serve(std::move(channel), device.local_,
                  {.port = open.port, .peer = net::asio::ip::address_v4::loopback().to_uint(), .fromHost = true}));
}

MachineHeci::PortChannel::PortChannel(std::shared_ptr<Link> link, std::uint32_t number)
    : link_(std::move(link)), number_(number), timer_(link_->device.executor()) {
  link_->ports[number_] = this;
}

MachineHeci::PortChannel::~PortChannel() {
  shut();
}

/// The machine serves the connection: only now the host hears that it is open.
void MachineHeci::PortChannel::confirm() {
  if (confirmed_ || ended_ || link_->isGone()) return;
  confirmed_ = true;
  link_->react(link_->session->onPortOpened(number_));
}

void MachineHeci::PortChannel::shut() {
  if (shut_) return;
  shut_ = true;
  link_->ports.erase(number_);
  changed();
  if (link_->isGone() || ended_) return;
  link_->react(confirmed_ ? link_->session->onPortClosed(number_) : link_->session->onPortRefused(number_));
}

void MachineHeci::PortChannel::deliver(Bytes bytes) {
  arrived_.insert(arrived_.end(), bytes.begin(), bytes.end());
  changed();
}

void MachineHeci::PortChannel::end() {
  ended_ = true;
  changed();
}

net::Task<Result<void>> MachineHeci::PortChannel::change() {
  timer_.expires_at(deadline_);
  boost::system::error_code error;
  co_await timer_.async_wait(net::asio::redirect_error(net::asio::use_awaitable, error));
  if (shut_) co_return fail("", net::kCancelled);
  if (std::chrono::steady_clock::now() >= deadline_) co_return fail("", net::kTimedOut);
  co_return Result<void>{};
}

net::Task<Result<std::size_t>> MachineHeci::PortChannel::read(std::span<std::uint8_t> into) {
  confirm();
  while (taken_ == arrived_.size()) {
    if (shut_) co_return fail("", net::kCancelled);
    if (ended_) co_return std::size_t{0};
    if (auto waited = co_await change(); !waited) co_return std::unexpected(waited.error());
  }
  const auto count = std::min(into.size(), arrived_.size() - taken_);
  std::copy_n(arrived_.begin() + static_cast<std::ptrdiff_t>(taken_), count, into.begin());
  taken_ += count;
  if (taken_ == arrived_.size()) {
    arrived_.clear();
    taken_ = 0;
  }
  if (!link_->isGone()) link_->react(link_->session->onPortTaken(number_, count));
  co_return count;
}

net::Task<Result<void>> MachineHeci::PortChannel::write(ByteView bytes) {
  confirm();
  while (!bytes.empty()) {
    if (shut_) co_return fail("", net::kCancelled);
    if (ended_ || link_->isGone()) co_return fail("", net::kReset);
    const auto room = link_->hasRoomForMe() ? std::min(link_->session->portRoom(number_), bytes.size()) : 0;
    if (room == 0) {
      if (auto waited = co_await change(); !waited) co_return std::unexpected(waited.error());
      continue;
    }
    link_->react(link_->session->onPortData(number_, bytes.first(room)));
    bytes = bytes.subspan(room);
  }
  co_return Result<void>{};
}

net::Task<void> MachineHeci::PortChannel::close() {
  shut();
  co_return;
}

void MachineHeci::PortChannel::reset() {
  shut();
}

}  // namespace vme::runtime

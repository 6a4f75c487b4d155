// Connections of machines that a capture is to show.

#include "runtime/shard.hpp"

namespace vme::runtime {

std::shared_ptr<net::CaptureFlow> Shard::captured(std::uint32_t local, std::uint16_t port, const wire::TcpEnd& peer,
                                                  bool dialled) {
  const auto& options = shared_.plan.options;
  const auto index = machines_.globalIndex(local);
  if (!options.capture || (!options.captureOnly.empty() && !options.captureOnly.contains(index))) return nullptr;
  const auto identity = shared_.plan.identityOf(index);
  const wire::TcpEnd machine{.mac = identity.mac, .ipv4 = identity.ipv4, .port = port};
  return std::make_shared<net::CaptureFlow>(options.capture, machine, peer, dialled);
}

std::unique_ptr<net::Channel> Shard::acceptedChannel(tcp::socket socket, std::uint32_t local, Caller& caller) {
  auto channel = std::make_unique<net::TcpChannel>(std::move(socket));
  caller.flow = captured(local, caller.port, net::captureEnd(caller.peer, caller.peerPort), false);
  if (!caller.flow) return channel;
  return std::make_unique<net::TapChannel>(std::move(channel), caller.flow);
}

}  // namespace vme::runtime

#pragma once
// AMTHI calls of a program on the PC: opens the device when there is something to ask, and anew after an error, since a
// reset of the ME ends all files.

#include <chrono>
#include <memory>
#include <optional>

#include "host/stop.hpp"
#include "net/heci.hpp"
#include "wire/amthi.hpp"

namespace vme::host {

class AmthiClient {
 public:
  /// `timeout` is for one call.
  AmthiClient(net::HeciDevice& device, std::chrono::milliseconds timeout) : device_(device), timeout_(timeout) {}

  /// The ME's answer, whatever its status. heciDriverMissing, heciFailed.
  net::Task<Attempt<wire::amthi::Response>> call(wire::amthi::Command command, Bytes data = {});
  /// The data of a call that takes none and has to succeed.
  net::Task<Attempt<Bytes>> read(wire::amthi::Command command);
  net::Task<Attempt<std::uint32_t>> readNumber(wire::amthi::Command command);
  /// Not while a call runs.
  void close() { file_.reset(); }

 private:
  net::Task<Attempt<void>> open();

  net::HeciDevice& device_;
  std::chrono::milliseconds timeout_;
  std::unique_ptr<net::HeciFile> file_;
};

/// `GetProvisioningState: status 2 (NOT_READY)`, for commands that agents use.
std::string statusText(wire::amthi::Command command, wire::AmtStatus status);

}  // namespace vme::host

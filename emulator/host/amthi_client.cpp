#include "host/amthi_client.hpp"

#include <fmt/format.h>

#include <array>

#include "wire/heci.hpp"

namespace vme::host {
namespace {

using wire::amthi::Command;

struct CommandName {
  Command command;
  std::string_view name;
};
constexpr std::array kNames{
    CommandName{Command::getProvisioningMode, "GetProvisioningMode"},
    CommandName{Command::getProvisioningState, "GetProvisioningState"},
    CommandName{Command::getCodeVersions, "GetCodeVersions"},
    CommandName{Command::generateRngSeed, "GenerateRNGSeed"},
    CommandName{Command::startConfiguration, "StartConfiguration"},
    CommandName{Command::setProvisioningServerOtp, "SetProvisioningServerOTP"},
    CommandName{Command::getProvisioningTlsMode, "GetProvisioningTLSMode"},
    CommandName{Command::getRngSeedStatus, "GetRNGSeedStatus"},
    CommandName{Command::getZeroTouchEnabled, "GetZeroTouchEnabled"},
};

std::string nameOf(Command command) {
  for (const auto& row : kNames) {
    if (row.command == command) return std::string(row.name);
  }
  return fmt::format("{:08X}h", static_cast<std::uint32_t>(command));
}

std::unexpected<Stop> heciStop(std::string_view during, wire::heci::Error error) {
  if (error == wire::heci::Error::noEntry) return stop(Reason::heciDriverMissing, "the PC has no HECI device");
  return stopForNow(Reason::heciFailed, fmt::format("{}: {}", during, wire::heci::nameOf(error)));
}

}  // namespace

std::string statusText(Command command, wire::AmtStatus status) {
  return fmt::format("{}: status {:X}h ({})", nameOf(command), static_cast<std::uint32_t>(status),
                     wire::nameOf(status));
}

net::Task<Attempt<void>> AmthiClient::open() {
  auto opened = co_await device_.open();
  if (!opened) co_return heciStop("open", opened.error());
  (*opened)->setDeadline(std::chrono::steady_clock::now() + timeout_);
  const auto connected = co_await (*opened)->connect(wire::heci::kAmthi);
  if (!connected) co_return heciStop("connect to AMTHI", connected.error());
  file_ = std::move(*opened);
  co_return Attempt<void>();
}

net::Task<Attempt<wire::amthi::Response>> AmthiClient::call(Command command, Bytes data) {
  if (!file_) {
    auto opened = co_await open();
    if (!opened) co_return std::unexpected(std::move(opened.error()));
  }
  file_->setDeadline(std::chrono::steady_clock::now() + timeout_);
  const auto request = wire::amthi::request(command, data);
  const auto written = co_await file_->write(request);
  if (!written) {
    close();
    co_return heciStop(nameOf(command), written.error());
  }
  const auto read = co_await file_->read();
  if (!read) {
    close();
    co_return heciStop(nameOf(command), read.error());
  }
  auto response = wire::amthi::parseResponse(command, *read);
  if (response) co_return std::move(*response);
  close();
  co_return stop(Reason::heciFailed, fmt::format("{}: {}", nameOf(command), response.error().message()));
}

net::Task<Attempt<Bytes>> AmthiClient::read(Command command) {
  auto answer = co_await call(command);
  if (!answer) co_return std::unexpected(std::move(answer.error()));
  if (answer->status == wire::AmtStatus::success) co_return std::move(answer->data);
  const bool mayPass = answer->status == wire::AmtStatus::notReady;
  co_return std::unexpected(Stop{Reason::heciFailed, statusText(command, answer->status), mayPass});
}

net::Task<Attempt<std::uint32_t>> AmthiClient::readNumber(Command command) {
  const auto data = co_await read(command);
  if (!data) co_return std::unexpected(data.error());
  const auto number = wire::amthi::readNumber(*data);
  if (number) co_return *number;
  co_return stop(Reason::heciFailed, fmt::format("{}: {} bytes where a number is due", nameOf(command), data->size()));
}

}  // namespace vme::host
